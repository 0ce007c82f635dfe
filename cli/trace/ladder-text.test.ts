import t from 'tap'
import type { CallMessage } from '../client/api.ts'
import { ladderText, summaryOf } from './ladder-text.ts'

function message(direction: 'received' | 'sent', port: number, text: string): CallMessage {
  const local = { localAddress: '192.0.2.1', localPort: 5060 }
  return {
    direction,
    at: 1000,
    transport: 'UDP',
    ...local,
    remoteAddress: '192.0.2.9',
    remotePort: port,
    text,
    cut: false,
  }
}

const request = (method: string, headers = '') => `${method} sip:1002@a SIP/2.0\r\nCSeq: 1 ${method}\r\n${headers}\r\n`
const response = (status: string, method: string, headers = '') =>
  `SIP/2.0 ${status}\r\nCSeq: 1 ${method}\r\n${headers}\r\n`
const sdp = 'Content-Type: application/sdp\r\n'

t.test('who said what to whom, with the caller on the left', (t) => {
  const text = ladderText(
    [
      message('received', 5070, request('INVITE', sdp)),
      message('sent', 5070, response('100 Trying', 'INVITE')),
      message('sent', 5080, request('INVITE', sdp)),
      message('received', 5080, response('200 OK', 'INVITE', sdp)),
      message('sent', 5070, response('200 OK', 'INVITE', sdp)),
      message('received', 5070, request('ACK')),
      message('sent', 5080, request('BYE')),
      message('received', 5080, response('200 OK', 'BYE')),
    ],
    () => '10:00:00.000',
  )
  t.equal(
    text,
    [
      '                        192.0.2.9:5070                       Ringdown                       192.0.2.9:5080',
      '                               |                                 |                                 |',
      '10:00:00.000                   |- INVITE 1002 (SDP) ------------>|                                 |',
      '10:00:00.000                   |<- 100 Trying -------------------|                                 |',
      '10:00:00.000                   |                                 |- INVITE 1002 (SDP) ------------>|',
      '10:00:00.000                   |                                 |<- 200 OK (SDP) -----------------|',
      '10:00:00.000                   |<- 200 OK (SDP) -----------------|                                 |',
      '10:00:00.000                   |- ACK -------------------------->|                                 |',
      '10:00:00.000                   |                                 |- BYE -------------------------->|',
      '10:00:00.000                   |                                 |<- 200 OK (BYE) -----------------|',
    ].join('\n'),
  )
  t.equal(
    ladderText([], () => ''),
    '                                                             Ringdown\n                               |                                 |',
  )
  t.end()
})

t.test('an arrow over several columns, and texts that are too long', (t) => {
  const text = ladderText(
    [
      message('received', 5070, request('INVITE')),
      message('sent', 5080, request('INVITE')),
      message('sent', 5090, `INVITE sip:${'1'.repeat(60)}@a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n`),
    ],
    () => '10:00:00.000',
  )
  const [last = ''] = text.split('\n').slice(-1)
  t.match(last, /\|- INVITE 1{13}~ -+>\|$/)
  t.equal(summaryOf('nonsense'), 'nonsense')
  t.equal(summaryOf('SIP/2.0 603 Decline\r\nCSeq: 7 INVITE\r\n\r\n'), '603 Decline')
  t.end()
})
