import fc from 'fast-check'
import t from 'tap'
import { placeSession } from './place-session.ts'
import { isHeld, isRtp, isSecure, parseSessionDescription } from './session-description.ts'

const session = 'v=0\r\no=anna 2890844526 2890844527 IN IP4 10.1.2.3\r\ns=-\r\nc=IN IP4 10.1.2.3\r\nt=0 0\r\n'
const audio =
  'm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n' +
  'a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n'

function read(text: string) {
  const description = parseSessionDescription(text)
  if (description === null) throw new Error(`Not read: ${text}`)
  return description
}

t.test('RFC 8866 §5.14, §6.6: streams, and what their payload types stand for', async (t) => {
  const { media } = read(`${session}${audio}m=video 0 RTP/AVP 31\r\n`)
  t.equal(media.length, 2)
  const [sound, picture] = media
  t.match(sound, {
    kind: 'audio',
    port: 4000,
    protocol: 'RTP/AVP',
    formats: ['8', '0', '101'],
    address: '10.1.2.3',
    rtcpAddress: '10.1.2.3',
    rtcpPort: 4001,
    direction: 'sendrecv',
    packetTime: 20,
  })
  t.same(
    sound?.codecs.map(({ payloadType, name, clockRate, parameters }) => [payloadType, name, clockRate, parameters]),
    [
      [8, 'PCMA', 8000, ''],
      [0, 'PCMU', 8000, ''],
      [101, 'TELEPHONE-EVENT', 8000, '0-16'],
    ],
  )
  t.match(picture, { kind: 'video', port: 0, rtcpPort: 0 })
})

t.test('what stands at a stream counts before what stands at the session', async (t) => {
  const { media } = read(
    `${session}a=recvonly\r\n${audio.replace('a=sendrecv\r\n', '')}m=audio 5000/2 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n` +
      'a=rtcp:6001 IN IP6 2001:db8::2\r\na=inactive\r\n',
  )
  t.match(media[0], { address: '10.1.2.3', direction: 'recvonly' })
  t.match(media[1], {
    port: 5000,
    address: '2001:db8::1',
    rtcpAddress: '2001:db8::2',
    rtcpPort: 6001,
    direction: 'inactive',
  })
})

t.test('hold: by direction, and by the address of RFC 2543 (RFC 3264 §8.4)', async (t) => {
  const held = (text: string) => isHeld(read(text).media[0]!)
  t.notOk(held(session + audio))
  t.ok(held(session + audio.replace('sendrecv', 'sendonly')))
  t.ok(held(session + audio.replace('sendrecv', 'inactive')))
  t.notOk(held(session + audio.replace('sendrecv', 'recvonly')))
  t.ok(held(session.replace('c=IN IP4 10.1.2.3', 'c=IN IP4 0.0.0.0') + audio))
})

t.test('RFC 4568: keys in the description', async (t) => {
  const line = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 KDR=1\r\n'
  const [stream] = read(`${session}${audio.replace('RTP/AVP', 'RTP/SAVP')}${line}a=crypto:x broken\r\n`).media
  t.ok(isSecure(stream!))
  t.ok(isRtp(stream!))
  t.same(stream?.cryptos, [
    {
      tag: 1,
      suite: 'AES_CM_128_HMAC_SHA1_80',
      keys: 'inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4',
      parameters: 'KDR=1',
    },
  ])
})

t.test('what is no session description, or a monstrous one', async (t) => {
  const wrong = [
    '',
    'hello',
    'v=1\r\n',
    `${session}m=audio\r\n`,
    `${session}m=audio 70000 RTP/AVP 0\r\n`,
    `${session}m=audio x RTP/AVP 0\r\n`,
    `${session}m=audio 4000\r\n`,
    `${session}junk\r\n${audio}`,
    session + audio.repeat(17),
    session + 'a=x\r\n'.repeat(1001),
    `${session}a=${'x'.repeat(40_000)}\r\n`,
  ]
  for (const text of wrong) t.equal(parseSessionDescription(text), null, JSON.stringify(text.slice(-40)))
})

