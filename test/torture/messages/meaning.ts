/** RFC 4475 §3.2 to §3.4: transactions, meaning, and RFC 2543. The faults are the RFC's, words and values our own. */
import type { TortureCase } from '../torture-case.ts'
import { octets, session } from '../torture-case.ts'

function request(method: string, id: string, further: string, body = '', uri = 'sip:reception@office.example'): string {
  return octets(
    `
${method} ${uri} SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bK${id}
To: <sip:reception@office.example>
From: <sip:ada@lovelace.example>;tag=a1
Call-ID: ${id}.1@lovelace.example
CSeq: 15 ${method}
Max-Forwards: 70
${further}
Content-Length: {length}
`,
    body,
  )
}

const contact = 'Contact: <sip:ada@192.0.2.71>'

export const meaningMessages: readonly TortureCase[] = [
  {
    section: '3.2.1',
    name: 'badbranch',
    fault: 'a branch that is the cookie and nothing else',
    acceptable: ['accept', '400'],
    text: request('OPTIONS', '', contact),
  },
  {
    section: '3.3.1',
    name: 'insuf',
    fault: 'From, To, Call-ID and Max-Forwards are missing',
    acceptable: ['400'],
    text: octets(
      `
INVITE sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKmissing
CSeq: 16 INVITE
Content-Type: application/sdp
Content-Length: {length}
`,
      session,
    ),
  },
  {
    section: '3.3.2',
    name: 'unkscm',
    fault: 'a Request-URI of a scheme that nobody knows',
    acceptable: ['416'],
    text: request('OPTIONS', 'noscheme', contact, '', 'drumbeat:two-long-three-short'),
  },
  {
    section: '3.3.3',
    name: 'novelsc',
    fault: 'a Request-URI of a scheme that exists and is not ours',
    acceptable: ['416'],
    text: request('OPTIONS', 'otherscheme', contact, '', 'xmpp.pubsub://192.0.2.99:5222'),
  },
  {
    section: '3.3.4',
    name: 'unksm2',
    fault: 'schemes that nobody knows in To, From and Contact of a REGISTER',
    acceptable: ['accept', '400', '416'],
    text: octets(`
REGISTER sip:office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKschemes
To: doi:10.1000/182
From: <gopher://lovelace.example>;tag=a2
Call-ID: schemes.1@lovelace.example
CSeq: 17 REGISTER
Max-Forwards: 70
Contact: <person:Ada_King>
Content-Length: 0
`),
  },
  {
    section: '3.3.5',
    name: 'bext01',
    fault: 'Require and Proxy-Require with extensions that nobody knows',
    acceptable: ['420'],
    text: request('OPTIONS', 'extensions', 'Require: mindReading, timeTravel\nProxy-Require: levitation'),
  },
  {
    section: '3.3.6',
    name: 'invut',
    fault: 'a body of a type that nobody knows',
    acceptable: ['415'],
    text: request(
      'INVITE',
      'bodytype',
      `${contact}\nContent-Type: application/x-knitting-pattern`,
      'knit 1, purl 2\r\n',
    ),
  },
  {
    section: '3.3.7',
    name: 'regaut01',
    fault: 'credentials of a scheme that nobody knows',
    acceptable: ['401'],
    text: request('REGISTER', 'signin', `${contact}\nAuthorization: Handshake grip="firm", length=3`),
  },
  {
    section: '3.3.8',
    name: 'multi01',
    fault: 'headers twice that may stand but once: Call-ID, CSeq, From, To, Max-Forwards',
    acceptable: ['400'],
    text: request(
      'INVITE',
      'twice',
      `${contact}
CSeq: 16 INVITE
Call-ID: twice.2@lovelace.example
To: <sip:kitchen@office.example>
From: <sip:byron@lovelace.example>;tag=a3
Max-Forwards: 9
Content-Type: application/sdp`,
      session,
    ),
  },
  {
    section: '3.3.9',
    name: 'mcl01',
    fault: 'two values of Content-Length',
    acceptable: ['400'],
    stream: 'closed',
    text: request('OPTIONS', 'lengths', 'Content-Length: 7\nContent-Type: text/plain', 'Who knows where this ends?'),
  },
  {
    section: '3.3.10',
    name: 'bcast',
    fault: 'a 200 with a second Via, which is the broadcast address',
    acceptable: ['discard'],
    text: octets(
      `
SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKeveryone1
Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKeveryone2
To: <sip:reception@office.example>;tag=a5
From: <sip:ada@lovelace.example>;tag=a4
Call-ID: everyone.1@lovelace.example
CSeq: 18 INVITE
Contact: <sip:reception@192.0.2.72>
Content-Type: application/sdp
Content-Length: {length}
`,
      session,
    ),
  },
  {
    section: '3.3.11',
    name: 'zeromf',
    fault: 'Max-Forwards is 0 and the request has arrived',
    acceptable: ['accept', '483'],
    text: octets(`
OPTIONS sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKnohops
To: <sip:reception@office.example>
From: <sip:ada@lovelace.example>;tag=a6
Call-ID: nohops.1@lovelace.example
CSeq: 19 OPTIONS
Max-Forwards: 0
Content-Length: 0
`),
  },
  {
    section: '3.3.12',
    name: 'cparam01',
    fault: 'a Contact parameter that nobody knows, behind a URI without brackets',
    acceptable: ['accept'],
    text: request('REGISTER', 'headerparameter', 'Contact: sip:+442079460123@192.0.2.71;flavour'),
  },
  {
    section: '3.3.13',
    name: 'cparam02',
    fault: 'a URI parameter that nobody knows, in the brackets of Contact',
    acceptable: ['accept'],
    text: request('REGISTER', 'uriparameter', 'Contact: <sip:+442079460123@192.0.2.71;flavour>'),
  },
  {
    section: '3.3.14',
    name: 'regescrt',
    fault: 'a Route escaped in the URI of Contact',
    acceptable: ['accept'],
    text: request('REGISTER', 'escapedroute', 'Contact: <sip:ada@192.0.2.71?Route=%3Csip:edge.office.example%3E>'),
  },
  {
    section: '3.3.15',
    name: 'sdp01',
    fault: 'an INVITE whose Accept leaves out session descriptions',
    acceptable: ['406'],
    text: request(
      'INVITE',
      'acceptable',
      `${contact}\nAccept: text/x-semaphore\nContent-Type: application/sdp`,
      session,
    ),
  },
  {
    section: '3.4.1',
    name: 'inv2543',
    fault: 'an INVITE as RFC 2543 had it: no branch, no tag, no Max-Forwards, no Contact, no Content-Length',
    acceptable: ['accept'],
    stream: 'closed',
    text: octets(
      `
INVITE sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71
To: sip:+442079460100@office.example;user=phone
From: <sip:+442079460199@lovelace.example;user=phone>
Record-Route: <sip:reception@office.example;maddr=edge.office.example>
Call-ID: old.1@lovelace.example
CSeq: 20 INVITE
Content-Type: application/sdp
`,
      session,
    ),
  },
]
