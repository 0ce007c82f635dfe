import t from 'tap'
import { sessionNotes } from './session-notes.ts'

const sdp = (formats: string, more = '') =>
  `v=0\r\no=x 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP ${formats}\r\n` +
  `a=rtpmap:107 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n${more}`
const declined = sdp('8').replace('4000', '0')

function message(kind: 'sent' | 'received', port: number, first: string, cseq: string, body = '', headers = '') {
  const type = body === '' ? '' : 'c: application/sdp\r\n'
  const text = `${first}\r\nCall-ID: call${port}\r\nCSeq: ${cseq}\r\n${headers}${type}\r\n${body}`
  return { kind, address: '192.0.2.9', port, text } as const
}

t.test('a phone that refuses what it is offered, with what each side said', async (t) => {
  const ladder = [
    message('received', 1, 'INVITE sip:a SIP/2.0', '1 INVITE', sdp('107 8 101')),
    message('sent', 2, 'INVITE sip:b SIP/2.0', '7 INVITE', sdp('8 101')),
    message(
      'received',
      2,
      'SIP/2.0 488 Not Acceptable Here',
      '7 INVITE',
      sdp('9'),
      'Warning: 304 phone "No codec"\r\n',
    ),
    message('sent', 1, 'SIP/2.0 480 Temporarily Unavailable', '1 INVITE'),
  ]
  t.same(sessionNotes(ladder), [
    '192.0.2.9:2 refuses the session (488 Not Acceptable Here): it was offered PCMA, and takes G722 ("No codec"); ' +
      '192.0.2.9:1 had offered OPUS/48000, PCMA',
  ])
})

t.test('answers without a codec of the offer, declined sound, packets of other lengths; each once', async (t) => {
  const answered = (offer: string, answer: string) =>
    sessionNotes([
      message('sent', 2, 'INVITE sip:b SIP/2.0', '7 INVITE', offer),
      message('received', 2, 'SIP/2.0 183 Progress', '7 INVITE', answer),
      message('received', 2, 'SIP/2.0 200 OK', '7 INVITE', answer),
    ])
  t.same(answered(sdp('8 101'), sdp('0 101')), [
    'Ringdown and 192.0.2.9:2 have no codec in common: offered PCMA, answered PCMU',
  ])
  t.same(answered(sdp('8 101'), declined), ['192.0.2.9:2 declines the sound that Ringdown offers: PCMA'])
  t.same(answered(sdp('8', 'a=ptime:20\r\n'), sdp('8', 'a=ptime:30\r\n')), [
    'Ringdown wants packets of 20 ms, 192.0.2.9:2 of 30 ms',
  ])
  t.same(answered(sdp('8 0 101'), sdp('0 101')), [])
  t.same(answered('v=0 nonsense', sdp('0')), [])
})

t.test('an offer in the answer is answered by the ACK', async (t) => {
  const ladder = [
    message('sent', 2, 'INVITE sip:b SIP/2.0', '7 INVITE'),
    message('received', 2, 'SIP/2.0 200 OK', '7 INVITE', sdp('8')),
    message('sent', 2, 'ACK sip:b SIP/2.0', '7 ACK', sdp('9')),
  ]
  t.same(sessionNotes(ladder), ['192.0.2.9:2 and Ringdown have no codec in common: offered PCMA, answered G722'])
})

t.test('what is cut or broken says nothing', async (t) => {
  t.same(
    sessionNotes([message('sent', 2, 'INVITE sip:b SIP/2.0', ''), { ...message('sent', 2, '', ''), text: 'INVITE' }]),
    [],
  )
})
