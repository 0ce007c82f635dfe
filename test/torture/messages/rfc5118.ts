/** RFC 5118: IPv6 where it hurts. The faults are the RFC's, words and values our own. */
import type { TortureCase } from '../torture-case.ts'
import { octets, session } from '../torture-case.ts'

interface Parts {
  readonly uri?: string
  readonly via?: string
  readonly contact?: string
  readonly further?: string
  readonly body?: string
}

function request(method: string, id: string, parts: Parts): string {
  const { body = '' } = parts
  return octets(
    `
${method} ${parts.uri ?? 'sip:reception@[2001:db8:77::10]'} SIP/2.0
Via: SIP/2.0/UDP ${parts.via ?? '[2001:db8:77::71]'};rport;branch=z9hG4bK6${id}
To: <sip:reception@office.example>
From: <sip:ada@lovelace.example>;tag=v6
Call-ID: ${id}.6@[2001:db8:77::71]
CSeq: 61 ${method}
Max-Forwards: 70
Contact: ${parts.contact ?? '<sip:ada@[2001:db8:77::71]>'}
${parts.further ?? 'User-Agent: mill'}
Content-Length: {length}
`,
    body,
  )
}

const sessionOf6 = session.replaceAll('IN IP4 192.0.2.77', 'IN IP6 2001:db8:77::77')

/** All ten sections; the fifth has two messages. */
export const rfc5118: readonly TortureCase[] = [
  {
    section: '4.1',
    name: 'ipv6-good',
    fault: 'none: IPv6 addresses in brackets',
    acceptable: ['accept'],
    text: request('REGISTER', 'good', { uri: 'sip:[2001:db8:77::10]' }),
  },
  {
    section: '4.2',
    name: 'ipv6-bad',
    fault: 'no brackets round the address in the Request-URI',
    acceptable: ['400'],
    text: request('REGISTER', 'bare', { uri: 'sip:2001:db8:77::10' }),
  },
  {
    section: '4.3',
    name: 'port-ambiguous',
    fault: 'what was meant as port stands within the brackets, and is one more group of the address',
    acceptable: ['accept'],
    text: request('REGISTER', 'within', { uri: 'sip:[2001:db8:77::10:5070]' }),
  },
  {
    section: '4.4',
    name: 'port-unambiguous',
    fault: 'none: the port stands behind the brackets',
    acceptable: ['accept'],
    text: request('REGISTER', 'behind', {
      uri: 'sip:[2001:db8:77::10]:5070',
      contact: '<sip:ada@[2001:db8:77::71]:5072>',
    }),
  },
  {
    section: '4.5',
    name: 'via-received-param-with-delim',
    fault: 'brackets round the address in a received parameter, which the grammar does not know',
    acceptable: ['accept'],
    text: request('OPTIONS', 'with', {
      further: 'Via: SIP/2.0/TCP [2001:db8:77::72];received=[2001:db8:77::99]:5060;branch=z9hG4bK6hop',
    }),
  },
  {
    section: '4.5',
    name: 'via-received-param-no-delim',
    fault: 'a received parameter without brackets, as the grammar has it',
    acceptable: ['accept'],
    text: request('OPTIONS', 'without', {
      further: 'Via: SIP/2.0/TCP [2001:db8:77::72];received=2001:db8:77::99;branch=z9hG4bK6hop',
    }),
  },
  {
    section: '4.6',
    name: 'ipv6-in-sdp',
    fault: 'IPv6 in the session description',
    acceptable: ['accept'],
    text: request('INVITE', 'description', { further: 'Content-Type: application/sdp', body: sessionOf6 }),
  },
  {
    section: '4.7',
    name: 'mult-ip-in-header',
    fault: 'IPv4, IPv6 and names mixed in Via, Contact and Route',
    acceptable: ['accept'],
    text: request('OPTIONS', 'mixed', {
      further:
        'Via: SIP/2.0/UDP 192.0.2.72;branch=z9hG4bK6b, SIP/2.0/TCP mill.example:5070;received=192.0.2.73\n' +
        'Route: <sip:[2001:db8:77::5];lr>, <sip:192.0.2.5;lr>, <sip:edge.office.example;lr>',
      contact: '<sip:ada@[2001:db8:77::71]>, <sip:ada@192.0.2.71>;q=0.4',
    }),
  },
  {
    section: '4.8',
    name: 'mult-ip-in-sdp',
    fault: 'IPv4 and IPv6 in one session description',
    acceptable: ['accept'],
    text: request('INVITE', 'both', {
      further: 'Content-Type: application/sdp',
      body: `${sessionOf6}m=video 40002 RTP/AVP 31\r\nc=IN IP4 192.0.2.78\r\n`,
    }),
  },
  {
    section: '4.9',
    name: 'ipv4-mapped-ipv6',
    fault: 'IPv4 addresses written as IPv6 in headers and session description',
    acceptable: ['accept'],
    text: request('INVITE', 'mapped', {
      via: '[::ffff:192.0.2.71]:5060',
      contact: '<sip:ada@[::ffff:192.0.2.71]:5060>',
      further: 'Content-Type: application/sdp',
      body: session.replaceAll('IN IP4 192.0.2.77', 'IN IP6 ::ffff:192.0.2.77'),
    }),
  },
  {
    section: '4.10',
    name: 'ipv6-bug-abnf-3-colons',
    fault: 'three colons before an IPv4 part, which a mistake in the grammar of RFC 3261 produces',
    acceptable: ['accept'],
    text: request('OPTIONS', 'colons', { uri: 'sip:reception@[2001:db8:::192.0.2.10]' }),
  },
]
