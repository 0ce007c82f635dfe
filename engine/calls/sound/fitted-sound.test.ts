/** What we make up for between parties whose formats differ: the other law of G.711, keys as events, and encryption on one side. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { RecordingMedia } from './recording-media.ts'

const events = 'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n'
const sdp = (address: string, formats: string, more = '') =>
  `v=0\r\no=x 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP ${formats}\r\n${more}`
const formatsOf = (text: string) => /^m=audio \d+ RTP\/AVP (.*)\r$/m.exec(text)?.[1]
const namesOf = (formats: readonly { readonly name: string }[] | undefined) => formats?.map(({ name }) => name)

/** `trunk`: further fields of it; `user`: of anna; `device`: of hers. */
function company(trunk = '', user = '', device = '') {
  const document = companyOfAnna
    .replace('optionsSeconds: 0', `optionsSeconds: 0${trunk}`)
    .replace('ringSeconds: 120', `ringSeconds: 120${user}`)
    .replace("password: '12345678'", `password: '12345678'${device}`)
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  return { media, world: new CallWorld(compile(reading.document, 1), 1_000_000_000, media) }
}

/** The trunk calls anna, who answers. */
function answered(world: CallWorld, offer: string, answer: string) {
  world.invite('', offer)
  const invite = world.one('INVITE', phoneFlow)
  world.respond(invite, phoneFlow, 200, 'anna', '', answer)
  const told = world.one('SIP/2.0 200', trunkFlow)
  world.fromTrunk('ACK', tagOf(told, 'To'), 1)
  world.network.take()
  return { invite, told }
}

t.test('G.711: the other law is offered, and converted where nothing else fits', async (t) => {
  const { world, media } = company()
  const { invite, told } = answered(world, sdp('203.0.113.7', '0 101', events), sdp('192.0.2.9', '8 101', events))
  t.equal(formatsOf(invite), '0 101 8', 'what the caller prefers comes first')
  t.equal(formatsOf(told), '0 101')
  const [caller, callee] = media.only.sides
  t.same([namesOf(caller?.taking)?.[0], namesOf(caller?.sending)?.[0]], ['PCMU', 'PCMU'])
  t.same([namesOf(callee?.taking)?.[0], namesOf(callee?.sending)], ['PCMA', ['PCMU', 'TELEPHONE-EVENT', 'PCMA']])
})

t.test('who has both, or takes what is offered, is told nothing else', async (t) => {
  const both = company()
  const one = answered(both.world, sdp('203.0.113.7', '8 0'), sdp('192.0.2.9', '8 0'))
  t.same([formatsOf(one.invite), formatsOf(one.told)], ['8 0', '8 0'])
  const law = company()
  t.equal(formatsOf(answered(law.world, sdp('203.0.113.7', '8'), sdp('192.0.2.9', '8 0')).told), '8')
  const none = company()
  const wide = answered(none.world, sdp('203.0.113.7', '9'), sdp('192.0.2.9', '9'))
  t.same([formatsOf(wide.invite), formatsOf(wide.told)], ['9', '9'])
})

t.test('keys by INFO: the phone sends events, and the carrier gets an INFO for each', async (t) => {
  const { world, media } = company(', dtmf: INFO')
  const { invite, told } = answered(world, sdp('203.0.113.7', '8'), sdp('192.0.2.9', '8 101', events))
  t.match(invite, /m=audio \d+ RTP\/AVP 8 0 101\r\n/)
  t.match(invite, /a=rtpmap:101 telephone-event\/8000\r\na=fmtp:101 0-15\r\n/)
  t.equal(formatsOf(told), '8')
  t.notMatch(told, /telephone-event/)
  const [trunk, phone] = media.only.sides
  const digit = (side: string | undefined, by: 'event' | 'tone' = 'event') =>
    world.server.sounds.reported({ report: 'digit', session: media.only.id, side: side ?? '', digit: '5', by })
  digit(phone?.id)
  const info = world.one('INFO', trunkFlow)
  t.match(headerOf(info, 'Content-Type'), 'application/dtmf-relay')
  t.match(info, /Signal=5\r\nDuration=160\r\n$/)
  digit(phone?.id, 'tone')
  digit(trunk?.id)
  t.same(world.taken('INFO', trunkFlow), [], 'tones are in the sound, and the carrier needs no INFO of its own keys')
  t.same(world.taken('INFO', phoneFlow), [])
  world.restart()
  digit(phone?.id)
  t.match(world.one('INFO', trunkFlow), /Signal=5/, 'after a crash too')
  world.fromTrunk('BYE', tagOf(told, 'To'), 2)
  world.server.sounds.reported({ report: 'digit', session: 'x', side: phone?.id ?? '', digit: '5', by: 'event' })
  t.same(world.taken('INFO', trunkFlow), [])
})

