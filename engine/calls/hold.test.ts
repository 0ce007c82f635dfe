import t from 'tap'
import { answersHold, offersHold } from './hold.ts'

const audio = (address: string, ...attributes: string[]) =>
  `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n${attributes.map((line) => `a=${line}\r\n`).join('')}`

t.test('RFC 3264 §8.4: sendonly and inactive offers hold, and so does the address 0.0.0.0 of RFC 2543', async (t) => {
  t.equal(offersHold(audio('192.0.2.1', 'sendonly')), true)
  t.equal(offersHold(audio('192.0.2.1', 'inactive')), true)
  t.equal(offersHold(audio('0.0.0.0')), true)
  t.equal(offersHold(audio('192.0.2.1', 'sendrecv')), false)
  t.equal(offersHold(audio('192.0.2.1')), false)
  t.equal(offersHold(audio('192.0.2.1', 'recvonly')), false, 'who is held says so, and holds nobody')
})

t.test('A declined stream says nothing, nor does what is no session description', async (t) => {
  const declinedVideo = 'm=video 0 RTP/AVP 96\r\na=inactive\r\n'
  t.equal(offersHold(audio('192.0.2.1', 'sendonly') + declinedVideo), true)
  t.equal(offersHold(audio('192.0.2.1') + declinedVideo), false)
  t.equal(offersHold(audio('0.0.0.0', 'ice-ufrag:abcd')), false, 'a browser whose address is still to come')
  t.equal(offersHold(''), false)
  t.equal(offersHold('hello'), false)
})

t.test('An answer holds where it says more than that the other side holds', async (t) => {
  t.equal(answersHold(audio('192.0.2.1', 'sendonly'), false), true)
  t.equal(answersHold(audio('192.0.2.1', 'inactive'), false), true)
  t.equal(answersHold(audio('192.0.2.1', 'inactive'), true), false)
  t.equal(answersHold(audio('192.0.2.1', 'recvonly'), true), false)
})
