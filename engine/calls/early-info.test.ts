/** INFO (RFC 6086) before a call is answered, as it carries keys to a carrier's announcement. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'

const reading = readDocument(companyOfAnna, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const key = 'Content-Type: application/dtmf-relay\r\n'

t.test(
  'it goes to whoever is heard, though he does not ring reliably, and numbers go on after the answer',
  async (t) => {
    const world = new CallWorld(snapshot)
    world.invite('', 'v=0 offer\r\n')
    const invite = world.one('INVITE', phoneFlow)
    world.respond(invite, phoneFlow, 183, 'p', '', 'v=0 announcement\r\n')
    const tag = tagOf(world.one('SIP/2.0 183', trunkFlow), 'To')
    for (const number of [2, 3]) {
      world.fromTrunk('INFO', tag, number, key)
      const passed = world.one('INFO', phoneFlow)
      t.equal(headerOf(passed, 'CSeq'), `${number} INFO`)
      t.match(headerOf(passed, 'To'), /;tag=p$/)
      world.respond(passed, phoneFlow, 200, '')
      t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), `${number} INFO`)
    }
    world.respond(invite, phoneFlow, 200, 'p', '', 'v=0 answer\r\n')
    world.one('ACK', phoneFlow)
    t.equal(tagOf(world.one('SIP/2.0 200', trunkFlow), 'To'), tag)
    world.fromTrunk('ACK', tag, 1)
    world.fromTrunk('BYE', tag, 4)
    const bye = world.one('BYE', phoneFlow)
    t.equal(headerOf(bye, 'CSeq'), '4 BYE')
    world.respond(bye, phoneFlow, 200, '')
    world.clock.advance(100_000)
    t.same(world.entries, [])
    t.equal(world.server.transactions.size, 0)
  },
)

t.test('of two who are heard each gets what is for him', async (t) => {
  const world = new CallWorld(snapshot)
  world.invite('', 'v=0 offer\r\n')
  const invite = world.one('INVITE', phoneFlow)
  const tags = ['p', 'q'].map((phone) => {
    world.respond(invite, phoneFlow, 183, phone, '', `v=0 ${phone}\r\n`)
    return tagOf(world.one('SIP/2.0 183', trunkFlow), 'To')
  })
  t.not(tags[0], tags[1])
  world.fromTrunk('INFO', tags[1] ?? '', 2, key)
  t.match(headerOf(world.one('INFO', phoneFlow), 'To'), /;tag=q$/)
})

t.test('nobody who only rings is told anything, nor one who has refused', async (t) => {
  const world = new CallWorld(snapshot)
  world.invite('', 'v=0 offer\r\n')
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 180, 'p')
  const tag = tagOf(world.one('SIP/2.0 180', trunkFlow), 'To')
  world.fromTrunk('INFO', tag, 2, key)
  world.one('SIP/2.0 405', trunkFlow)
  t.same(world.taken('INFO', phoneFlow), [])
  world.respond(invite, phoneFlow, 183, 'p', '', 'v=0 announcement\r\n')
  world.respond(invite, phoneFlow, 486, 'p')
  world.taken('', trunkFlow)
  world.fromTrunk('INFO', tag, 3, key)
  world.one('SIP/2.0 481', trunkFlow)
  t.same(world.taken('INFO', phoneFlow), [])
})
