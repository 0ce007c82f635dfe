import t from 'tap'
import { crossedAnswer } from './crossed-answer.ts'

const head = (host: string) => `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\n`
const anna = `${head('192.0.2.1')}m=audio 4000 RTP/AVP 8 0 96 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n`
const ben = `${head('192.0.2.2')}m=audio 5000 RTP/AVP 9 0 97 110\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:110 telephone-event/8000\r\na=ptime:20\r\n`

t.test('RFC 3264 §6: the codecs that both have, with the numbers of whoever receives by them', async (t) => {
  t.equal(
    crossedAnswer(anna, ben, 'active'),
    `${head('192.0.2.2')}m=audio 5000 RTP/AVP 0 97 110\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:110 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n`,
  )
  t.equal(
    crossedAnswer(ben, anna, 'passive'),
    `${head('192.0.2.1')}m=audio 4000 RTP/AVP 0 96 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n`,
  )
})

t.test('RFC 3264 §6: as many streams as were offered, those that suit nobody with port 0', async (t) => {
  const video = 'm=video 4002 RTP/AVP 31\r\n'
  t.match(crossedAnswer(anna + video, ben, 'active'), /m=video 0 RTP\/AVP 31\r\n$/)
  t.notMatch(crossedAnswer(ben, anna + video, 'active'), 'm=video')
  t.equal(crossedAnswer(anna, ben.replace('RTP/AVP', 'RTP/SAVP'), 'active'), null, 'keys and no keys')
  t.equal(
    crossedAnswer(
      anna,
      `${head('192.0.2.2')}m=audio 5000 RTP/AVP 9 110\r\na=rtpmap:110 telephone-event/8000\r\n`,
      'active',
    ),
    null,
    'keys alone are no call',
  )
  t.equal(crossedAnswer(anna, 'no description', 'active'), null)
})

t.test('RFC 3264 §6.1: directions', async (t) => {
  const of = (offered: string, other: string) =>
    /a=(\w+)\r\n$/.exec(crossedAnswer(`${anna}a=${offered}\r\n`, `${ben}a=${other}\r\n`, 'active') ?? '')?.[1]
  t.equal(of('sendrecv', 'sendonly'), 'sendonly')
  t.equal(of('sendonly', 'sendrecv'), 'recvonly')
  t.equal(of('sendonly', 'sendonly'), 'inactive')
  t.equal(of('recvonly', 'sendrecv'), 'sendonly')
})

t.test('RFC 5763 §5: one of two who would both wait or open', async (t) => {
  const setup = 'a=setup:actpass\r\n'
  t.match(crossedAnswer(anna + setup, ben + setup, 'active'), 'a=setup:active')
  t.match(crossedAnswer(ben + setup, anna + setup, 'passive'), 'a=setup:passive')
})
