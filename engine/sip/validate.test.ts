import t from 'tap'
import { parseMessage } from './message.ts'
import { isUsableResponse, validateRequest } from './validate.ts'

const good = {
  via: 'Via: SIP/2.0/UDP a;branch=z9hG4bK1',
  from: 'From: <sip:a@b>;tag=1',
  to: 'To: <sip:c@d>',
  callId: 'Call-ID: x',
  cseq: 'CSeq: 1 OPTIONS',
}

function message(changes: Partial<typeof good>, further: readonly string[], startLine: string, body = '') {
  const headers = Object.values({ ...good, ...changes }).filter((line) => line !== '')
  const result = parseMessage(`${[startLine, ...headers, ...further].join('\r\n')}\r\n\r\n${body}`)
  if (result === null) throw new Error('not a message')
  return result
}

function problem(changes: Partial<typeof good>, further: readonly string[] = [], body = '', uri = 'sip:c@d'): string {
  const found = validateRequest(message(changes, further, `OPTIONS ${uri} SIP/2.0`, body))
  return found === null ? '' : `${found.status} ${found.phrase}`
}

t.test('a good request has no problem', async (t) => {
  t.equal(problem({}), '')
  t.equal(problem({ from: 'From: "A, B" <sip:a@b>;tag=1', to: 'To: sip:c@d;x' }), '')
  t.equal(problem({}, ['Max-Forwards: 0', 'Content-Length: 4'], 'body'), '')
  t.equal(problem({}, [], '', 'tel:+1555'), '')
})

t.test('RFC 3261 §8.1.1, §16.3: mandatory headers, once each', async (t) => {
  t.equal(problem({ from: '' }), '400 Missing From Header')
  t.equal(problem({ to: '' }), '400 Missing To Header')
  t.equal(problem({ callId: '' }), '400 Missing Call-ID Header')
  t.equal(problem({ cseq: '' }), '400 Missing CSeq Header')
  t.equal(problem({ callId: 'Call-ID:' }), '400 Empty Call-ID Header')
  t.equal(problem({}, ['f: <sip:e@f>']), '400 Multiple From Headers')
  t.equal(problem({}, ['To: <sip:e@f>']), '400 Multiple To Headers')
  t.equal(problem({}, ['i: y']), '400 Multiple Call-ID Headers')
  t.equal(problem({}, ['CSeq: 1 OPTIONS']), '400 Multiple CSeq Headers')
  t.equal(problem({}, ['l: 0', 'Content-Length: 0']), '400 Multiple Content-Length Headers')
})

t.test('RFC 4475 §3.1.2, §3.3: values that cannot be', async (t) => {
  t.equal(problem({ cseq: 'CSeq: 1 INVITE' }), '400 Malformed CSeq Header')
  t.equal(problem({ cseq: 'CSeq: 2147483648 OPTIONS' }), '400 Malformed CSeq Header')
  t.equal(problem({ cseq: 'CSeq: 1' }), '400 Malformed CSeq Header')
  t.equal(problem({}, ['Max-Forwards: 256']), '400 Malformed Max-Forwards Header')
  t.equal(problem({}, ['Max-Forwards: -1']), '400 Malformed Max-Forwards Header')
  t.equal(problem({}, ['Content-Length: -999']), '400 Malformed Content-Length Header')
  t.equal(problem({}, ['Content-Length: x']), '400 Malformed Content-Length Header')
  t.equal(problem({}, ['Content-Length: 5'], 'body'), '400 Content-Length Exceeds Message')
  t.equal(problem({}, ['no colon']), '400 Malformed Header Line')
  for (const from of [
    '',
    '<>',
    '<sip:a@b',
    '"x <sip:a@b>',
    '<sip:a@b>x;tag=1',
    `<sip:a@b>;tag=${'x'.repeat(257)}`,
    '""',
  ]) {
    t.equal(problem({ from: `From: ${from}` }), '400 Malformed From Header', from)
    t.equal(problem({ to: `To: ${from}` }), '400 Malformed To Header', from)
  }
})

t.test('RFC 3261 §20.42, RFC 4475 §3.1.2.1, §3.1.2.13: Via and Contact that nobody can read', async (t) => {
  for (const via of [
    '192.0.2.15;;,;,,',
    'a; ;branch=z9hG4bK1',
    ';branch=z9hG4bK1',
    'a:b;branch=z9hG4bK1',
    '::1;branch=z9',
  ]) {
    t.equal(problem({ via: `Via: SIP/2.0/UDP ${via}` }), '400 Malformed Via Header', via)
  }
  t.equal(problem({ via: 'Via: SIP / 2.0 / UDP  [::1]:5060 ; branch = z9hG4bK1;x=";;";' }), '')
  t.equal(problem({ via: 'Via: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;;' }), '', 'only the topmost is ours')
  for (const contact of ['"Joe" <sip:joe@b>;;;;', 'sip:a@b?Route=%3Csip:c%3E', '<sip:a@b', '<sip:a@b>, "x', '']) {
    t.equal(problem({}, [`Contact: ${contact}`]), '400 Malformed Contact Header', contact)
  }
  for (const contact of ['*', '<sip:a@b?Route=%3Csip:c%3E>', '"a, b" <sip:a@b>;x="a;;b", <sip:c@d>', 'sip:a@b;x;']) {
    t.equal(problem({}, [`Contact: ${contact}`]), '', contact)
  }
})

t.test('RFC 3261 §7: the empty line after the headers', async (t) => {
  const cut = parseMessage(`OPTIONS sip:c@d SIP/2.0\r\n${Object.values(good).join('\r\n')}\r\n`)
  t.same(cut === null ? null : validateRequest(cut), { status: 400, phrase: 'No Empty Line After Headers' })
  const response = parseMessage(`SIP/2.0 200 OK\r\n${Object.values(good).join('\r\n')}\r\n`)
  t.equal(response === null || isUsableResponse(response), false)
})

t.test('RFC 3261 §8.2.2.1, §21.5.7: Request-URI and version', async (t) => {
  t.equal(problem({}, [], '', '<sip:c@d>'), '400 Request-URI In Angle Brackets')
  t.equal(problem({}, [], '', 'sip:c@d;x="y"'), '400 Malformed Request-URI')
  t.equal(problem({}, [], '', 'soap.beep://192.0.2.103:3002'), '416 Unsupported URI Scheme')
  t.equal(problem({}, [], '', 'sip:a b'), '400 Malformed Request-Line')
  t.same(validateRequest(message({}, [], 'OPTIONS sip:c@d SIP/7.0')), { status: 505, phrase: 'Version Not Supported' })
})

t.test('RFC 3261 §8.1.3.3, §18.3: responses that are looked at', async (t) => {
  const usable = (changes: Partial<typeof good>, further: readonly string[] = [], body = '') =>
    isUsableResponse(message(changes, further, 'SIP/2.0 200 OK', body))
  t.ok(usable({}))
  t.notOk(usable({ via: '' }), 'no Via')
  t.notOk(usable({}, ['Via: SIP/2.0/UDP b;branch=z9hG4bK2']), 'two Via lines')
  t.notOk(usable({ via: 'v: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b' }), 'two Via in a line')
  t.notOk(usable({ from: '' }))
  t.notOk(usable({ to: '' }))
  t.notOk(usable({ callId: '' }))
  t.notOk(usable({ cseq: 'CSeq: x OPTIONS' }))
  t.notOk(usable({ cseq: 'CSeq: 1' }))
  t.notOk(usable({}, ['Content-Length: 9'], 'body'))
})
