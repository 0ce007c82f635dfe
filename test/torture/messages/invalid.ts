/** RFC 4475 §3.1.2: messages that are not valid. The faults are the RFC's, words and values our own. */
import type { TortureCase } from '../torture-case.ts'
import { octets, session } from '../torture-case.ts'

/** A request with one line changed or added; `''` leaves one out. */
interface Lines {
  readonly start?: string
  readonly via?: string
  readonly to?: string
  readonly from?: string
  readonly cseq?: string
  readonly hops?: string
  readonly contact?: string
  readonly further?: string
  readonly length?: string
}

function request(method: string, id: string, lines: Lines, body = ''): string {
  const head = [
    lines.start ?? `${method} sip:reception@office.example SIP/2.0`,
    lines.via ?? `Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bK${id}`,
    lines.to ?? 'To: <sip:reception@office.example>',
    lines.from ?? 'From: <sip:ada@lovelace.example>;tag=i1',
    `Call-ID: ${id}.1@lovelace.example`,
    lines.cseq ?? `CSeq: 12 ${method}`,
    lines.hops ?? 'Max-Forwards: 70',
    lines.contact ?? 'Contact: <sip:ada@192.0.2.71>',
    lines.further ?? '',
    body === '' ? '' : 'Content-Type: application/sdp',
    lines.length ?? 'Content-Length: {length}',
  ]
  return octets(`${head.filter((line) => line !== '').join('\n')}\n`, body)
}

function response(start: string, id: string, cseq: string, further: string): string {
  return octets(`
${start}
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bK${id}
To: <sip:reception@office.example>;tag=i3
From: <sip:ada@lovelace.example>;tag=i2
Call-ID: ${id}.1@lovelace.example
CSeq: ${cseq}
${further}
Content-Length: 0
`)
}