t.test('a call to such a carrier: it is offered no events, and the phone is told that it may send them', async (t) => {
  const { world, media } = company(', dtmf: INFO')
  const anna = new DiallingPhone(world, 'anna', phoneFlow)
  anna.dial('+441632960002', '', sdp('192.0.2.9', '8 101', events))
  const invite = world.one('INVITE', trunkFlow)
  t.notMatch(invite, /telephone-event/)
  world.respond(invite, trunkFlow, 200, 'x', '', sdp('203.0.113.7', '8'))
  t.match(anna.one('SIP/2.0 200'), /m=audio \d+ RTP\/AVP 8 101\r\n/)
  const [phone] = media.only.sides
  world.server.sounds.reported({
    report: 'digit',
    session: media.only.id,
    side: phone?.id ?? '',
    digit: '#',
    by: 'event',
  })
  t.match(world.one('INFO', trunkFlow), /Signal=#/)
})

t.test('in-band: neither is offered events, so the phone sends tones', async (t) => {
  const { world } = company(', dtmf: in-band')
  const { invite, told } = answered(world, sdp('203.0.113.7', '8 101', events), sdp('192.0.2.9', '8'))
  t.notMatch(invite, /telephone-event/)
  t.notMatch(told, /telephone-event/)
})

t.test('secure calling: a phone on TLS is offered keys though the caller has none', async (t) => {
  for (const [user, device, keys] of [
    [', secureCalling: true', '', true],
    ['', ', secureCalling: true', true],
    [', secureCalling: true', ', secureCalling: false', false],
    ['', '', false],
  ] as const) {
    const { world, media } = company('', user, device)
    const tls = flowBy('TLS', '192.0.2.19')
    world.register('anna', tls)
    world.invite('', sdp('203.0.113.7', '8'))
    const invite = world.one('INVITE', tls)
    t.equal(/a=crypto:/.test(invite), keys, `${user} ${device}`)
    t.match(invite, keys ? 'RTP/SAVP' : 'RTP/AVP')
    if (!keys) continue
    world.respond(invite, tls, 488, 'one')
    const again = world.one('INVITE', tls)
    t.match(again, 'RTP/AVP', 'where it cannot, it is called without')
    world.respond(again, tls, 200, 'two', '', sdp('192.0.2.19', '8'))
    t.equal(media.only.sides[1]?.keys, null)
  }
})

t.test('secure calling brings a call between two local phones to us', async (t) => {
  const document = companyOfAnna
    .replace(
      'ringSeconds: 120 }',
      'ringSeconds: 120, secureCalling: true }, { userName: ben, firstName: B, lastName: B, email: b@b.c, site: n, extension: 1002 }',
    )
    .replace('devices: [', "devices: [{ user: ben, sipUserName: ben, password: '12345678' }, ")
  const reading = readDocument(document, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  const tls = flowBy('TLS', '192.0.2.19')
  world.register('anna', tls)
  const ben = new DiallingPhone(world, 'ben', flowBy('UDP', '192.0.2.12'))
  ben.dial('1001')
  const invite = world.one('INVITE', tls)
  t.match(invite, /c=IN IP4 192\.0\.2\.1\r\n/)
  t.match(invite, /a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/)
  t.equal(media.inUse.size > 0, true)
})
