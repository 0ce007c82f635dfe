/** Calls out by trunks: challenges, and from one address and one trunk to the next (docs/trunks.md). */
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import { readDocument } from '../config/read-document.ts'
import { parseDigestCredentials } from '../sip/digest.ts'
import type { SentRequest } from './outgoing-world.ts'
import { companyWithoutTrunks, dialOutside } from './outgoing-world.ts'

const one = (more = '') =>
  `  - { id: one, name: One, address: 192.0.2.21, trusted: [], prefixes: [+], optionsSeconds: 0, priority: 1${more} }\n`
const two = `  - { id: two, name: Two, address: 192.0.2.31, trusted: [], prefixes: [+], optionsSeconds: 0, priority: 2 }\n`
const twoHosts = `, hosts: [{ host: 192.0.2.22 }]`
const account = ', authUserName: acme, password: secret-of-acme'
const number = '+441632960001'

function dial(trunks: string) {
  const reading = readDocument(`${companyWithoutTrunks}trunks:\n${trunks}`, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return dialOutside(compile(reading.document, 1), number)
}

const to = (sent: readonly SentRequest[]) => sent.map(({ flow }) => flow.address)
const only = (sent: readonly SentRequest[]): SentRequest => {
  const [first] = sent
  if (first === undefined || sent.length > 1) throw new Error(`${sent.length} messages`)
  return first
}
const header = (text: string, name: string) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1] ?? ''
/** Status lines that the caller has got. */
const finals = (sent: readonly SentRequest[]) => sent.map(({ text }) => text.slice(8, text.indexOf('\r\n')))
const answer = 'Contact: <sip:carrier@192.0.2.21>\r\n'

for (const failure of ['408 Request Timeout', '500 Server Error', '503 Service Unavailable']) {
  t.test(`RFC 3263 §4.3: after ${failure} the next address, then the next trunk; one channel each`, async (t) => {
    const { server, invites, say } = dial(one(twoHosts) + two)
    const used = () => ['one', 'two'].map((id) => server.usage.count('channel', id))
    const first = only(invites())
    t.same(to([first]), ['192.0.2.21'])
    t.same(used(), [1, 0])
    say(first, failure)
    const second = only(invites())
    t.same(to([second]), ['192.0.2.22'])
    t.not(header(second.text, 'Call-ID'), header(first.text, 'Call-ID'))
    t.same(used(), [1, 0], 'the channel stays taken')
    say(second, failure)
    const third = only(invites())
    t.same(to([third]), ['192.0.2.31'])
    t.same(used(), [0, 1])
    say(third, '404 Not Found')
    t.same(used(), [0, 0])
  })
}

t.test('RFC 3261 §8.1.3.1: no response, and a network that refuses, are failures of the address', async (t) => {
  const { clock, invites } = dial(one(twoHosts) + two)
  t.same(to(invites()), ['192.0.2.21'])
  clock.advance(3999)
  t.ok(to(invites()).every((address) => address === '192.0.2.21'))
  clock.advance(1)
  t.same(to(invites()), ['192.0.2.22'])
  clock.advance(4000)
  t.ok(to(invites()).includes('192.0.2.31'), 'each address has its time')
})

for (const refusal of ['404 Not Found', '486 Busy Here', '603 Decline', '403 Forbidden']) {
  t.test(`${refusal} is the caller's answer`, async (t) => {
    const { invites, say, taken } = dial(one(twoHosts) + two)
    say(only(invites()), refusal)
    t.same(finals(taken('SIP/2.0')), [refusal])
  })
}

t.test('after 18x nothing else is tried, whatever comes', async (t) => {
  const { invites, say, taken } = dial(one(twoHosts) + two)
  const first = only(invites())
  say(first, '180 Ringing')
  say(first, '503 Service Unavailable')
  t.same(finals(taken('SIP/2.0')), ['180 Ringing', '503 Service Unavailable'])
})

t.test('RFC 3261 §21.5.4: an address that wants to be left alone is passed over by the next call', async (t) => {
  const { server, invites, say } = dial(one(twoHosts))
  say(only(invites()), '503 Service Unavailable', 'Retry-After: 60\r\n')
  t.same(
    server.trunks
      .get('one')
      ?.ways()
      .map(({ flow }) => flow.address),
    ['192.0.2.22'],
  )
})