t.test('its place is ours, and everything else goes on as it came', async (t) => {
  const description = read(
    `${session}a=group:BUNDLE 0\r\na=tool:x\r\n${audio}a=candidate:1 1 UDP 1 10.1.2.3 4000 typ host\r\na=ice-ufrag:x\r\n` +
      'a=rtcp:4010\r\na=rtcp-mux\r\na=crypto:1 S inline:theirs\r\nb=TIAS:64000\r\nm=image 4002 udptl t38\r\na=T38FaxVersion:0\r\nm=message 4004 TCP/MSRP *\r\n',
  )
  const text = placeSession(description, { sessionId: 7, version: 3 }, '192.0.2.1', [
    { port: 20_000, protocol: 'RTP/SAVP', cryptos: ['1 S inline:ours'] },
    { port: 20_002, protocol: '', cryptos: [] },
    { port: 0, protocol: '', cryptos: [] },
  ])
  t.equal(
    text,
    'v=0\r\no=- 7 3 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\na=tool:x\r\n' +
      'm=audio 20000 RTP/SAVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n' +
      'a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\nb=TIAS:64000\r\na=crypto:1 S inline:ours\r\n' +
      'm=image 20002 udptl t38\r\na=T38FaxVersion:0\r\nm=message 0 TCP/MSRP *\r\n',
  )
})

t.test('addresses that stand at the streams alone give way to one for the session', async (t) => {
  const streams = `${audio}c=IN IP4 10.1.2.3\r\nm=video 5000 RTP/AVP 96\r\nc=IN IP4 10.1.2.4\r\n`
  const description = read(session.replace('c=IN IP4 10.1.2.3\r\n', '') + streams)
  const places = [0, 2].map((more) => ({ port: 20_000 + more, protocol: '', cryptos: [] }))
  const text = placeSession(description, { sessionId: 1, version: 1 }, '2001:db8::9', places)
  t.same(text.match(/c=.*/g), ['c=IN IP6 2001:db8::9'])
  t.ok(text.indexOf('c=') < text.indexOf('t='), 'before the times (RFC 8866 §5)')
})

t.test('a hold by 0.0.0.0 is one by direction behind our address', async (t) => {
  const place = (text: string) =>
    placeSession(read(text), { sessionId: 1, version: 1 }, '192.0.2.1', [{ port: 2000, protocol: '', cryptos: [] }])
  const held = session.replace('c=IN IP4 10.1.2.3', 'c=IN IP4 0.0.0.0')
  t.match(place(held + audio), /a=sendonly/)
  t.notMatch(place(held + audio), /a=sendrecv/)
  t.match(place(held + audio.replace('a=sendrecv\r\n', '')), /a=sendonly/)
  t.match(place(held + audio.replace('sendrecv', 'recvonly')), /a=inactive/)
  t.match(place(held + audio.replace('sendrecv', 'inactive')), /a=inactive/)
})

t.test('a stream that was declined stays so', async (t) => {
  const text = placeSession(
    read(`${session}${audio.replace('4000', '0')}`),
    { sessionId: 1, version: 1 },
    '192.0.2.1',
    [{ port: 2000, protocol: '', cryptos: [] }],
  )
  t.match(text, /m=audio 0 RTP/)
})

t.test('whatever comes: no error, and what is read can be placed and read again', async (t) => {
  const part = fc.constantFrom(
    ...(session + audio).split('\r\n').map((line) => `${line}\r\n`),
    'm=image 9 udptl t38\n',
    'c=IN IP4 224.2.1.1/127/3\r\n',
    'c=x\r\n',
    'a=rtcp:x\r\n',
    'a=rtpmap:8\r\n',
    'a=rtpmap:101 /\r\n',
    'm=\r\n',
    'm= a b\r\n',
    'x\r\n',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
      const description = parseSessionDescription(`v=0\r\n${parts.join('')}`)
      if (description === null) return
      const places = description.media.map((_, index) => ({ port: 3000 + 2 * index, protocol: '', cryptos: [] }))
      const again = parseSessionDescription(
        placeSession(description, { sessionId: 1, version: 1 }, '192.0.2.1', places),
      )
      t.equal(again?.media.length, description.media.length)
      for (const stream of again?.media ?? []) if (stream.port !== 0) t.equal(stream.address, '192.0.2.1')
    }),
    { numRuns: 500 },
  )
})
