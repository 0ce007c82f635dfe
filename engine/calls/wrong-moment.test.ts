/** Requests that come at the wrong moment inside a call: each gets its code, and the call goes on. */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from './call-world.ts'

const reading = readDocument(companyOfAnna, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const sdp = (direction: string, address = '192.0.2.21') =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=${direction}\r\n`
const contact = 'Contact: <sip:192.0.2.21>\r\nAllow: INVITE, UPDATE\r\n'

/** The trunk's call to anna, answered; both take UPDATE. */
function answered() {
  const world = new CallWorld(snapshot)
  world.invite('Allow: INVITE, UPDATE\r\n', sdp('sendrecv'))
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', 'Allow: INVITE, UPDATE\r\n', sdp('sendrecv', '192.0.2.9'))
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  world.taken('', phoneFlow)
  world.taken('', trunkFlow)
  return { world, tag, invite }
}

t.test(
  'RFC 3311 §5.2: UPDATE over UPDATE: 500 from the same side, 491 from the other, and the first is answered',
  (t) => {
    const { world, tag, invite } = answered()
    world.fromTrunk('UPDATE', tag, 2, contact, sdp('sendonly'))
    const passed = world.one('UPDATE', phoneFlow)
    world.fromTrunk('UPDATE', tag, 3, contact, sdp('inactive'))
    const same = world.one('SIP/2.0', trunkFlow)
    t.match(same, /^SIP\/2\.0 500 /)
    t.match(headerOf(same, 'Retry-After'), /^\d+$/)
    world.fromPhone(invite, 'p', 'UPDATE', 1, '', sdp('inactive', '192.0.2.9'))
    t.match(world.one('SIP/2.0', phoneFlow), /^SIP\/2\.0 491 /)
    world.fromPhone(invite, 'p', 'INVITE', 2, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', sdp('inactive', '192.0.2.9'))
    t.ok(world.taken('SIP/2.0 491', phoneFlow).length > 0, 'a re-INVITE likewise')
    world.respond(passed, phoneFlow, 200, '', '', sdp('recvonly', '192.0.2.9'))
    t.match(world.one('SIP/2.0 200', trunkFlow), /a=recvonly/)
    t.equal(world.server.callsInProgress, 1)
    t.end()
  },
)

t.test('RFC 3264 §8.4: who is held may offer too, and holds the other one as well', (t) => {
  const { world, tag, invite } = answered()
  world.fromTrunk('INVITE', tag, 2, contact, sdp('sendonly'))
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, '', '', sdp('recvonly', '192.0.2.9'))
  world.fromTrunk('ACK', tag, 2)
  world.taken('', phoneFlow)
  world.fromPhone(invite, 'p', 'INVITE', 1, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', sdp('inactive', '192.0.2.9'))
  const passed = world.one('INVITE', trunkFlow)
  t.match(passed, /a=inactive/)
  world.respond(passed, trunkFlow, 200, '', '', sdp('inactive'))
  t.match(world.one('SIP/2.0 200', phoneFlow), /a=inactive/)
  world.fromPhone(invite, 'p', 'ACK', 1)
  t.same(
    [...world.server.callViews()].map(({ heldBy }) => heldBy),
    ['both'],
  )
  t.end()
})

t.test('RFC 3261 §15.1.2: BYEs that cross are both answered, and nothing stays behind', (t) => {
  const { world, tag, invite } = answered()
  world.fromTrunk('BYE', tag, 2)
  t.match(world.one('SIP/2.0', trunkFlow), /^SIP\/2\.0 200 /)
  const ours = world.one('BYE', phoneFlow)
  world.fromPhone(invite, 'p', 'BYE', 1)
  t.match(world.one('SIP/2.0', phoneFlow), /^SIP\/2\.0 200 /)
  world.respond(ours, phoneFlow, 481, '')
  t.same(world.entries, [])
  t.same([world.server.callsInProgress, world.server.calls.dialogs, world.server.usage.idle], [0, 0, true])
  t.end()
})

t.test('a flood of NOTIFYs, MESSAGEs and unknown methods inside a call: 405 each, and the call goes on', (t) => {
  const { world, tag } = answered()
  let cseq = 1
  for (let round = 0; round < 200; round++) {
    for (const method of ['NOTIFY', 'MESSAGE', 'PUBLISH', 'NONSENSE']) world.fromTrunk(method, tag, ++cseq)
  }
  const answers = world.taken('SIP/2.0', trunkFlow)
  t.equal(answers.length, 800)
  t.ok(answers.every((answer) => answer.startsWith('SIP/2.0 405 ') && headerOf(answer, 'Allow') !== ''))
  t.same(world.taken('', phoneFlow), [], 'the other side hears nothing of it')
  world.clock.advance(40_000)
  t.same([world.server.callsInProgress, world.server.transactions.size], [1, 0])
  world.fromTrunk('NOTIFY', '', 1, 'Event: refer\r\n')
  t.match(world.one('SIP/2.0', trunkFlow), /^SIP\/2\.0 405 /, 'outside of calls, too')
  t.end()
})
