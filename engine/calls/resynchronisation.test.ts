import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'

const reading = readDocument(companyOfAnna, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const media = 'm=audio 4000 RTP/AVP 8 101\r\n'

/** A call whose trunk has just put it on hold when the process dies. */
function crashed(): { world: CallWorld; tag: string } {
  const world = new CallWorld(snapshot)
  world.invite('', 'v=0 offer\r\n')
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, 'p', '', 'v=0 answer\r\n')
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.fromTrunk('INVITE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 hold\r\n')
  world.one('INVITE', phoneFlow)
  world.restart()
  t.equal(headerOf(world.one('SIP/2.0 500', trunkFlow), 'CSeq'), '2 INVITE')
  world.taken('', phoneFlow)
  world.taken('', trunkFlow)
  return { world, tag }
}

t.test('after a crash in the middle of an offer both sides are made to agree (RFC 3725 §4.1)', async (t) => {
  const { world, tag } = crashed()
  world.clock.advance(1000)
  const asked = world.one('INVITE', trunkFlow)
  t.notOk(headerOf(asked, 'Content-Type'), 'the offer is left to the caller')
  world.fromTrunk('INVITE', tag, 3, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 glare\r\n')
  world.one('SIP/2.0 491', trunkFlow)
  world.respond(asked, trunkFlow, 200, '', 'Content-Type: application/sdp\r\n', 'v=0 new offer\r\n')
  t.same(world.taken('ACK', trunkFlow), [], 'its answer is not there yet')
  const passed = world.one('INVITE', phoneFlow)
  t.match(passed, 'v=0 new offer')
  world.respond(passed, phoneFlow, 200, '', '', 'v=0 new answer\r\n')
  world.one('ACK', phoneFlow)
  t.match(world.one('ACK', trunkFlow), 'v=0 new answer')
  world.respond(asked, trunkFlow, 200, '', '', 'v=0 new offer\r\n')
  t.match(world.one('ACK', trunkFlow), 'v=0 new answer', 'repeated for a copy')
  world.restart()
  world.clock.advance(60_000)
  t.same(world.taken('INVITE', trunkFlow), [], 'it is settled')
})

t.test('a side that refuses is asked again later, and the other is not left with an open offer', async (t) => {
  const { world } = crashed()
  world.clock.advance(1000)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 491, '')
  world.clock.advance(8000)
  const [asked = ''] = world.taken('INVITE', trunkFlow)
  world.respond(asked, trunkFlow, 200, '', '', `v=0\r\n${media}`)
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 488, '')
  const acks = world.taken('ACK', trunkFlow)
  t.match(acks.at(-1), 'm=audio 0 RTP/AVP 8 101')
  world.clock.advance(8000)
  t.ok(world.taken('INVITE', trunkFlow).length > 0)
})

t.test('it ends with the call', async (t) => {
  const { world, tag } = crashed()
  world.clock.advance(1000)
  const asked = world.one('INVITE', trunkFlow)
  world.respond(asked, trunkFlow, 200, '', '', `v=0\r\n${media}`)
  const passed = world.one('INVITE', phoneFlow)
  world.fromTrunk('BYE', tag, 3)
  t.match(world.one('ACK', trunkFlow), 'm=audio 0')
  world.one('BYE', phoneFlow)
  world.respond(passed, phoneFlow, 200, '', '', 'v=0 late\r\n')
  world.one('ACK', phoneFlow)
  world.clock.advance(100_000)
  t.same(world.entries, [])
  t.equal(world.server.transactions.size, 0)
})

t.test('a side that is gone ends the call', async (t) => {
  const { world } = crashed()
  world.clock.advance(1000)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 481, '')
  world.one('BYE', phoneFlow)
  t.equal(world.server.callsInProgress, 0)
})

t.test('so are those between whom an UPDATE passed whose sender asks again after the crash', async (t) => {
  const world = new CallWorld(snapshot)
  world.invite('Allow: INVITE, UPDATE\r\n', 'v=0 offer\r\n')
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, 'p', 'Allow: UPDATE\r\n', 'v=0 answer\r\n')
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.fromTrunk('UPDATE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 hold\r\n')
  world.respond(world.one('UPDATE', phoneFlow), phoneFlow, 200, '', '', 'v=0 held\r\n')
  world.one('SIP/2.0 200', trunkFlow)
  world.fromTrunk('INFO', tag, 3)
  world.respond(world.one('INFO', phoneFlow), phoneFlow, 200, '')
  world.restart()
  world.clock.advance(2000)
  t.same(world.taken('INVITE', trunkFlow), [], 'as far as we know they agree')
  // RFC 3311 §5.1: a refused offer leaves the session of its sender as it was.
  world.fromTrunk('UPDATE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 hold\r\n')
  world.one('SIP/2.0 500', trunkFlow)
  world.clock.advance(1000)
  world.respond(world.one('INVITE', trunkFlow), trunkFlow, 200, '', '', 'v=0 as before\r\n')
  const passed = world.one('INVITE', phoneFlow)
  t.match(passed, 'v=0 as before')
  world.respond(passed, phoneFlow, 200, '', '', 'v=0 agreed\r\n')
  t.match(world.one('ACK', trunkFlow), 'v=0 agreed')
})

t.test('an UPDATE that another request has overtaken is only refused', async (t) => {
  const world = new CallWorld(snapshot)
  world.invite('Allow: INVITE, UPDATE\r\n', 'v=0 offer\r\n')
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, 'p', 'Allow: UPDATE\r\n', 'v=0 answer\r\n')
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.fromTrunk('INFO', tag, 3)
  world.fromTrunk('UPDATE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', 'v=0 hold\r\n')
  world.one('SIP/2.0 500', trunkFlow)
  world.clock.advance(2000)
  t.same(world.taken('INVITE', trunkFlow), [])
})
