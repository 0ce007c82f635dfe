/** A call whose caller has a session to acknowledge is picked up when he has (RFC 3262 §3). */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { RecordingMedia } from '../sound/recording-media.ts'

const sdp = (address: string) =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0 8 101\r\n` +
  'a=rtpmap:101 telephone-event/8000\r\n'
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
const lastOf = (answers: readonly string[]) => (answers.at(-1) ?? '').slice(8).split('\r')[0]

/** Anna's phone rings and is heard; its session waits for the caller's PRACK, and another phone of hers has asked for the call. */
function asked() {
  const reading = readDocument(
    companyOfAnna.replace('optionsSeconds: 0', 'optionsSeconds: 0, singleDialog: true'),
    'a.yaml',
  )
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, new RecordingMedia())
  world.invite('Require: 100rel\r\n', sdp('203.0.113.7'))
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 183, 'p', '', sdp('192.0.2.9'))
  const early = world.one('SIP/2.0 183', trunkFlow)
  const other = new DiallingPhone(world, 'anna', { ...phoneFlow, address: '192.0.2.10' })
  const rings = `Replaces: ${headerOf(invite, 'Call-ID')};to-tag=p;from-tag=${tagOf(invite, 'From')};early-only\r\n`
  const answers = other.dial('1001', rings)
  const acknowledge = () =>
    world.fromTrunk('PRACK', tagOf(early, 'To'), 2, `RAck: ${headerOf(early, 'RSeq')} 1 INVITE\r\n`)
  return { world, invite, early, other, rings, answers, acknowledge }
}

t.test('the caller is answered after his PRACK, and so is whoever takes the call', async (t) => {
  const { world, invite, early, other, rings, answers, acknowledge } = asked()
  t.equal(lastOf(answers), '100 Trying')
  t.same(world.taken('SIP/2.0 200', trunkFlow), [])
  t.same(world.taken('CANCEL', phoneFlow), [], 'it rings on meanwhile')
  world.respond(invite, phoneFlow, 180, 'p')
  const third = new DiallingPhone(world, 'anna', { ...phoneFlow, address: '192.0.2.11' })
  t.match(lastOf(third.dial('1001', rings)), '481', 'nobody else can take it')

  acknowledge()
  const told = world.taken('SIP/2.0 200', trunkFlow)
  t.same(
    told.map((text) => headerOf(text, 'CSeq')),
    ['2 PRACK', '1 INVITE'],
  )
  t.same(world.taken('SIP/2.0 1', trunkFlow), [], 'what waited besides is not said any more')
  const [, answer = ''] = told
  t.equal(tagOf(answer, 'To'), tagOf(early, 'To'))
  t.equal(bodyOf(answer), bodyOf(early), 'never two answers')
  const taken = other.one('SIP/2.0 200')
  world.one('CANCEL', phoneFlow)
  world.respond(invite, phoneFlow, 487, 'p')
  world.fromTrunk('ACK', tagOf(answer, 'To'), 1)
  other.within(taken, 'ACK')
  world.fromTrunk('BYE', tagOf(answer, 'To'), 3)
  other.respond(other.one('BYE'), 200)
  t.ok(world.server.usage.idle)
  t.equal(world.server.calls.dialogs, 0)
})

t.test('who gives up meanwhile leaves the call to the phone that rings', async (t) => {
  const { world, invite, other, acknowledge } = asked()
  other.cancel()
  other.one('SIP/2.0 487')
  acknowledge()
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '2 PRACK')
  world.respond(invite, phoneFlow, 200, 'p', '', sdp('192.0.2.9'))
  t.equal(headerOf(world.one('SIP/2.0 200', trunkFlow), 'CSeq'), '1 INVITE')
  t.same(world.taken('CANCEL', phoneFlow), [])
})

t.test('where the caller leaves, or never acknowledges, there is nothing to take', async (t) => {
  for (const leave of ['BYE', '']) {
    const { world, early, other } = asked()
    if (leave === '') world.clock.advance(32_000)
    else world.fromTrunk(leave, tagOf(early, 'To'), 2)
    t.match(world.one(leave === '' ? 'SIP/2.0 504' : 'SIP/2.0 487', trunkFlow), 'CSeq: 1 INVITE')
    other.one('SIP/2.0 481')
    world.one('CANCEL', phoneFlow)
    t.ok(world.server.usage.idle)
  }
})
