import fc from 'fast-check'
import t from 'tap'
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import {
  findParameter,
  firstOfList,
  leadingNumber,
  parameter,
  parameterOfAddress,
  parseMessage,
  splitList,
} from './message.ts'
import { responseHead } from './response.ts'
import { validateRequest } from './validate.ts'

const lines = [
  'Via: SIP/2.0/UDP host.example:5060;branch=z9hG4bKabc;rport',
  'From: "A" <sip:a@example.com>;tag=from1',
  'To: <sip:b@example.com>',
  'Call-ID: call@host',
  'CSeq: 314 INVITE',
]

function text(headers: readonly string[], body = '', startLine = 'INVITE sip:b@example.com SIP/2.0'): string {
  return `${[startLine, ...headers].join('\r\n')}\r\n\r\n${body}`
}

function parsed(message: string): SipMessage {
  const result = parseMessage(message)
  if (result === null) throw new Error('not parsed')
  return result
}

const everything: readonly boolean[] = new Array(64).fill(true)

t.test('RFC 3261 §7.1: a request', async (t) => {
  const message = parsed(text(lines, 'v=0'))
  t.equal(message.isRequest, true)
  t.equal(message.method, 'INVITE')
  t.equal(message.requestUri, 'sip:b@example.com')
  t.equal(message.startLineProblem, '')
  t.equal(message.cseq, 314)
  t.equal(message.callId, 'call@host')
  t.equal(message.branch, 'z9hG4bKabc')
  t.equal(message.fromTag, 'from1')
  t.equal(message.toTag, '')
  t.equal(message.body, 'v=0')
})

t.test('RFC 3261 §7.1: what is wrong with a request line that can still be answered', async (t) => {
  const problem = (startLine: string) => parseMessage(text(lines, '', startLine))?.startLineProblem
  t.equal(problem('INVITE sip:b@example.com SIP/7.0'), 'version')
  t.equal(problem('INVITE sip:b@example.com SIP/02.0'), 'version')
  t.equal(problem('INVITE sip:b@example.com sip/2.0'), '')
  t.equal(problem('INVITE sip:b example.com SIP/2.0'), 'form')
  t.equal(problem('INVITE sip:b example.com sip/2.0'), 'form')
  t.equal(problem('INVITE  SIP/2.0'), 'form')
  t.equal(problem('INVITE  sip:b@example.com SIP/2.0'), 'form')
  t.equal(problem('INVITE sip:b@example.com'), 'form')
  t.equal(problem('INVITE sip:b@example.com HTTP/1.1'), 'form')
  t.equal(problem('INVITE sip:b@example.com SIP/2.0 '), 'form')
  t.equal(problem('INVITE'), undefined)
  t.equal(problem('IN/VITE sip:b@example.com SIP/2.0'), undefined)
  t.equal(problem("!interesting-Method0123456789_*+`.%indeed'~ sip:b@c SIP/2.0"), '')
})

t.test('RFC 3261 §7.2: a response', async (t) => {
  const message = parsed(text(lines, '', 'SIP/2.0 180 Ringing here'))
  t.equal(message.isRequest, false)
  t.equal(message.status, 180)
  t.equal(message.reasonPhrase, 'Ringing here')
  t.equal(message.method, 'INVITE')
  t.equal(parsed(text(lines, '', 'SIP/2.0 200 ')).reasonPhrase, '')
  t.equal(parsed(text(lines, '', 'SIP/2.0 200')).status, 200)
  for (const bad of ['99', '700', '4294967301', '2000', '1e2', '+20', '0x1', '20', '2 0', '', 'abc']) {
    t.equal(parseMessage(text(lines, '', `SIP/2.0 ${bad} Bad`)), null, bad)
  }
})

t.test('RFC 3261 §7.3.3: compact forms and names in any case are the same header', async (t) => {
  const message = parsed(
    text(
      ['v: SIP/2.0/TCP a;branch=z9hG4bK1', 'F: <sip:a@b>;tag=1', 't : <sip:c@d>', 'I: x', 'cSEQ: 1 INVITE', 'l: 2'],
      'ok',
    ),
  )
  t.equal(message.branch, 'z9hG4bK1')
  t.equal(message.from, '<sip:a@b>;tag=1')
  t.equal(message.to, '<sip:c@d>')
  t.equal(message.callId, 'x')
  t.equal(message.cseq, 1)
  t.equal(message.header(Header.contentLength), '2')
  t.equal(parsed(text(['m: <sip:a@b>', 'Contact: <sip:c@d>', 'M: <sip:e@f>'])).headers(Header.contact).length, 3)
})

