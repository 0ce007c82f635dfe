import t from 'tap'
import { parseMessage } from './message.ts'
import { flowBy } from './recording-network.ts'
import { reasonPhrase, responseFlow, responseHead, responseText, sentBy } from './response.ts'
import type { Flow } from './transport.ts'

function request(vias: readonly string[], to: readonly string[] = ['To: <sip:c@d>'], further: readonly string[] = []) {
  const headers = [...vias.map((via) => `Via: ${via}`), 'From: <sip:a@b>;tag=1', ...to, 'Call-ID: x', 'CSeq: 1 OPTIONS']
  const message = parseMessage(`${['OPTIONS sip:c@d SIP/2.0', ...headers, ...further].join('\r\n')}\r\n\r\n`)
  if (message === null) throw new Error('not a message')
  return message
}

/** The Via lines of a response to a request with these, without "Via: ". */
function answered(vias: readonly string[], flow: Flow = flowBy('UDP')): string[] {
  const head = responseHead(request(vias), flow).lines.split('\r\n')
  return head.filter((line) => line.startsWith('Via: ')).map((line) => line.slice(5))
}

t.test('RFC 3261 §8.2.6.2: what is repeated, and the tag', async (t) => {
  const head = responseHead(request(['SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1']), flowBy('UDP'))
  const common =
    'Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nTo: <sip:c@d>'
  t.equal(
    responseText(200, 'OK', head, 'mine', 'X: y\r\n', 'body'),
    `SIP/2.0 200 OK\r\n${common};tag=mine\r\nX: y\r\nContent-Length: 4\r\n\r\nbody`,
  )
  t.equal(responseText(100, 'Trying', head, '', '', ''), `SIP/2.0 100 Trying\r\n${common}\r\nContent-Length: 0\r\n\r\n`)
  const within = responseHead(request(['SIP/2.0/UDP a;branch=z9hG4bK1'], ['To: <sip:c@d>;tag=theirs']), flowBy('UDP'))
  t.notOk(responseText(200, 'OK', within, 'mine', '', '').includes('mine'))
  t.equal(reasonPhrase(486), 'Busy Here')
})

t.test('RFC 3261 §8.2.6.1: Timestamp is repeated', async (t) => {
  const via = ['SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1']
  t.match(
    responseHead(request(via, ['To: <sip:c@d>'], ['Timestamp: 54']), flowBy('UDP')).lines,
    '\r\nTimestamp: 54\r\n',
  )
})

t.test('a request without To gets no tag where none can stand', async (t) => {
  const head = responseHead(request(['SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1'], []), flowBy('UDP'))
  t.match(responseText(400, 'Missing To Header', head, 'mine', '', ''), /CSeq: 1 OPTIONS\r\nContent-Length/)
})

t.test('RFC 3261 §18.2.1: received where the host is not the source', async (t) => {
  t.same(answered(['SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bK1']), ['SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bK1'])
  t.same(answered(['SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1']), [
    'SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1;received=192.0.2.9',
  ])
  t.same(answered(['SIP/2.0/UDP host.example;branch=z9hG4bK1']), [
    'SIP/2.0/UDP host.example;branch=z9hG4bK1;received=192.0.2.9',
  ])
  t.same(answered(['SIP / 2.0 / UDP  192.0.2.9 : 5070 ;branch=z9hG4bK1']), [
    'SIP / 2.0 / UDP  192.0.2.9 : 5070 ;branch=z9hG4bK1',
  ])
})

t.test('RFC 3581 §4: rport and received together', async (t) => {
  t.same(answered(['SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1']), [
    'SIP/2.0/UDP 192.0.2.9;rport=5070;branch=z9hG4bK1;received=192.0.2.9',
  ])
  t.same(answered(['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1; RPORT']), [
    'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport=5070;received=192.0.2.9',
  ])
  t.same(answered(['SIP/2.0/UDP 10.0.0.1;rport-x=1;branch=z9hG4bK1;rport']), [
    'SIP/2.0/UDP 10.0.0.1;rport-x=1;branch=z9hG4bK1;rport=5070;received=192.0.2.9',
  ])
})

