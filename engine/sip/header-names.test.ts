import t from 'tap'
import { equalsIgnoringCase, Header, headerId } from './header-names.ts'

const id = (name: string) => headerId(`..${name}:`, 2, 2 + name.length)

t.test('RFC 3261 §7.3.3 and §20: names in any case and their compact forms', async (t) => {
  const compact: Record<string, number> = {
    v: Header.via,
    f: Header.from,
    t: Header.to,
    i: Header.callId,
    m: Header.contact,
    l: Header.contentLength,
    c: Header.contentType,
    e: Header.contentEncoding,
    k: Header.supported,
    r: Header.referTo,
    b: Header.referredBy,
    x: Header.sessionExpires,
    o: Header.event,
    u: Header.allowEvents,
    y: Header.identity,
  }
  for (const [name, header] of Object.entries(compact)) {
    t.equal(id(name), header, name)
    t.equal(id(name.toUpperCase()), header, name)
  }
  for (const name of ['P-Asserted-Identity', 'p-asserted-identity', 'P-ASSERTED-IDENTITY', 'P-aSSERTED-iDENTITY'])
    t.equal(id(name), Header.pAssertedIdentity, name)
  t.equal(id('WWW-Authenticate'), Header.wwwAuthenticate)
})

t.test('what only looks like a known name is another header', async (t) => {
  for (const name of [
    'Vi',
    'Viaa',
    'w',
    's',
    'Call_ID',
    'Call-I',
    'P-Asserted-Identitx',
    '\x16ia',
    '6',
    'x'.repeat(99),
    '',
  ])
    t.equal(id(name), Header.other, JSON.stringify(name))
})

t.test('comparing stops at the end of the text', async (t) => {
  t.notOk(equalsIgnoringCase('vi', 0, 'via'))
  t.ok(equalsIgnoringCase('xVIA', 1, 'via'))
})