for (const [status, asks, answers] of [
  ['401 Unauthorized', 'WWW-Authenticate', 'Authorization'],
  ['407 Proxy Authentication Required', 'Proxy-Authenticate', 'Proxy-Authorization'],
] as const) {
  t.test(`RFC 3261 §22.2, §13.2.2.4: ${status} to INVITE and BYE is answered, and the ACK is signed`, async (t) => {
    const { server, invites, say, taken, phone } = dial(one(account))
    const challenge = (nonce: string) => `${asks}: Digest realm="carrier", nonce="${nonce}", qop="auth"\r\n`
    const first = only(invites())
    t.equal(header(first.text, answers), '')
    say(first, status, challenge('a'))
    const second = only(invites())
    t.equal(header(second.text, 'CSeq'), '2 INVITE')
    t.equal(header(second.text, 'Call-ID'), header(first.text, 'Call-ID'))
    t.equal(header(second.text, 'From'), header(first.text, 'From'))
    const credentials = header(second.text, answers)
    t.match(parseDigestCredentials(credentials), { username: 'acme', nonce: 'a', nonceCount: '00000001' })
    say(second, '200 OK', answer, 'v=0\r\n')
    const sent = taken('')
    const ack = sent.find(({ text }) => text.startsWith('ACK'))
    t.equal(header(ack?.text ?? '', answers), credentials, 'the same as the INVITE had')
    const tag = /;tag=([^;\r]+)/.exec(
      header(sent.find(({ text }) => text.startsWith('SIP/2.0 200'))?.text ?? '', 'To'),
    )?.[1]
    server.receive(
      `BYE sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKbye\r\nFrom: <sip:anna@north.test>;tag=a\r\n` +
        `To: <sip:${number}@north.test>;tag=${tag}\r\nCall-ID: e1\r\nCSeq: 2 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
      phone,
    )
    server.receive(
      `ACK sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKack\r\nFrom: <sip:anna@north.test>;tag=a\r\n` +
        `To: <sip:${number}@north.test>;tag=${tag}\r\nCall-ID: e1\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
      phone,
    )
    const bye = only(taken('BYE'))
    t.match(header(bye.text, answers), /nonce="a".*nc=00000002/, 'credentials go ahead')
    say(bye, status, challenge('b'))
    const again = only(taken('BYE'))
    t.equal(header(again.text, 'CSeq'), '4 BYE')
    t.match(header(again.text, answers), /nonce="b"/)
    say(again, '200 OK')
    t.equal(server.calls.dialogs, 0)
    t.ok(server.usage.idle)
  })
}

t.test('a wrong password: the caller hears that the trunk cannot be used', async (t) => {
  const { server, invites, say, taken } = dial(one(account) + two)
  const challenge = 'WWW-Authenticate: Digest realm="carrier", nonce="a", qop="auth"\r\n'
  say(only(invites()), '401 Unauthorized', challenge)
  say(only(invites()), '401 Unauthorized', challenge.replace('"a"', '"b"'))
  t.same(finals(taken('SIP/2.0')), [])
  t.equal(server.usage.count('channel', 'two'), 1, 'the next trunk is tried')
})

t.test('what the configuration says of the carrier stands in the INVITE', async (t) => {
  const more = `${account}, domain: carrier.test, numberFormat: e164-without-plus, callerNumberFormat: e164-without-plus, callerIdHeaders: [P-Preferred-Identity]`
  const { text } = only(dial(one(more)).invites())
  t.match(text, /^INVITE sip:441632960001@carrier\.test SIP/)
  t.match(header(text, 'From'), /^<sip:acme@carrier\.test>;tag=/)
  t.equal(header(text, 'To'), '<sip:441632960001@carrier.test>')
  t.match(header(text, 'P-Preferred-Identity'), /<sip:442079460100@carrier\.test>$/)
  t.equal(header(text, 'P-Asserted-Identity'), '')
})
