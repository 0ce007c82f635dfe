import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { companyOfThree, headerOf, phoneFlow, TransferWorld, tagOf, trunkFlow } from './transfer-world.ts'

const reading = readDocument(companyOfThree, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const idle = [0, 0, true]

/** Anna speaks with the trunk at her desk, and has another phone. */
function twoPhones() {
  const world = new TransferWorld(snapshot)
  const other = new DiallingPhone(world, 'anna', flowBy('UDP', '192.0.2.12'))
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.13'))
  const callId = headerOf(world.invited, 'Call-ID')
  const own = tagOf(world.invited, 'From')
  const replaces = (more = '') => `Replaces: ${callId};to-tag=${own};from-tag=anna${more}\r\nRequire: replaces\r\n`
  return { world, other, ben, replaces }
}

const statusOf = (answers: readonly string[]) => (answers.at(-1) ?? '').slice(8).split('\r')[0]

t.test('RFC 3891 §3: anna takes her call over at her other phone', async (t) => {
  const { world, other, replaces } = twoPhones()
  t.equal(statusOf(other.dial('1001', replaces())), '100 Trying')
  const offered = world.one('INVITE', trunkFlow)
  t.match(offered, other.sdp)
  world.respond(offered, trunkFlow, 200, '', '', 'v=0 trunk answers\r\n')
  const answer = other.one('SIP/2.0 200')
  t.match(answer, 'v=0 trunk answers')
  world.one('ACK', trunkFlow)
  other.within(answer, 'ACK')
  world.endAll(phoneFlow)
  t.equal(world.server.callsInProgress, 1)
  t.equal(world.server.usage.count('line', 'anna'), 1)
  other.within(answer, 'BYE')
  world.endAll(trunkFlow)
  t.same(world.leftovers, idle)
})

t.test('without an offer of hers, the other side makes one', async (t) => {
  const { world, other, replaces } = twoPhones()
  other.dial('1001', replaces(), '')
  const asked = world.one('INVITE', trunkFlow)
  t.notOk(headerOf(asked, 'Content-Type'))
  world.respond(asked, trunkFlow, 200, '', '', 'v=0 trunk offers\r\n')
  const answer = other.one('SIP/2.0 200')
  t.match(answer, 'v=0 trunk offers')
  t.same(world.taken('ACK', trunkFlow), [])
  other.within(answer, 'ACK', '', other.sdp)
  t.match(world.one('ACK', trunkFlow), other.sdp)
})

t.test('what her desk phone still owes an answer to does not end the call at her other phone', async (t) => {
  const { world, other, replaces } = twoPhones()
  world.fromTrunk('INFO', world.trunkTag, 2)
  const info = world.one('INFO', phoneFlow)
  other.dial('1001', replaces())
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', 'v=0 trunk answers\r\n')
  const answer = other.one('SIP/2.0 200')
  other.within(answer, 'ACK')
  world.endAll(phoneFlow)
  world.respond(info, phoneFlow, 481, '')
  t.match(world.one('SIP/2.0 481', trunkFlow), /^CSeq: 2 INFO\r$/m)
  t.same([world.taken('BYE', trunkFlow), world.taken('BYE', other.flow)], [[], []])
  t.equal(world.server.callsInProgress, 1)
})

t.test('what she may not, or cannot, take over stays as it is', async (t) => {
  const { world, other, ben, replaces } = twoPhones()
  t.equal(statusOf(ben.dial('1001', replaces())), '403 Forbidden', 'nobody listens in')
  t.equal(statusOf(other.dial('1001', replaces(';early-only'))), '486 Busy Here')
  t.equal(statusOf(other.dial('1001', 'Replaces: x;to-tag=y;from-tag=z\r\n')), '481 Call/Transaction Does Not Exist')
  t.equal(statusOf(other.dial('1001', 'Replaces: x\r\n')), '400 Malformed Replaces Header')
  t.equal(statusOf(other.dial('1001', replaces() + replaces())), '400 Malformed Replaces Header')
  t.equal(world.server.callsInProgress, 1)
  world.fromAnna('INFO')
  t.equal(world.taken('INFO', trunkFlow).length, 1)
})

t.test('the other side refuses: she gets its status, and her desk phone has the call', async (t) => {
  const { world, other, replaces } = twoPhones()
  other.dial('1001', replaces())
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 488, '')
  t.match(other.one('SIP/2.0 488'), '488')
  world.fromAnna('BYE')
  world.endAll(trunkFlow)
  world.clock.advance(40_000)
  t.same(world.leftovers, idle)
})

t.test('the call ends meanwhile: 481', async (t) => {
  const { world, other, replaces } = twoPhones()
  other.dial('1001', replaces())
  world.taken('INVITE', trunkFlow)
  world.fromTrunk('BYE', world.trunkTag, 2)
  t.match(other.one('SIP/2.0 481'), '481')
  world.endAll(phoneFlow)
  world.clock.advance(40_000)
  t.same([world.server.calls.count, world.server.usage.idle], [0, true])
})

t.test('a call that rings for a colleague is taken by Replaces too, as lamps let phones do', async (t) => {
  const { world, ben } = twoPhones()
  world.consults('1003')
  const invite = world.taken('INVITE', flowBy('UDP', '192.0.2.11')).at(-1) ?? ''
  const replaces = `Replaces: ${headerOf(invite, 'Call-ID')};to-tag=x;from-tag=${tagOf(invite, 'From')};early-only\r\n`
  t.equal(statusOf(ben.dial('1003', replaces)), '488 Not Acceptable Here', 'the caller has a session of no codec')
})