t.test('RFC 3261 §7.3.1: headers that nobody knows come out as they came, in their order', async (t) => {
  const odd = ['X-One: 1', 'x-TWO :  a , b ', 'Subject:', 'X-One:\t2 \t', 'Nonsense-\x80: \xff\xfe']
  t.equal(parsed(text(odd)).passedLines(everything), `${odd.join('\r\n')}\r\n`)
  t.equal(parsed(text(odd)).otherHeader('x-two'), 'a , b')
  t.equal(parsed(text(odd)).otherHeader('subject'), '')
  t.equal(parsed(text(odd)).otherHeader('x-three'), '')
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/)
  const value = fc.stringMatching(/^[!-~\x80-\xff]([ -~\x80-\xff]{0,20}[!-~\x80-\xff])?$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 30 }), fc.string({ unit: 'binary' }), (headers, body) => {
      const written = headers.map(([name, value]) => `${name}: ${value}`)
      const message = parsed(text(written, body))
      return (
        message.passedLines(everything) === written.map((line) => `${line}\r\n`).join('') && message.raw.endsWith(body)
      )
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines, 'Q: 1', 'Z: 2', 'no colon'), { maxLength: 20 }), (written) => {
      const passes = new Array<boolean>(64).fill(false)
      passes[Header.other] = true
      passes[Header.via] = true
      const expected = written.filter((line) => /^(Via|Q|Z):/.test(line)).map((line) => `${line}\r\n`)
      return parsed(text(written)).passedLines(passes) === expected.join('')
    }),
  )
})

t.test('RFC 3261 §7.3.1: folded lines are one line', async (t) => {
  const message = parsed(
    text(["Subject: I know you're there,  \r\n\t pick up the phone\r\n  and talk", ...lines], 'a\r\n b'),
  )
  t.equal(message.otherHeader('subject'), "I know you're there, pick up the phone and talk")
  t.equal(message.callId, 'call@host')
  t.equal(message.body, 'a\r\n b', 'the body is left alone')
  t.equal(parsed(text(['Call-ID:\r\n x', 'X:\r\n '])).callId, 'x')
  t.equal(parsed(text([' folded start line'])).startLineProblem, 'form')
  t.equal(parseMessage('INVITE sip:a@b SIP/2.0\r\nX: a\r\n b'), null)
})

t.test('RFC 3261 §7.5: empty lines before the start line, also before folded headers', async (t) => {
  t.equal(parsed(`\r\n\r\n${text(lines)}`).callId, 'call@host')
  t.equal(parsed(`\r\n\r\n\r\n${text(['X: a\r\n b', ...lines], 'body')}`).callId, 'call@host')
  t.equal(parsed(`\r\n\r\n${text(['X: a\r\n b'], 'body')}`).body, 'body')
  t.equal(parseMessage('\r\n\r\n'), null)
  t.equal(parseMessage(''), null)
})

t.test('empty headers are headers', async (t) => {
  const message = parsed(text(['Subject:', 'Supported:   ', 'To: ']))
  t.equal(message.has(Header.supported), true)
  t.equal(message.header(Header.supported), '')
  t.notOk(message.isRepeated(Header.to))
})

t.test('lines without colon or name are told of and otherwise left out', async (t) => {
  for (const line of ['no colon', ': no name', 'x']) {
    const message = parsed(text([line, ...lines]))
    t.equal(message.malformedHeaderLine, true, line)
    t.equal(message.callId, 'call@host')
    t.notOk(message.passedLines(everything).includes(`${line}\r\n`), line)
  }
  t.equal(parsed(text(lines)).malformedHeaderLine, false)
})

t.test('more than 256 header lines are not a message', async (t) => {
  t.ok(parseMessage(text(new Array(256).fill('X: y'))))
  t.equal(parseMessage(text(new Array(257).fill('X: y'))), null)
})

