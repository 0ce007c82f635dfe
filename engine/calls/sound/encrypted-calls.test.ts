/** Sound that one party or both encrypt by keys in their descriptions (SDES), which ends with us. */
import t from 'tap'
import { compile } from '../../config/compile/compile-document.ts'
import { readDocument } from '../../config/read-document.ts'
import { flowBy } from '../../sip/recording-network.ts'
import type { Transport } from '../../sip/transport.ts'
import { CallWorld } from '../call-world.ts'
import { DiallingPhone } from '../dialling-phone.ts'
import { companyOfLamps } from '../watching-phone.ts'
import { RecordingMedia } from './recording-media.ts'

const suite = 'AES_CM_128_HMAC_SHA1_80'
const keyOfBen = 'B'.repeat(40)
const keyOfAnna = 'A'.repeat(40)
const sdp = (address: string, protocol: string, keys: string) =>
  `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 ${protocol} 8 101\r\n` +
  `a=rtpmap:101 telephone-event/8000\r\n${keys}`
const crypto = (key: string, tag = 1, name = suite) => `a=crypto:${tag} ${name} inline:${key}\r\n`
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
const protocolOf = (text: string) => /^m=audio \d+ (\S+)/m.exec(bodyOf(text))?.[1]
const keysOf = (text: string) =>
  [...bodyOf(text).matchAll(/^a=crypto:(\d+) (\S+) inline:(\S{40})\r$/gm)].map((one) => one.slice(1))

