import fc from 'fast-check'
import t from 'tap'
import {
  ackWithin,
  contactUri,
  Dialog,
  dialogOfRequest,
  dialogOfResponse,
  loadDialog,
  loadFlow,
  requestWithin,
  saveDialog,
  savedDialogLines,
  saveFlow,
  withoutTag,
} from './dialog.ts'
import type { SipMessage } from './message.ts'
import { parseMessage } from './message.ts'
import { countingRandom, flowBy, RecordingNetwork } from './recording-network.ts'
import { requestText } from './request.ts'
import type { Transport } from './transport.ts'
import { VirtualClock } from './virtual-clock.ts'

const network = new RecordingNetwork(new VirtualClock())
const flow = flowBy('UDP')

function message(startLine: string, headers: readonly string[]): SipMessage {
  const result = parseMessage(`${[startLine, ...headers].join('\r\n')}\r\n\r\n`)
  if (result === null) throw new Error('not a message')
  return result
}

const common = ['Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1', 'Call-ID: call@host']

function invite(...further: string[]): SipMessage {
  return message('INVITE sip:b@192.0.2.1 SIP/2.0', [
    ...common,
    'From: "A" <sip:a@example.com>;tag=theirs',
    'To: <sip:b@example.com>',
    'CSeq: 314 INVITE',
    ...further,
  ])
}

function answer(...further: string[]): SipMessage {
  return message('SIP/2.0 200 OK', [
    ...common,
    'From: <sip:a@example.com>;tag=ours',
    'To: "B" <sip:b@example.com>;tag=theirs',
    'CSeq: 7 INVITE',
    ...further,
  ])
}

const routed = [
  'Record-Route: <sip:p2.example;lr>;x=1, "P, 1" <sip:p1.example;lr>',
  'Record-Route: <sip:p0.example;lr>',
]

t.test('RFC 3261 §12.1.1: the dialog of a request received', async (t) => {
  const dialog = dialogOfRequest(invite('Contact: <sip:a@192.0.2.9:5070>', ...routed), 'ours', flow)
  t.equal(dialog.callId, 'call@host')
  t.equal(dialog.localTag, 'ours')
  t.equal(dialog.remoteTag, 'theirs')
  t.equal(dialog.localAddress, '<sip:b@example.com>')
  t.equal(dialog.remoteAddress, '"A" <sip:a@example.com>')
  t.equal(dialog.remoteTarget, 'sip:a@192.0.2.9:5070')
  t.same(dialog.routeSet, ['<sip:p2.example;lr>', '<sip:p1.example;lr>', '<sip:p0.example;lr>'])
  t.equal(dialog.localSequence, 0)
  t.equal(dialog.remoteSequence, 314)
  t.equal(dialogOfRequest(invite(), 'ours', flow).remoteTarget, 'sip:a@example.com', 'no Contact: From')
  t.ok(dialog.matches('call@host', 'theirs'))
  t.notOk(dialog.matches('call@host', 'other'))
  t.notOk(dialog.matches('other', 'theirs'))
})

t.test('a Record-Route that is no SIP URI leads nowhere', async (t) => {
  const odd = ['Record-Route: garbage', 'Record-Route: <sip:a b;lr>', 'Record-Route: <tel:123>, <sip:p.example;lr>']
  const dialog = dialogOfRequest(invite('Contact: <sip:a@192.0.2.9:5070>', ...odd), 'ours', flow)
  t.same(dialog.routeSet, ['<sip:p.example;lr>'])
})

t.test('RFC 3261 §12.1.2: the dialog of a response has the route set the other way round', async (t) => {
  const dialog = dialogOfResponse(answer('Contact: sip:b@192.0.2.9:5080;expires=3', ...routed), flow)
  t.equal(dialog.localTag, 'ours')
  t.equal(dialog.remoteTag, 'theirs')
  t.equal(dialog.localAddress, '<sip:a@example.com>')
  t.equal(dialog.remoteAddress, '"B" <sip:b@example.com>')
  t.equal(dialog.remoteTarget, 'sip:b@192.0.2.9:5080')
  t.same(dialog.routeSet, ['<sip:p0.example;lr>', '<sip:p1.example;lr>', '<sip:p2.example;lr>'])
  t.equal(dialog.localSequence, 7)
  t.equal(dialog.remoteSequence, -1)
  t.equal(dialogOfResponse(answer(), flow).remoteTarget, 'sip:b@example.com', 'no Contact: To')
})