t.test('a CR or LF that stands alone in the headers is not represented', async (t) => {
  for (const bad of ['X: a\nVia: b', 'X: a\rVia: b', 'X: a\r\r\nY: b', 'X: a\n\r\nY: b', '\nX: a']) {
    t.equal(parseMessage(text([bad, ...lines])), null, JSON.stringify(bad))
  }
  t.equal(parseMessage(text(lines).replaceAll('\r\n', '\n')), null)
  t.equal(parseMessage(text(lines, '', 'INVITE sip:a@b\nX SIP/2.0')), null)
  t.ok(parseMessage(text(lines, 'a\nb\rc')), 'the body may have what it likes')
})

t.test('RFC 3261 §7: headers without the empty line after them can be answered, half a line cannot', async (t) => {
  t.equal(parseMessage('INVITE sip:a@b SIP/2.0'), null)
  t.equal(parseMessage(`INVITE sip:a@b SIP/2.0\r\n${lines.join('\r\n')}`), null)
  for (const folded of ['', 'X: a\r\n b\r\n']) {
    const message = parseMessage(`INVITE sip:a@b SIP/2.0\r\n${folded}${lines.join('\r\n')}\r\n`)
    t.equal(message?.endsInHeaders, true)
    t.equal(message?.body, '')
    t.equal(message?.callId, parsed(text(lines)).callId)
  }
  t.equal(parsed(text(lines)).endsInHeaders, false)
})

t.test('RFC 3261 §18.3: the body is as long as Content-Length says', async (t) => {
  const body = (length: string, body: string) => parsed(text([`Content-Length:${length}`], body)).body
  t.equal(body(' 2', 'abcd'), 'ab')
  t.equal(body(' 0', 'abcd'), '')
  t.equal(body('9', 'abcd'), 'abcd')
  t.equal(body(' -1', 'abcd'), 'abcd')
  t.equal(parsed(text([], 'abcd')).body, 'abcd')
})

t.test('RFC 3261 §8.1.1.5: CSeq is a number below 2^31 and a method', async (t) => {
  const cseq = (value: string) => parsed(text([`CSeq: ${value}`])).cseq
  t.equal(cseq('2147483647 INVITE'), 2147483647)
  t.equal(cseq('0009 \t INVITE'), 9)
  for (const bad of [
    '2147483648 INVITE',
    '36893488147419103232 INVITE',
    '-1 INVITE',
    'INVITE',
    '',
    '1INVITE',
    '1.5 INVITE',
  ])
    t.equal(cseq(bad), -1, bad)
  t.equal(leadingNumber('99999999999999999999999999999999'), -1)
})

t.test('RFC 3261 §20.10: tags stand outside quotes and brackets', async (t) => {
  const tag = (value: string) => parsed(text([`From: ${value}`])).fromTag
  t.equal(tag('"x <sip:e@f>;tag=wrong" <sip:a@b>;tag=right'), 'right')
  t.equal(tag('"x \\" <sip:e@f>;tag=wrong" <sip:a@b;tag=uri>;x="y;tag=z";tag=right'), 'right')
  t.equal(tag('"a, b" <sip:a@b;tag=wrong>'), '')
  t.equal(tag('<sip:a@b;tag=wrong>;TAG = right'), 'right')
  t.equal(tag('sip:a@b;tag=right'), 'right')
  t.equal(tag('<sip:a@b>;tag'), '')
  t.equal(tag('<sip:a@b>;tagged=1;ta=2'), '')
  t.equal(tag('<sip:a@b'), '')
  t.equal(tag('"never closed <sip:a@b>;tag=x'), '')
})

t.test('parameters with and without value', async (t) => {
  t.equal(findParameter('a;lr;x=1', 0, 'lr'), '')
  t.equal(findParameter('a;x=1', 0, 'lr'), undefined)
  t.equal(findParameter('a;lr=', 0, 'lr'), '')
  t.equal(parameter('a;X="q;y=2";y=3', 'x'), 'q;y=2')
  t.equal(parameter('a;x="q;y=2";y=3', 'y'), '3')
  t.equal(parameterOfAddress('<sip:a@b;x=1>;x=2', 'x'), '2')
})

t.test('lists are divided by commas outside quotes and brackets', async (t) => {
  t.same(splitList('"a, \\"b" <sip:a,b@c>, <sip:d@e>;x="1,2",,  sip:f@g ,'), [
    '"a, \\"b" <sip:a,b@c>',
    '<sip:d@e>;x="1,2"',
    'sip:f@g',
  ])
  t.same(splitList(''), [])
  t.same(splitList('a,"b, c'), ['a', '"b, c'])
  t.same(splitList('a,"b\\'), ['a', '"b\\'])
  t.same(splitList('a,b,c', 2), ['a', 'b'])
  t.equal(firstOfList('a;x=",", b'), 'a;x=","')
  t.equal(firstOfList(','), '')
})