/** Anna calls ben. `recording`: of ben. */
function company(annaBy: Transport, benBy: Transport, recording = '') {
  const document = companyOfLamps.replace('extension: 1002', `extension: 1002${recording}`)
  const reading = readDocument(document, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const media = new RecordingMedia()
  const world = new CallWorld(compile(reading.document, 1), 1_000_000_000, media)
  const ben = new DiallingPhone(world, 'ben', { ...flowBy(benBy, '192.0.2.9'), port: 5070 })
  const anna = new DiallingPhone(world, 'anna', flowBy(annaBy, '192.0.2.12'))
  const dial = (body: string) => anna.dial('1002', '', body).at(-1) ?? ''
  /** Ben's answer, and what anna is told. */
  const answer = (invite: string, body: string) => {
    ben.respond(invite, 200, '', body)
    const told = anna.one('SIP/2.0 200')
    anna.within(told, 'ACK')
    return told
  }
  return { world, media, ben, anna, dial, answer }
}

t.test('RFC 4568: one side encrypts, the other does not, and each is told what suits it', async (t) => {
  const { media, ben, dial, answer } = company('TLS', 'UDP')
  dial(sdp('192.0.2.12', 'RTP/SAVP', crypto('X'.repeat(39)) + crypto(keyOfAnna, 3)))
  const invite = ben.one('INVITE')
  t.equal(protocolOf(invite), 'RTP/AVP')
  t.notMatch(invite, /a=crypto/)
  const told = answer(invite, sdp('192.0.2.9', 'RTP/AVP', ''))
  t.equal(protocolOf(told), 'RTP/SAVP')
  const [[tag = '', name = '', ours = ''] = [], ...others] = keysOf(told)
  t.same([tag, name, others.length], ['3', suite, 0], 'the line of the offer that can be used')
  t.match(media.only.sides, [
    { keys: { ours: { suite, key: ours }, theirs: { suite, key: keyOfAnna } } },
    { keys: null },
  ])
})

t.test('both encrypt, and are recorded: each side has keys of its own', async (t) => {
  const { media, ben, dial, answer } = company('TLS', 'WSS', ', recording: { mode: always }')
  dial(sdp('192.0.2.12', 'RTP/SAVP', crypto(keyOfAnna)))
  const invite = ben.one('INVITE')
  t.equal(protocolOf(invite), 'RTP/SAVP')
  const offered = keysOf(invite)
  t.same(
    offered.map(([tag, name]) => [tag, name]),
    [
      ['1', suite],
      ['2', 'AES_CM_128_HMAC_SHA1_32'],
    ],
  )
  t.not(offered[0]?.[2], offered[1]?.[2])
  const told = answer(invite, sdp('192.0.2.9', 'RTP/SAVP', crypto(keyOfBen, 2, 'AES_CM_128_HMAC_SHA1_32')))
  const [caller, callee] = media.only.sides
  t.equal(caller?.keys?.ours.key, keysOf(told)[0]?.[2])
  t.same(callee?.keys, {
    ours: { suite: 'AES_CM_128_HMAC_SHA1_32', key: offered[1]?.[2] },
    theirs: { suite: 'AES_CM_128_HMAC_SHA1_32', key: keyOfBen },
  })
  t.not(caller?.keys?.ours.key, callee?.keys?.ours.key)
  t.ok(media.only.recording)
})

t.test('two phones that encrypt and need nothing of ours: their sound is direct, as they wrote it', async (t) => {
  const { media, ben, dial } = company('TLS', 'TLS')
  const body = sdp('192.0.2.12', 'RTP/SAVP', crypto(keyOfAnna))
  dial(body)
  t.equal(bodyOf(ben.one('INVITE')), body)
  t.equal(media.sessions.size, 0)
})

t.test('keys that everybody on the way could read, and keys that cannot be used', async (t) => {
  for (const [transport, keys, phrase] of [
    ['UDP', crypto(keyOfAnna), 'SRTP Keys Are Taken Over TLS Only'],
    ['TLS', crypto('short'), 'No Usable SRTP Keys'],
    ['TLS', crypto(keyOfAnna, 1, 'AEAD_AES_256_GCM'), 'No Usable SRTP Keys'],
    ['TLS', `a=crypto:1 ${suite} inline:${keyOfAnna}|1:4\r\n`, 'No Usable SRTP Keys'],
    ['TLS', `a=crypto:1 ${suite} inline:${keyOfAnna} UNENCRYPTED_SRTP\r\n`, 'No Usable SRTP Keys'],
    ['TLS', '', 'No Usable SRTP Keys'],
  ] as const) {
    const { dial, media } = company(transport, 'UDP')
    t.match(dial(sdp('192.0.2.12', 'RTP/SAVP', keys)), new RegExp(`^SIP/2.0 488 ${phrase}`))
    t.equal(media.sessions.size, 0)
  }
})

t.test('who only may encrypt: in the clear by UDP, where his keys go nowhere, and encrypted by TLS', async (t) => {
  const open = company('UDP', 'UDP')
  open.dial(sdp('192.0.2.12', 'RTP/AVP', crypto(keyOfAnna)))
  const invite = open.ben.one('INVITE')
  t.notMatch(invite, /a=crypto/)
  t.same(keysOf(open.answer(invite, sdp('192.0.2.9', 'RTP/AVP', ''))), [])
  t.match(open.media.only.sides, [{ keys: null }, { keys: null }])
  const safe = company('TLS', 'UDP')
  safe.dial(sdp('192.0.2.12', 'RTP/AVP', crypto(keyOfAnna)))
  const told = safe.answer(safe.ben.one('INVITE'), sdp('192.0.2.9', 'RTP/AVP', ''))
  t.same([protocolOf(told), keysOf(told).length], ['RTP/AVP', 1])
  t.match(safe.media.only.sides, [{ keys: { theirs: { key: keyOfAnna } } }, { keys: null }])
})

t.test('a phone that takes only the other kind is offered that: once, and never in the clear by UDP', async (t) => {
  const { media, ben, anna, dial, answer } = company('UDP', 'TLS', ', recording: { mode: always }')
  dial(sdp('192.0.2.12', 'RTP/AVP', ''))
  const plain = ben.one('INVITE')
  t.equal(protocolOf(plain), 'RTP/AVP')
  ben.respond(plain, 488)
  ben.one('ACK')
  const secure = ben.one('INVITE')
  t.equal(protocolOf(secure), 'RTP/SAVP')
  const told = answer(secure, sdp('192.0.2.9', 'RTP/SAVP', crypto(keyOfBen)))
  t.equal(protocolOf(told), 'RTP/AVP')
  t.match(media.only.sides, [{ keys: null }, { keys: { theirs: { key: keyOfBen } } }])
  anna.within(told, 'BYE')
  const again = company('TLS', 'TLS', ', recording: { mode: always }')
  again.dial(sdp('192.0.2.12', 'RTP/SAVP', crypto(keyOfAnna)))
  again.ben.respond(again.ben.one('INVITE'), 488)
  again.ben.one('ACK')
  const open = again.ben.one('INVITE')
  t.equal(protocolOf(open), 'RTP/AVP')
  again.ben.respond(open, 488)
  t.match(again.world.taken('SIP/2.0', again.anna.flow).at(-1), /^SIP\/2.0 (?:183|488)/)
  const udp = company('UDP', 'UDP', ', recording: { mode: always }')
  udp.dial(sdp('192.0.2.12', 'RTP/AVP', ''))
  udp.ben.respond(udp.ben.one('INVITE'), 488)
  t.same(udp.world.taken('INVITE', udp.ben.flow), [])
})

t.test('an answer whose keys are of no use: nothing is sent, and the call ends with the reason', async (t) => {
  const { media, ben, anna, dial, answer } = company('TLS', 'TLS', ', recording: { mode: always }')
  dial(sdp('192.0.2.12', 'RTP/SAVP', crypto(keyOfAnna)))
  answer(ben.one('INVITE'), sdp('192.0.2.9', 'RTP/SAVP', crypto(keyOfBen, 7)))
  t.match(anna.one('BYE'), /Reason: SIP;cause=488;text="No Usable SRTP Keys"/)
  ben.one('ACK')
  t.match(ben.one('BYE'), /cause=488/)
  t.equal(media.sessions.size, 0)
})

t.test(
  'hold and resume keep our keys; a new key of the phone counts from its offer on; so after a crash',
  async (t) => {
    const { world, media, anna, ben, dial, answer } = company('TLS', 'UDP')
    dial(sdp('192.0.2.12', 'RTP/SAVP', crypto(keyOfAnna)))
    const told = answer(ben.one('INVITE'), sdp('192.0.2.9', 'RTP/AVP', ''))
    ben.one('ACK')
    const [[, , ours = ''] = []] = keysOf(told)
    const newKey = 'C'.repeat(40)
    anna.within(told, 'INVITE', '', sdp('192.0.2.12', 'RTP/SAVP', `${crypto(newKey)}a=sendonly\r\n`))
    const held = ben.one('INVITE')
    t.notMatch(held, /a=crypto|SAVP/)
    ben.respond(held, 200, '', sdp('192.0.2.9', 'RTP/AVP', 'a=recvonly\r\n'))
    const again = anna.one('SIP/2.0 200')
    t.same(keysOf(again), [['1', suite, ours]])
    anna.within(again, 'ACK')
    const keys = { ours: { suite, key: ours }, theirs: { suite, key: newKey } }
    t.match(media.only.sides[0], { keys, hears: false })
    world.restart()
    t.match(media.only.sides, [{ keys }, { keys: null }])
  },
)

t.test('what the server says itself is encrypted as well', async (t) => {
  const { media, anna } = company('TLS', 'UDP')
  const answered = anna.dial('*43', '', sdp('192.0.2.12', 'RTP/SAVP', crypto(keyOfAnna))).at(-1) ?? ''
  t.match(answered, /^SIP\/2.0 200/)
  t.equal(protocolOf(answered), 'RTP/SAVP')
  anna.within(answered, 'ACK')
  t.match(media.only.sides, [{ keys: { ours: { key: keysOf(answered)[0]?.[2] }, theirs: { key: keyOfAnna } } }])
})
