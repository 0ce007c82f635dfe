/** Calls that the server answers itself, and says nothing in. */
import type { Test } from 'tap'
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { parseMessage } from '../sip/message.ts'
import { newCallId } from './call-id.ts'
import { CallWorld, companyOfAnna, headerOf, tagOf, trunkFlow } from './call-world.ts'
import { Confirmation } from './confirmation.ts'
import { TakenInvite } from './taken-invite.ts'

const reading = readDocument(companyOfAnna, 'a.yaml')
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
const snapshot = compile(reading.document, 1)

const offer =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.21\r\ns=-\r\nc=IN IP4 192.0.2.21\r\nt=0 0\r\n' +
  'm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\nm=video 4002 RTP/AVP 31\r\n'

/** The trunk's INVITE is answered by the server with a confirmation. */
function confirm(body: string): { world: CallWorld; taken: TakenInvite } {
  const world = new CallWorld(snapshot)
  const text =
    'INVITE sip:*78@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKi\r\n' +
    'From: <sip:+441632960001@192.0.2.21>;tag=t\r\nTo: <sip:+442079460101@192.0.2.1>\r\nCall-ID: call\r\nCSeq: 1 INVITE\r\n' +
    `Contact: <sip:192.0.2.21>\r\n${body === '' ? '' : 'Content-Type: application/sdp\r\n'}Content-Length: ${body.length}\r\n\r\n${body}`
  const request = parseMessage(text)
  if (request === null) throw new Error('That is no INVITE')
  const { server } = world
  const party = { kind: 'trunk', id: 'one', title: 'One' } as const
  const id = newCallId(server.clock, server.random)
  const taken = new TakenInvite(server, 'code', id, server.clock.now(), '*78', party, request, trunkFlow)
  const words = { prompt: 'doNotDisturbOn', digits: '', language: 'en' } as const
  taken.answerHere('doNotDisturbOn', new Confirmation(server.localSounds, 'Do not disturb on', words), [], '')
  return { world, taken }
}

/** What must be left when a call is over. */
function nothingIsLeft(t: Test, world: CallWorld): void {
  t.same(world.entries, [])
  t.equal(world.server.calls.count, 0)
  t.equal(world.server.calls.dialogs, 0)
  t.ok(world.server.usage.idle)
}

t.test('an offer is taken without any sound going, and the call ends when the word is said', async (t) => {
  const { world } = confirm(offer)
  const answer = world.one('SIP/2.0 200', trunkFlow)
  t.match(answer, /^m=audio 9 RTP\/AVP 8 101\r$/m)
  t.match(answer, /^a=inactive\r$/m)
  t.match(answer, /^a=rtpmap:101 telephone-event\/8000\r$/m)
  t.match(answer, /^m=video 0 RTP\/AVP 31\r$/m, 'what cannot be spoken is declined')
  t.same(
    [...world.server.callViews()].map(({ callee, state }) => `${state} ${callee}`),
    ['answered Do not disturb on'],
  )
  world.fromTrunk('ACK', tagOf(answer, 'To'), 1)
  world.clock.advance(1999)
  t.same(world.taken('BYE', trunkFlow), [])
  world.clock.advance(1)
  world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
  t.same(world.ended, ['server 200'])
  nothingIsLeft(t, world)
})

t.test('without an offer we make one, and a re-INVITE is answered', async (t) => {
  const { world } = confirm('')
  const answer = world.one('SIP/2.0 200', trunkFlow)
  t.match(answer, /^m=audio 9 RTP\/AVP 8 0 101\r$/m)
  const tag = tagOf(answer, 'To')
  world.fromTrunk('INVITE', tag, 2, 'Contact: <sip:192.0.2.21>\r\n', offer)
  t.match(world.one('SIP/2.0 500', trunkFlow), /^Retry-After: /m, 'our own offer has no answer yet')
  world.fromTrunk('ACK', tag, 2)
  world.fromTrunk('ACK', tag, 1, '', offer)
  world.fromTrunk('INVITE', tag, 3, 'Contact: <sip:192.0.2.21>\r\n', offer)
  const again = world.one('SIP/2.0 200', trunkFlow)
  t.match(again, /^m=audio 9 RTP\/AVP 8 101\r$/m)
  const version = (text: string) => Number(/^o=- \d+ (\d+) /m.exec(text)?.[1])
  t.equal(version(again), version(answer) + 1)
  world.fromTrunk('ACK', tag, 3)
  world.fromTrunk('BYE', tag, 4)
  t.match(world.one('SIP/2.0 200', trunkFlow), 'CSeq: 4 BYE')
  t.same(world.ended, ['caller 200'])
  world.clock.advance(3000)
  t.same(world.taken('BYE', trunkFlow), [], 'nobody is told goodbye who has hung up')
  nothingIsLeft(t, world)
})

t.test('what a browser offers cannot be taken without media', async (t) => {
  const { world } = confirm(offer.replace('m=video', 'a=fingerprint:sha-256 00\r\nm=video'))
  t.match(world.one('SIP/2.0 488', trunkFlow), 'CSeq: 1 INVITE')
  t.same(world.ended, ['server 488'])
})

t.test('a stream with keys is taken with one of ours', async (t) => {
  const crypto = 'a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n'
  const { world } = confirm(offer.replace('RTP/AVP 8 101\r\n', `RTP/SAVP 8 101\r\n${crypto}`))
  t.match(world.one('SIP/2.0 200', trunkFlow), /^a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:[0-9a-z]{40}\r$/m)
})

t.test('an answer that is never acknowledged is repeated for 32 s, and the call ends', async (t) => {
  const { world } = confirm(offer)
  world.clock.advance(32_000)
  t.ok(world.taken('SIP/2.0 200', trunkFlow).length > 5)
  world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
  nothingIsLeft(t, world)
})

t.test('after a crash its caller is told goodbye: before the ACK only when that is there', async (t) => {
  for (const acknowledged of [true, false]) {
    const { world } = confirm(offer)
    const tag = tagOf(world.one('SIP/2.0 200', trunkFlow), 'To')
    if (acknowledged) world.fromTrunk('ACK', tag, 1)
    world.restart()
    if (!acknowledged) {
      t.same(world.taken('BYE', trunkFlow), [])
      t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '1 INVITE', 'the answer is said again')
      world.fromTrunk('ACK', tag, 1)
    }
    world.respond(world.one('BYE', trunkFlow), trunkFlow, 200, '')
    nothingIsLeft(t, world)
  }
})

t.test('a caller who gives up while it is not clear what becomes of his call gets 487', async (t) => {
  const world = new CallWorld(snapshot)
  const request = parseMessage(
    'INVITE sip:*78@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKi\r\nFrom: <sip:a@b>;tag=t\r\n' +
      'To: <sip:b@192.0.2.1>\r\nCall-ID: call\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n',
  )
  if (request === null) throw new Error('That is no INVITE')
  const party = { kind: 'trunk', id: 'one', title: 'One' } as const
  const taken = new TakenInvite(world.server, 'code', 'x', world.clock.now(), '*78', party, request, trunkFlow)
  let told = 0
  taken.whenCancelled = () => told++
  taken.cancelled()
  taken.cancelled()
  taken.refuse(403, 'Too Late', '')
  t.match(world.one('SIP/2.0 487', trunkFlow), 'CSeq: 1 INVITE')
  t.equal(told, 1)
  t.same(world.ended, ['caller 487'])
})
