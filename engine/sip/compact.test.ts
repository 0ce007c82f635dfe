import t from 'tap'
import { compactForm, longestUnfragmented } from './compact.ts'
import { Header } from './header-names.ts'
import { parseMessage } from './message.ts'
import type { OutgoingRequest } from './request.ts'
import { requestText } from './request.ts'
import { validateRequest } from './validate.ts'

const request: OutgoingRequest = {
  method: 'INVITE',
  requestUri: 'sip:bob@192.0.2.1',
  transport: 'UDP',
  sentBy: '192.0.2.2:5060',
  branch: 'z9hG4bKa',
  from: '<sip:a@a.example>;tag=1',
  to: '<sip:b@a.example>',
  callId: 'c',
  cseq: 1,
  route: 'Route: <sip:edge.example;lr>\r\n',
  maxForwards: 70,
  headers: 'Contact: <sip:192.0.2.2>\r\nX-Folded: one:\r\n two: three\r\nContent-Type: application/sdp\r\n',
  body: 'v=0\r\nVia: stays\r\n',
}

t.test('names become short, values, unknown names, folds and bodies stay', async (t) => {
  t.equal(
    compactForm(requestText(request)),
    'INVITE sip:bob@192.0.2.1 SIP/2.0\r\nv:SIP/2.0/UDP 192.0.2.2:5060;rport;branch=z9hG4bKa\r\nMax-Forwards:70\r\n' +
      'Route:<sip:edge.example;lr>\r\nf:<sip:a@a.example>;tag=1\r\nt:<sip:b@a.example>\r\ni:c\r\nCSeq:1 INVITE\r\n' +
      'm:<sip:192.0.2.2>\r\nX-Folded:one:\r\n two: three\r\nc:application/sdp\r\nl:17\r\n\r\nv=0\r\nVia: stays\r\n',
  )
})

t.test('a long request is compact by UDP, and nowhere else', async (t) => {
  const long = { ...request, body: `v=0\r\n${'a=x\r\n'.repeat(240)}` }
  const text = requestText(long)
  t.match(text, /^INVITE .*\r\nv:/)
  t.match(requestText({ ...long, transport: 'TCP' }), /^INVITE .*\r\nVia: /)
  t.match(requestText({ ...long, body: 'v=0\r\n' }), /^INVITE .*\r\nVia: /)
  const message = parseMessage(text)
  if (message === null) throw new Error('It cannot be read')
  t.equal(message.body, long.body)
  t.equal(message.callId, 'c')
  t.equal(message.header(Header.contact), '<sip:192.0.2.2>')
  t.equal(validateRequest(message), null)
  const edge = requestText({ ...request, body: '' })
  const filled = requestText({ ...request, body: 'x'.repeat(longestUnfragmented - edge.length - 2) })
  t.equal(filled.length, longestUnfragmented)
  t.match(filled, /\r\nVia: /)
})
