import fc from 'fast-check'
import t from 'tap'
import {
  decodeUser,
  parseHostPort,
  parseNameAddress,
  parseUri,
  quotedDisplayName,
  transportParameter,
  uriParameter,
  withoutUserParameters,
} from './uri.ts'

t.test('RFC 3261 §19.1: SIP and SIPS URIs', async (t) => {
  t.same(parseUri('SIP:alice;day=tuesday:secret@Example.COM:5070;transport=TCP;lr?Subject=x;y'), {
    scheme: 'sip',
    user: 'alice;day=tuesday',
    host: 'example.com',
    port: 5070,
    parameters: ';transport=TCP;lr',
    headers: 'Subject=x;y',
  })
  t.same(parseUri('sips:example.com'), {
    scheme: 'sips',
    user: '',
    host: 'example.com',
    port: 0,
    parameters: '',
    headers: '',
  })
  t.equal(parseUri('sip:*72%23#@pbx_1.example')?.user, '*72%23#')
  t.equal(parseUri('sip:a@192.0.2.1:5060')?.host, '192.0.2.1')
})

t.test('RFC 3261 §19.1.1: IPv6 references', async (t) => {
  const uri = parseUri('sip:a@[2001:DB8::1]:5061;lr')
  t.equal(uri?.host, '[2001:db8::1]')
  t.equal(uri?.port, 5061)
  t.equal(uri?.parameters, ';lr')
  t.equal(parseUri('sip:[::1]')?.host, '[::1]')
  t.equal(parseUri('sip:a@[::1'), null)
  t.equal(parseUri('sip:a@[::1]x'), null)
  t.equal(parseUri('sip:a@[host]'), null)
  t.equal(parseUri('sip:a@::1'), null)
})

t.test('RFC 3986 §2: what is no URI', async (t) => {
  for (const text of [
    '',
    ':',
    'sip:',
    'sip:@host',
    'sip:a@',
    'sip:a@b@c',
    'sip:a@host:0',
    'sip:a@host:65536',
    'sip:a@host:',
    'sip:a@host:5x',
    'sip:a b@c',
    'sip:a@b c',
    'sip:a@b;x= y',
    'sip:a@b;x="y"',
    'sip:a@b>;x',
    'sip:<a@b',
    'sip:a\x00@b',
    'sip:a@b\t',
    's p:a@b',
    '1sip:a@b',
    'tel:',
  ]) {
    t.equal(parseUri(text), null, JSON.stringify(text))
  }
})

t.test('RFC 3966: tel URIs', async (t) => {
  const uri = parseUri('tel:+1-201-555-0123;phone-context=+1;isub=12')
  t.equal(uri?.user, '+1-201-555-0123')
  t.equal(uri?.host, '')
  t.equal(uri === null ? null : uriParameter(uri, 'isub'), '12')
})

t.test('other schemes are told by name', async (t) => {
  t.equal(parseUri('nobodyKnowsThisScheme:totallyopaquecontent')?.scheme, 'nobodyknowsthisscheme')
  t.equal(parseUri('http://a@b')?.user, '//a@b')
})

t.test('RFC 3261 §19.1.1: parameters with and without value', async (t) => {
  const uri = parseUri('sip:a@b;lr;X-y=1;transport=udp')
  if (uri === null) throw new Error('no URI')
  t.equal(uriParameter(uri, 'lr'), '')
  t.equal(uriParameter(uri, 'x-y'), '1')
  t.equal(uriParameter(uri, 'transport'), 'udp')
  t.equal(uriParameter(uri, 'l'), undefined)
})

t.test('RFC 3261 §19.1.2: escapes in the user part', async (t) => {
  t.equal(decodeUser('sips%3Auser%40example.com'), 'sips:user@example.com')
  t.equal(decodeUser('j%C3%BCrgen'), 'j\xc3\xbcrgen')
  t.equal(decodeUser('null%00'), 'null\x00')
  for (const broken of ['%', '%4', '%zz', 'a%4', '%%41', '% 1']) t.equal(decodeUser(broken), null, broken)
  t.equal(withoutUserParameters('+15550100;cpc=ordinary'), '+15550100')
  t.equal(withoutUserParameters('100'), '100')
})

t.test('host and port', async (t) => {
  t.same(parseHostPort('A.example : 5060'), { host: 'a.example', port: 5060 })
  t.same(parseHostPort('[::1]:5060'), { host: '[::1]', port: 5060 })
  t.same(parseHostPort('192.0.2.1'), { host: '192.0.2.1', port: 0 })
  for (const bad of ['', ':5060', 'a b', 'a:b', 'a:123456', '[::1', 'a/b', '[]']) t.equal(parseHostPort(bad), null, bad)
})

t.test('RFC 3261 §20.10: name-addr and addr-spec', async (t) => {
  t.same(parseNameAddress('"A. \\"Al\\" Bell, \\\\ <x>" <sip:a@b;x=y>;tag=1;z'), {
    displayName: 'A. "Al" Bell, \\ <x>',
    uri: 'sip:a@b;x=y',
    parameters: ';tag=1;z',
  })
  t.same(parseNameAddress('Bob Two <sip:a@b>'), { displayName: 'Bob Two', uri: 'sip:a@b', parameters: '' })
  t.same(parseNameAddress('sip:a@b;tag=1'), { displayName: '', uri: 'sip:a@b', parameters: ';tag=1' })
  t.same(parseNameAddress('"" <sip:a@b> ; tag=1'), { displayName: '', uri: 'sip:a@b', parameters: '; tag=1' })
  for (const bad of [
    '',
    ';tag=1',
    '"never closed <sip:a@b>',
    '"never closed\\"',
    '"closed" sip:a@b',
    '""',
    '""sip:a@b',
    '"a" b <sip:a@b>',
    '<>',
    '<sip:a@b',
    '<sip:a@b> x',
    'sip:a b',
  ]) {
    t.equal(parseNameAddress(bad), null, bad)
  }
})

t.test('any display name comes back from its quoted form, and none breaks out of it', async (t) => {
  t.equal(quotedDisplayName(''), '')
  t.equal(quotedDisplayName('Jürgen'), '"J\xc3\xbcrgen" ')
  t.equal(quotedDisplayName('a"b\\c\r\nVia: x\x7f'), '"a\\"b\\\\c  Via: x " ')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const quoted = quotedDisplayName(name)
      const read = parseNameAddress(`${quoted}<sip:a@b>;tag=1`)
      const shown = Buffer.from(read?.displayName ?? '', 'latin1').toString('utf8')
      return !/[\r\n]/.test(quoted) && read?.uri === 'sip:a@b' && shown === name.replace(/[\0-\x1f\x7f]/g, ' ')
    }),
  )
  t.pass()
})

t.test('no text makes reading throw', async (t) => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('sip:', 'tel:', '@', ':', ';', '?', '[', ']', '<', '>', '"', '\\', '%'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      parseUri(text)
      parseHostPort(text)
      decodeUser(text)
      parseNameAddress(text)
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('a URI of ours names the transport it is for (RFC 7118 §5.2.2)', async (t) => {
  const transports = ['UDP', 'TCP', 'TLS', 'WS', 'WSS'] as const
  t.same(transports.map(transportParameter), ['', ';transport=tcp', ';transport=tls', ';transport=ws', ';transport=ws'])
})
