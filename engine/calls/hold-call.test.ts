import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { CallWorld, companyOfAnna, phoneFlow, tagOf, trunkFlow } from './call-world.ts'

const reading = readDocument(companyOfAnna, 'company.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)
const sdp = (direction: string) =>
  `v=0\r\no=- 1 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=${direction}\r\n`

/** The trunk's call to anna, answered; and what those who watch are told. */
function answered() {
  const world = new CallWorld(snapshot)
  const told: string[] = []
  world.server.calls.watcher = {
    callChanged: (event, call) => told.push(`${event} ${call.heldBy}`),
    callEnded: (call) => told.push(`ended ${call.heldBy}`),
  }
  world.invite('', sdp('sendrecv'))
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'p', 'Allow: INVITE, UPDATE\r\n', sdp('sendrecv'))
  const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
  world.fromTrunk('ACK', tag, 1)
  told.length = 0
  return { world, tag, invite, told }
}

/** The trunk's re-INVITE, which the phone answers by this status. */
function reinvites(world: CallWorld, tag: string, cseq: number, offer: string, status: number, answer: string) {
  world.fromTrunk('INVITE', tag, cseq, 'Contact: <sip:192.0.2.21>\r\n', offer)
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, status, '', '', answer)
  world.fromTrunk('ACK', tag, cseq)
}

t.test('who puts whom on hold is seen, told and known after a crash', async (t) => {
  const { world, tag, told } = answered()
  reinvites(world, tag, 2, sdp('sendonly'), 200, sdp('recvonly'))
  t.same(
    [...world.server.callViews()].map((call) => call.heldBy),
    ['caller'],
  )
  reinvites(world, tag, 3, sdp('sendonly'), 200, sdp('recvonly'))
  t.same(told, ['held caller'], 'once')
  world.restart()
  t.same(
    [...world.server.callViews()].map((call) => call.heldBy),
    ['caller'],
  )
  reinvites(world, tag, 4, sdp('sendrecv'), 200, sdp('sendrecv'))
  t.same(
    [...world.server.callViews()].map((call) => call.heldBy),
    ['nobody'],
  )
})

t.test('a hold that is refused holds nobody, and resuming is told', async (t) => {
  const { world, tag, told } = answered()
  reinvites(world, tag, 2, sdp('sendonly'), 488, '')
  t.same(told, [])
  reinvites(world, tag, 3, sdp('inactive'), 200, sdp('inactive'))
  reinvites(world, tag, 4, sdp('sendrecv'), 200, sdp('sendrecv'))
  t.same(told, ['held caller', 'resumed nobody'])
})

t.test('both sides may hold, by INVITE without an offer and by UPDATE', async (t) => {
  const { world, tag, invite, told } = answered()
  world.fromTrunk('INVITE', tag, 2, 'Contact: <sip:192.0.2.21>\r\nAllow: INVITE, UPDATE\r\n')
  world.respond(world.one('INVITE', phoneFlow), phoneFlow, 200, '', 'Allow: INVITE, UPDATE\r\n', sdp('sendrecv'))
  world.fromTrunk('ACK', tag, 2, '', sdp('sendonly'))
  t.same(told, ['held caller'])
  world.fromPhone(invite, 'p', 'UPDATE', 1, 'Contact: <sip:anna@192.0.2.9:5070>\r\n', sdp('inactive'))
  world.respond(world.one('UPDATE', trunkFlow), trunkFlow, 200, '', '', sdp('inactive'))
  t.same(told, ['held caller', 'held both'])
})