/** Everything that is decoded only when asked for. */
function readAll(message: SipMessage): void {
  for (const id of Object.values(Header)) {
    message.header(id)
    message.lines(id)
    for (const value of message.headers(id)) splitList(value)
  }
  message.otherHeader('subject')
  void [message.branch, message.fromTag, message.toTag, message.body, message.cseq, message.topVia]
  if (!message.isRequest) return
  validateRequest(message)
  responseHead(message, { transport: 'UDP', listener: 0, address: '192.0.2.9', port: 5060, connection: 0 })
}

t.test('no bytes make reading throw', async (t) => {
  const noise = fc.string({ unit: 'binary', maxLength: 300 })
  const part = fc.oneof(
    noise,
    fc.constantFrom('\r\n', '\r', '\n', ' ', '\t', ':', ';', ',', '"', '\\', '<', '>', '=', 'tag', '\r\n\r\n', '\r\n '),
  )
  fc.assert(
    fc.property(noise, (bytes) => void parseMessage(bytes)),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.nat(text(lines).length), fc.nat(20), fc.array(part, { maxLength: 5 }), (at, removed, inserted) => {
      const whole = text(lines, 'body')
      const message = parseMessage(whole.slice(0, at) + inserted.join('') + whole.slice(at + removed))
      if (message !== null) readAll(message)
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

t.test('no message costs more than its length', async (t) => {
  const size = 60_000
  const fill = (piece: string) => piece.repeat(Math.ceil(size / piece.length))
  const costly = {
    'lines without colon': text([fill('a\r\n'), 'X: y']),
    'lines without colon at all': `${text([fill('a\r\n')])}`,
    'colons at line starts': text([fill(':\r\n')]),
    'a fold and blanks': text([`X: a\r\n b${fill(' ')}c`]),
    'only folds': text([`X: a${fill('\r\n ')}b`]),
    'blanks in a value': text([`X: a${fill(' ')}b`, 'Y: c\r\n d']),
    'semicolons and blanks': text([`Via: SIP/2.0/UDP a${fill('; ')}`, 'From: <sip:a@b>', 'To: <sip:a@b>']),
    'received and blanks': text([`Via: SIP/2.0/UDP a;received=1${fill(';received ')}`]),
    'rport and blanks': text([`Via: SIP/2.0/UDP a;rport;rport${fill(' ')}x`]),
    'open quotes': text([`From: ${fill('"')}`, `To: "${fill('\\')}`]),
    'open brackets': text([`From: ${fill('<')}`, `Contact: ${fill('<,')}`]),
    'empty lines': `${fill('\r\n')}${text(lines)}`,
    commas: text([`Via: ${fill(',')}`, `Contact: ${fill(',"')}`]),
    'a long method': text(lines, '', `${fill('A')} sip:a@b SIP/2.0`),
    'blanks in the start line': text(lines, '', `INVITE ${fill(' ')} SIP/2.0`),
    'a long version': text(lines, '', `INVITE sip:a@b SIP/${fill('1')}`),
  }
  for (const [name, message] of Object.entries(costly)) {
    const started = process.cpuUsage()
    const result = parseMessage(message)
    if (result !== null) readAll(result)
    const { user } = process.cpuUsage(started)
    // Linear work takes about 5 ms here, quadratic work a second and more.
    t.ok(user < 250_000, `${name}: ${user} microseconds`)
  }
})

t.test('RFC 3261 §25.1: a header whose name is no token is malformed, and never passed on', async (t) => {
  for (const name of ['X y', 'P-Asserted-Identity\0', 'Call-Info\x0b', 'X@y']) {
    const message = parseMessage(`OPTIONS sip:a@b SIP/2.0\r\n${name}: 1\r\nX-Fine: 2\r\n\r\n`)
    t.equal(message?.malformedHeaderLine, true, JSON.stringify(name))
  }
  t.equal(parseMessage('OPTIONS sip:a@b SIP/2.0\r\nX-Fine_1.2 : 2\r\n\r\n')?.malformedHeaderLine, false)
})