t.test('RFC 3261 §12.2.1.1: requests inside, and the ACK of a 2xx', async (t) => {
  const dialog = dialogOfResponse(answer('Contact: <sip:b@192.0.2.9:5080>', ...routed), flow)
  const bye = requestWithin(dialog, 'BYE', 70, 'X: y\r\n', 'body', network, countingRandom())
  t.equal(
    requestText(bye),
    [
      'BYE sip:b@192.0.2.9:5080 SIP/2.0',
      'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK0000000000000001',
      'Max-Forwards: 70',
      'Route: <sip:p0.example;lr>',
      'Route: <sip:p1.example;lr>',
      'Route: <sip:p2.example;lr>',
      'From: <sip:a@example.com>;tag=ours',
      'To: "B" <sip:b@example.com>;tag=theirs',
      'Call-ID: call@host',
      'CSeq: 8 BYE',
      'X: y',
      'Content-Length: 4',
      '',
      'body',
    ].join('\r\n'),
  )
  t.equal(requestWithin(dialog, 'INVITE', 70, '', '', network, countingRandom()).cseq, 9)
  const ack = ackWithin(dialog, 9, '', '', network, countingRandom())
  t.equal(`${ack.cseq} ${ack.method}`, '9 ACK')
  t.equal(dialog.localSequence, 9, 'ACK takes no number')
})

t.test('RFC 3261 §12.2.1.1: a strict router stands in the request line, the target last in the route', async (t) => {
  const routes = ['Record-Route: <sip:p2.example;lr>', 'Record-Route: <sip:strict.example;x=lr>']
  const dialog = dialogOfResponse(answer('Contact: <sip:b@192.0.2.9:5080>', ...routes), flow)
  const bye = requestWithin(dialog, 'BYE', 70, '', '', network, countingRandom())
  t.equal(bye.requestUri, 'sip:strict.example;x=lr')
  t.equal(bye.route, 'Route: <sip:p2.example;lr>\r\nRoute: <sip:b@192.0.2.9:5080>\r\n')
})

t.test('RFC 3261 §12.2.2: sequence numbers only rise', async (t) => {
  const dialog = dialogOfRequest(invite('Contact: <sip:a@b>'), 'ours', flow)
  t.notOk(dialog.acceptSequence(313))
  t.notOk(dialog.acceptSequence(314))
  t.ok(dialog.acceptSequence(400), 'gaps are allowed')
  t.notOk(dialog.acceptSequence(399))
  t.equal(dialog.remoteSequence, 400)
  t.ok(dialogOfResponse(answer(), flow).acceptSequence(0), 'the first may be any')
})

t.test('RFC 3261 §12.2.1.2, §12.2.2: target refresh', async (t) => {
  const dialog = dialogOfRequest(invite('Contact: <sip:a@one>'), 'ours', flow)
  dialog.refreshTarget(invite('Contact: "New, place" <sip:a@two>;q=1'))
  t.equal(dialog.remoteTarget, 'sip:a@two')
  dialog.refreshTarget(invite())
  t.equal(dialog.remoteTarget, 'sip:a@two', 'no Contact changes nothing')
})

t.test('RFC 3261 §7.1, §8.1.1.8: no URI of a peer breaks our request line', async (t) => {
  const { address, port } = flow
  const without = message('INVITE sip:b@c SIP/2.0', [
    ...common,
    'From: < sip:a@b >;tag=x',
    'To: <sip:b@c>',
    'CSeq: 1 INVITE',
  ])
  t.equal(dialogOfRequest(without, 'ours', flow).remoteTarget, `sip:${address}:${port}`)
  t.equal(dialogOfRequest(without, 'ours', { ...flow, address: '::1' }).remoteTarget, `sip:[::1]:${port}`)
  const answered = message('SIP/2.0 200 OK', [
    ...common,
    'From: <sip:a@b>;tag=ours',
    'To: <sip:b\x00@c>;tag=x',
    'CSeq: 1 INVITE',
    'Contact: <sip:a\x7f@b>',
  ])
  t.equal(dialogOfResponse(answered, flow).remoteTarget, `sip:${address}:${port}`)
})