t.test('IPv6: without brackets in received, with brackets in sent-by', async (t) => {
  const flow = flowBy('UDP', '2001:db8::9')
  t.same(answered(['SIP/2.0/UDP [2001:db8::9];branch=z9hG4bK1'], flow), ['SIP/2.0/UDP [2001:db8::9];branch=z9hG4bK1'])
  t.same(answered(['SIP/2.0/UDP [2001:DB8::9]:5070;branch=z9hG4bK1'], flow), [
    'SIP/2.0/UDP [2001:DB8::9]:5070;branch=z9hG4bK1',
  ])
  t.same(answered(['SIP/2.0/UDP [2001:db8::7];branch=z9hG4bK1;rport'], flow), [
    'SIP/2.0/UDP [2001:db8::7];branch=z9hG4bK1;rport=5070;received=2001:db8::9',
  ])
})

t.test('a received that came with the request is not believed', async (t) => {
  for (const forged of [
    ';received=203.0.113.1',
    ';received=203.0.113.1;received=203.0.113.2',
    '; Received = 203.0.113.1',
    ';received',
  ]) {
    t.same(answered([`SIP/2.0/UDP 10.0.0.1${forged};branch=z9hG4bK1`]), [
      'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=192.0.2.9',
    ])
    t.same(answered([`SIP/2.0/UDP 192.0.2.9${forged};branch=z9hG4bK1`]), ['SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1'])
  }
})

t.test('all Via come back in their order, in one line and in several; only the top one is filled in', async (t) => {
  const second = 'SIP/2.0/TCP proxy.example;branch=z9hG4bK2;received=203.0.113.1;rport'
  t.same(answered([`SIP/2.0/UDP a;rport;branch=z9hG4bK1, ${second}`, 'SIP/2.0/UDP b']), [
    `SIP/2.0/UDP a;rport=5070;branch=z9hG4bK1;received=192.0.2.9, ${second}`,
    'SIP/2.0/UDP b',
  ])
  t.same(answered(['SIP/2.0/UDP a;branch=z9hG4bK1', second, 'SIP/2.0/UDP a;branch=z9hG4bK1']), [
    'SIP/2.0/UDP a;branch=z9hG4bK1;received=192.0.2.9',
    second,
    'SIP/2.0/UDP a;branch=z9hG4bK1',
  ])
})

t.test('RFC 3261 §18.2.2: where responses go', async (t) => {
  const port = (via: string) => responseFlow(request([via]), flowBy('UDP')).port
  t.equal(port('SIP/2.0/UDP a:5080;branch=z9hG4bK1'), 5080)
  t.equal(port('SIP/2.0/UDP a;branch=z9hG4bK1'), 5060)
  t.equal(port('SIP/2.0/UDP [::1]:5090;branch=z9hG4bK1'), 5090)
  t.equal(port('SIP/2.0/UDP a:5080;branch=z9hG4bK1;rport'), 5070)
  t.equal(port('SIP/2.0/UDP a:5080;branch=z9hG4bK1;rport=1'), 5070)
  const tricked = responseFlow(request(['SIP/2.0/UDP a;maddr=203.0.113.1;received=203.0.113.2']), flowBy('UDP'))
  t.equal(tricked.address, '192.0.2.9', 'always the source address')
  const tcp = flowBy('TCP')
  t.equal(responseFlow(request(['SIP/2.0/TCP a:5080;branch=z9hG4bK1']), tcp), tcp)
})

t.test('sent-by', async (t) => {
  t.equal(sentBy('SIP/2.0/UDP host:5060;branch=1'), 'host:5060')
  t.equal(sentBy('SIP  /  2.0 / UDP\t[::1] ;x'), '[::1]')
  t.equal(sentBy('garbage'), '')
})
