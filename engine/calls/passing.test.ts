import fc from 'fast-check'
import t from 'tap'
import { parseMessage } from '../sip/message.ts'
import { flowBy, RecordingNetwork } from '../sip/recording-network.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { contactHeader, hasSessionDescription, hopsLeft, passedHeaders } from './passing.ts'

/** What belongs to one leg alone: addresses, routes, capabilities, credentials, identity, call control. */
const own = [
  'Via',
  'v',
  'From',
  'f',
  'To',
  't',
  'Call-ID',
  'i',
  'CSeq',
  'Contact',
  'm',
  'Max-Forwards',
  'Content-Length',
  'l',
  'Route',
  'Record-Route',
  'Path',
  'Service-Route',
  'Require',
  'Proxy-Require',
  'Supported',
  'k',
  'Unsupported',
  'Allow',
  'Allow-Events',
  'u',
  'Accept',
  'User-Agent',
  'Server',
  'Session-Expires',
  'x',
  'Min-SE',
  'RSeq',
  'RAck',
  'Timestamp',
  'Date',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Authentication-Info',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'Privacy',
  'Identity',
  'y',
  'Diversion',
  'History-Info',
  'P-Called-Party-ID',
  'Geolocation',
  'Alert-Info',
  'Call-Info',
  'Answer-Mode',
  'Priv-Answer-Mode',
  'Auto-Answer',
  'P-Auto-Answer',
  'X-Auto-Answer',
  'Refer-To',
  'r',
  'Referred-By',
  'b',
  'Replaces',
  'Join',
]
const passed = [
  'Subject',
  'X-Ticket',
  'Content-Type',
  'c',
  'Content-Disposition',
  'Reason',
  'Info-Package',
  'Organization',
]

function message(headers: readonly string[], body = '') {
  const result = parseMessage(`${['INVITE sip:a@b SIP/2.0', ...headers].join('\r\n')}\r\n\r\n${body}`)
  if (result === null) throw new Error('not a message')
  return result
}

/** A name in any mixture of cases, with what may stand before the colon. */
const written = (name: string) =>
  fc
    .tuple(fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), fc.constantFrom('', ' ', '\t'))
    .map(
      ([upper, blank]) =>
        [...name].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter.toLowerCase())).join('') + blank,
    )

t.test(
  "what is a leg's own never appears on the other leg; everything else does, as it came and in order",
  async (t) => {
    const line = (names: readonly string[], mark: string) =>
      fc
        .constantFrom(...names)
        .chain(written)
        .map((name) => `${name}: ${mark}`)
    const lines = fc.array(fc.oneof(line(own, 'own'), line(passed, 'passed'), fc.constant('no colon')), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(lines, (lines) => {
        const expected = lines.filter((line) => line.endsWith('passed')).map((line) => `${line}\r\n`)
        return passedHeaders(message(lines)) === expected.join('')
      }),
      { numRuns: 500 },
    )
    for (const name of own) t.equal(passedHeaders(message([`${name}:\r\n folded`])), '', name)
  },
)

t.test('Contact names us as the peer behind the flow reaches us', async (t) => {
  const network = new RecordingNetwork(new VirtualClock())
  t.equal(contactHeader(network, flowBy('UDP')), 'Contact: <sip:192.0.2.1:5060>\r\n')
  t.equal(contactHeader(network, flowBy('TLS')), 'Contact: <sip:192.0.2.1:5060;transport=tls>\r\n')
})

t.test('RFC 3261 §16.6: one hop less, 70 where none was given', async (t) => {
  t.equal(hopsLeft(message(['Max-Forwards: 20'])), 19)
  t.equal(hopsLeft(message(['Max-Forwards: 0'])), -1)
  t.equal(hopsLeft(message([])), 70)
})

t.test('a session description is a body that says what it is', async (t) => {
  t.ok(hasSessionDescription(message(['c: application/sdp'], 'v=0\r\n')))
  t.notOk(hasSessionDescription(message(['c: application/sdp'])))
  t.notOk(hasSessionDescription(message([], 'v=0\r\n')))
})
