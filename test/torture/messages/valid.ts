/** RFC 4475 §3.1.1: unusual, and valid all the same. The faults are the RFC's, words and values our own. */
import type { TortureCase } from '../torture-case.ts'
import { octets, session, utf8 } from '../torture-case.ts'

const long = (word: string, times: number): string => word.repeat(times)

export const validMessages: readonly TortureCase[] = [
  {
    section: '3.1.1.1',
    name: 'wsinv',
    fault: 'folds and blanks wherever they may stand, names in odd case, escaped quotes, a Via list in compact form',
    acceptable: ['accept'],
    text: octets(
      `
INVITE sip:reception@office.example;colour SIP/2.0
tO :
  sip:reception@office.example ;  tag   = 20770001a
FROM  :  "Ada \\\\\\"L\\"" <sip:ada@lovelace.example>
 ;
\ttag\t=\tq1
mAx-FoRwArDs: 0042
Call-ID  : folded.1@lovelace.example
CSEQ: 0007
  INVITE
Via :  SIP / 2.0
  / UDP
   192.0.2.71;branch=noCookieHere
S :
BrandNew:   first part
\t and second part
ValueLikeAList: ,;,,;;
Content-Type   :   application/sdp
Route:
 <sip:edge.office.example;lr;x;y=z>
V: SIP  /  2.0 / TCP   mill.example ;  branch =  z9hG4bKmill , SIP / 2.0 / UDP 192.0.2.72
 ;branch= z9hG4bKloom
m: "\\"\\"" <sip:ada@lovelace.example> ; fresh =
  yes ; bare ; q = 0.5
l : {length}
`,
      session,
    ),
  },
  {
    section: '3.1.1.2',
    name: 'intmeth',
    fault: 'every character that a method, URI, display name, tag, Call-ID or header name may have; UTF-8 in values',
    acceptable: ['501', '405'],
    text: octets(`
Do.It-Now!%_*+\`'~9 sip:-_.!~*'()&=+$,;?/:&=+$,x@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bK.-!%*_+\`'~
To: "\\\x01 \\\x00 \\\x7f ${utf8('ж')}" <sip:;?/&=+$,@office.example>
From: one~ two\`! three.%* <sip:plain@lovelace.example>;p'~+*_!.-%="${utf8('日本')}";tag=~_'+\`*%!-.
Call-ID: a%Z-!.*_+'@b\`~)(><:\\/"][?}{
CSeq: 77 Do.It-Now!%_*+\`'~9
Max-Forwards: 255
name-!.%*+_\`'~: ${utf8('値')}
Content-Length: 0
`),
  },
  {
    section: '3.1.1.3',
    name: 'esc01',
    fault: 'escapes in the Request-URI, To, From and Contact that must not be taken for what they stand for',
    acceptable: ['accept'],
    text: octets(
      `
INVITE sip:tel%3A100%40elsewhere.example@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKesc1
To: sip:r%65cepti%6fn@office.example
From: <sip:two%20words@lovelace.example>;tag=e1
Call-ID: escapes.1@lovelace.example
CSeq: 3 INVITE
Max-Forwards: 70
Contact: <sip:%61da@lovelace.example;%6c%72;n%65w=%25%34%32>
Content-Type: application/sdp
Content-Length: {length}
`,
      session,
    ),
  },
  {
    section: '3.1.1.4',
    name: 'escnull',
    fault: 'escaped nulls: two Contacts that differ only by their number',
    acceptable: ['accept'],
    text: octets(`
REGISTER sip:office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKnul1
To: sip:left-%00-right@office.example
From: sip:left-%00-right@office.example;tag=n1
Call-ID: nulls.1@lovelace.example
CSeq: 8 REGISTER
Max-Forwards: 70
Contact: <sip:%00@192.0.2.71>
Contact: <sip:%00%00@192.0.2.71>
Content-Length: 0
`),
  },
  {
    section: '3.1.1.5',
    name: 'esc02',
    fault: '% where nothing is escaped: a method that is not INFO, a header that is not Contact',
    acceptable: ['501', '405'],
    text: octets(`
I%4EF%4F sip:office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bK%66%6f
To: "%41%Zz" <sip:ada@office.example>
From: "%41%Zz" <sip:ada@office.example>;tag=p1
Call-ID: percents.1@lovelace.example
CSeq: 9 I%4EF%4F
Max-Forwards: 70
Contact: <sip:one@192.0.2.71>
C%6fntact: <sip:two@192.0.2.71>
Content-Length: 0
`),
  },
  {
    section: '3.1.1.6',
    name: 'lwsdisp',
    fault: 'no blank between display name and <',
    acceptable: ['accept'],
    text: octets(`
OPTIONS sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKnoblank
To: sip:reception@office.example
From: Ada<sip:ada@lovelace.example>;tag=b1
Call-ID: noblank.1@lovelace.example
CSeq: 1 OPTIONS
Max-Forwards: 70
Content-Length: 0
`),
  },
  {
    section: '3.1.1.7',
    name: 'longreq',
    fault: 'long names and values, and a Via for each of forty hops',
    acceptable: ['accept'],
    text: octets(
      `
INVITE sip:reception@office.example SIP/2.0
To: "${long('Very ', 60)}long" <sip:reception@office.example:6000;${long('one', 40)}=${long('two', 40)}>
From: sip:${long('ada', 50)}@lovelace.example;tag=${long('27', 60)};${long('p', 120)}=${long('v', 120)}
Call-ID: ${long('long', 60)}@lovelace.example
CSeq: 2147483 INVITE
Max-Forwards: 70
X-${long('Name', 50)}: ${long('value ', 100)}
Via: SIP/2.0/UDP first.example
${Array.from({ length: 40 }, (_, hop) => `v: SIP/2.0/TCP hop-${hop}.example;branch=z9hG4bK${long(`${hop}`, 30)}`).join('\n')}
Contact: <sip:${long('ada', 80)}@lovelace.example>
Content-Type: application/sdp
Content-Length: {length}
`,
      session,
    ),
  },
  {
    section: '3.1.1.8',
    name: 'dblreq',
    fault: 'a second request behind the first one in a datagram',
    acceptable: ['accept'],
    text: `${octets(`
REGISTER sip:office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKfirst
To: sip:ada@office.example
From: sip:ada@office.example;tag=d1
Call-ID: behind.1@lovelace.example
CSeq: 4 REGISTER
Max-Forwards: 70
Contact: sip:ada@192.0.2.71
Content-Length: 0
`)}\r\n${octets(
      `
INVITE sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKsecond
To: sip:reception@office.example
From: sip:ada@lovelace.example;tag=d2
Call-ID: behind.2@lovelace.example
CSeq: 4 INVITE
Max-Forwards: 70
Contact: <sip:ada@192.0.2.71>
Content-Type: application/sdp
Content-Length: {length}
`,
      session,
    )}`,
  },
  {
    section: '3.1.1.9',
    name: 'semiuri',
    fault: 'a semicolon and an escaped @ in the user part of the Request-URI',
    acceptable: ['accept'],
    text: octets(`
OPTIONS sip:reception;line=2%40b@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKsemi
To: sip:reception@office.example
From: sip:ada@lovelace.example;tag=s1
Call-ID: semicolon.1@lovelace.example
CSeq: 6 OPTIONS
Max-Forwards: 70
Accept: application/sdp, message/sip,
   multipart/mixed
Content-Length: 0
`),
  },
  {
    section: '3.1.1.10',
    name: 'transports',
    fault: 'transports in Via that we have not, and one that nobody has',
    acceptable: ['accept'],
    text: octets(`
OPTIONS sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKtransports
Via: SIP/2.0/TLS-SCTP b.example;branch=z9hG4bKtb
Via: SIP/2.0/PIGEON c.example;branch=z9hG4bKtc
Via: SIP/2.0/WSS d.invalid;branch=z9hG4bKtd
To: sip:reception@office.example
From: <sip:ada@lovelace.example>;tag=t1
Call-ID: transports.1@lovelace.example
CSeq: 7 OPTIONS
Max-Forwards: 70
Content-Length: 0
`),
  },
  {
    section: '3.1.1.11',
    name: 'mpart01',
    fault: 'a body of several parts, one of them octets that are no text',
    acceptable: ['accept'],
    text: octets(
      `
MESSAGE sip:reception@office.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.71:5072;branch=z9hG4bKparts;rport
Route: <sip:office.example;lr>
To: <sip:reception@office.example>
From: <sip:ada@lovelace.example>;tag=m1
Call-ID: parts.1@lovelace.example
CSeq: 1 MESSAGE
Max-Forwards: 70
Content-Type: multipart/mixed;boundary=cut-here
Content-Length: {length}
`,
      `--cut-here\r\nContent-Type: text/plain\r\n\r\nGood morning\r\n--cut-here\r\nContent-Type: application/octet-stream\r\n\r\n\x00\x01\r\n\r\n\xff\xfe\x80\r\n--cut-here--\r\n`,
    ),
  },
  {
    section: '3.1.1.12',
    name: 'unreason',
    fault: 'a reason phrase with signs and UTF-8 in it',
    acceptable: ['accept'],
    text: octets(`
SIP/2.0 200 ${utf8('¿1 + 1 = 2? Да: 100 % ✓')}
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKreason
To: <sip:reception@office.example>;tag=r2
From: <sip:ada@lovelace.example>;tag=r1
Call-ID: reason.1@lovelace.example
CSeq: 21 INVITE
Contact: <sip:reception@192.0.2.72>
Content-Length: 0
`),
  },
  {
    section: '3.1.1.13',
    name: 'noreason',
    fault: 'no reason phrase, only the blank before it',
    acceptable: ['accept'],
    text: octets(`
SIP/2.0 180${' '}
Via: SIP/2.0/UDP 192.0.2.71;branch=z9hG4bKnoreason
To: <sip:reception@office.example>;tag=r4
From: <sip:ada@lovelace.example>;tag=r3
Call-ID: noreason.1@lovelace.example
CSeq: 22 INVITE
Content-Length: 0
`),
  },
]