export const invalidMessages: readonly TortureCase[] = [
  {
    section: '3.1.2.1',
    name: 'badinv01',
    fault: 'separators with nothing between them in Via and Contact',
    acceptable: ['400'],
    text: request(
      'INVITE',
      'separators',
      { via: 'Via: SIP/2.0/UDP 192.0.2.71;;,,;', contact: 'Contact: <sip:ada@192.0.2.71>;;;' },
      session,
    ),
  },
  {
    section: '3.1.2.2',
    name: 'clerr',
    fault: 'Content-Length is larger than what follows',
    acceptable: ['400', 'discard'],
    stream: 'discard',
    text: request('INVITE', 'short', { length: 'Content-Length: 7000' }, session),
  },
  {
    section: '3.1.2.3',
    name: 'ncl',
    fault: 'Content-Length is negative',
    acceptable: ['400'],
    stream: 'closed',
    text: request('INVITE', 'negative', { length: 'Content-Length: -5' }, session),
  },
  {
    section: '3.1.2.4',
    name: 'scalar02',
    fault: 'numbers of a request that are too large: CSeq, Max-Forwards, Expires',
    acceptable: ['400'],
    text: request('REGISTER', 'large', {
      cseq: 'CSeq: 98765432109876543210 REGISTER',
      hops: 'Max-Forwards: 900',
      contact: 'Contact: <sip:ada@192.0.2.71>\n  ;expires=5000000000000',
      further: `Expires: 2${'0'.repeat(90)}`,
    }),
  },
  {
    section: '3.1.2.5',
    name: 'scalarlg',
    fault: 'numbers of a response that are too large: CSeq, Retry-After, Warning',
    acceptable: ['discard'],
    text: response(
      'SIP/2.0 503 Not Today',
      'largeanswer',
      '98765432109876543210 OPTIONS',
      `Retry-After: 3${'0'.repeat(40)}\nWarning: 5551 mill "Too much"`,
    ),
  },
  {
    section: '3.1.2.6',
    name: 'quotbal',
    fault: 'a quoted string without its end',
    acceptable: ['400'],
    text: request('INVITE', 'quote', { to: 'To: "Reception <sip:reception@office.example>' }, session),
  },
  {
    section: '3.1.2.7',
    name: 'ltgtruri',
    fault: 'angle brackets round the Request-URI',
    acceptable: ['400'],
    text: request('INVITE', 'brackets', { start: 'INVITE <sip:reception@office.example> SIP/2.0' }, session),
  },
  {
    section: '3.1.2.8',
    name: 'lwsruri',
    fault: 'a blank within the Request-URI',
    acceptable: ['400'],
    text: request(
      'INVITE',
      'blank',
      { start: 'INVITE sip:reception@office.example; user=phone SIP/2.0', to: 'To: <sip:x@y.example>;tag=known' },
      session,
    ),
  },
  {
    section: '3.1.2.9',
    name: 'lwsstart',
    fault: 'several blanks between the parts of the request line',
    acceptable: ['400', 'accept'],
    text: request('INVITE', 'blanks', { start: 'INVITE   sip:reception@office.example   SIP/2.0' }, session),
  },
  {
    section: '3.1.2.10',
    name: 'trws',
    fault: 'blanks at the end of the request line',
    acceptable: ['400', 'accept'],
    text: request('OPTIONS', 'trailing', { start: `OPTIONS sip:reception@office.example SIP/2.0${' '.repeat(3)}` }),
  },
  {
    section: '3.1.2.11',
    name: 'escruri',
    fault: 'a header escaped in the Request-URI',
    acceptable: ['400', 'accept'],
    text: request(
      'INVITE',
      'inheader',
      { start: 'INVITE sip:reception@office.example?Priority=%22urgent%22 SIP/2.0' },
      session,
    ),
  },
  {
    section: '3.1.2.12',
    name: 'baddate',
    fault: 'Date in a zone other than GMT',
    acceptable: ['400', 'accept'],
    text: request('INVITE', 'zone', { further: 'Date: Mon, 05 Mar 2018 09:30:00 CET' }, session),
  },
  {
    section: '3.1.2.13',
    name: 'regbadct',
    fault: 'Contact with headers in its URI and no brackets round it',
    acceptable: ['400'],
    text: request('REGISTER', 'nobrackets', { contact: 'Contact: sip:ada@192.0.2.71?Priority=low' }),
  },
  {
    section: '3.1.2.14',
    name: 'badaspec',
    fault: 'blanks within the brackets of To',
    acceptable: ['400', 'accept'],
    text: request('OPTIONS', 'inbrackets', { to: 'To: "Front, desk" <  sip:reception@office.example >' }),
  },
  {
    section: '3.1.2.15',
    name: 'baddn',
    fault: 'a comma in display names without quotes',
    acceptable: ['400', 'accept'],
    text: request('OPTIONS', 'comma', {
      to: 'To: Desk, front <sip:reception@office.example>',
      from: 'From: King, Ada <sip:ada@lovelace.example>;tag=i5',
    }),
  },
  {
    section: '3.1.2.16',
    name: 'badvers',
    fault: 'a version that does not exist',
    acceptable: ['505'],
    text: request('OPTIONS', 'version', {
      start: 'OPTIONS sip:reception@office.example SIP/3.1',
      via: 'Via: SIP/3.1/UDP 192.0.2.71;branch=z9hG4bKversion',
    }),
  },
  {
    section: '3.1.2.17',
    name: 'mismatch01',
    fault: 'the method in CSeq is another one',
    acceptable: ['400'],
    text: request('OPTIONS', 'method', { cseq: 'CSeq: 12 REGISTER' }),
  },
  {
    section: '3.1.2.18',
    name: 'mismatch02',
    fault: 'a method that nobody knows, and another one in CSeq',
    acceptable: ['400', '501'],
    text: request('JUGGLE', 'newmethod', { cseq: 'CSeq: 12 INVITE' }, session),
  },
  {
    section: '3.1.2.19',
    name: 'bigcode',
    fault: 'a status code that is too large',
    acceptable: ['discard'],
    text: response('SIP/2.0 8589934792 far too much', 'bigcode', '31 INVITE', 'Server: mill'),
  },
]