t.test('the first Contact, in every form', async (t) => {
  t.equal(contactUri(invite('m: <sip:a@b;x=1>;q=0.1, <sip:c@d>')), 'sip:a@b;x=1')
  t.equal(contactUri(invite('Contact: "<sip:x@y>, \\"" <sip:a@b>')), 'sip:a@b')
  t.equal(contactUri(invite('Contact: sip:a@b;q=1')), 'sip:a@b')
  t.equal(contactUri(invite('Contact: *')), '*')
  t.equal(contactUri(invite('Contact: <sip:a@b')), '')
  t.equal(contactUri(invite('Contact: <sip:a b@c>')), '', 'what would break a request line')
  t.equal(contactUri(invite('Contact: X <sip:a@b\t;x>')), '')
  t.equal(contactUri(invite()), '')
})

t.test('the tag alone is taken from an address', async (t) => {
  t.equal(withoutTag('<sip:a@b>'), '<sip:a@b>')
  t.equal(withoutTag('<sip:a@b>;tag=1'), '<sip:a@b>')
  t.equal(withoutTag('<sip:a@b>;tag=1;epid=001'), '<sip:a@b>;epid=001')
  t.equal(withoutTag('<sip:a@b>;x="1;tag=2";TAG = 3 ;y'), '<sip:a@b>;x="1;tag=2";y')
  t.equal(withoutTag('"x;tag=0" <sip:a@b;tag=1>;tag=1'), '"x;tag=0" <sip:a@b;tag=1>')
  t.equal(withoutTag('<sip:a@b>;tag=1;tag=2'), '<sip:a@b>')
  t.equal(withoutTag('<sip:a@b>;tag;x'), '<sip:a@b>;x')
  t.equal(withoutTag('sip:a@b;tag=1'), 'sip:a@b')
})

const field = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ''))
const flows = fc.record(
  {
    transport: fc.constantFrom<Transport>('UDP', 'TCP', 'TLS', 'WS', 'WSS'),
    listener: fc.nat(9),
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    port: fc.nat(65535),
    connection: fc.nat(),
    serverName: fc.domain(),
  },
  { requiredKeys: ['transport', 'listener', 'address', 'port', 'connection'] },
)

t.test('whatever the fields are, a dialog saved is the dialog loaded', async (t) => {
  fc.assert(
    fc.property(
      fc.record({
        callId: field,
        localTag: field,
        remoteTag: field,
        localAddress: field,
        remoteAddress: field,
        remoteTarget: field,
        routeSet: fc.array(
          field.map((text) => `<${text}>`),
          { maxLength: 80 },
        ),
        localSequence: fc.nat(2147483647),
        remoteSequence: fc.integer({ min: -1, max: 2147483647 }),
        flow: flows,
      }),
      (parts) => {
        const lines = saveDialog(new Dialog(parts)).split('\n')
        const loaded = loadDialog(lines)
        if (loaded === null) return false
        for (const [name, value] of Object.entries(parts)) t.same(loaded[name as keyof Dialog], value, name)
        return lines.length === savedDialogLines
      },
    ),
    { numRuns: 50 },
  )
})

t.test('damaged state is told, not believed', async (t) => {
  const lines = saveDialog(dialogOfResponse(answer(), flow)).split('\n')
  for (let length = 0; length < lines.length; length++) t.equal(loadDialog(lines.slice(0, length)), null)
  t.equal(loadDialog(lines.with(7, '1')), null)
  t.equal(loadDialog(lines.with(7, 'x y')), null)
  t.equal(loadDialog(lines.with(8, 'SCTP 0 192.0.2.9 5060 0')), null)
  t.equal(loadFlow('UDP 0 192.0.2.9 x 0'), null)
  t.equal(loadFlow('UDP 0 192.0.2.9 5060'), null)
  t.equal(loadFlow(''), null)
  t.same(loadFlow(saveFlow(flow)), flow)
})
