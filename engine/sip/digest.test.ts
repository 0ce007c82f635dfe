import fc from 'fast-check'
import t from 'tap'
import type { DigestCredentials } from './digest.ts'
import {
  digestChallenge,
  digestHa1,
  digestResponse,
  isSameResource,
  parseDigestCredentials,
  verifyDigest,
} from './digest.ts'
import { DigestNonces } from './digest-nonces.ts'

function parsed(value: string): DigestCredentials {
  const credentials = parseDigestCredentials(value)
  if (typeof credentials === 'string') throw new Error(credentials)
  return credentials
}

// RFC 7616 §3.9.1.
const mufasa = (algorithm: string, response: string) =>
  `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm}, ` +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ' +
  'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, ' +
  `response="${response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`

t.test('RFC 7616 §3.9.1, RFC 8760 §2.3: the example in both algorithms', (t) => {
  const md5 = parsed(mufasa('MD5', '8ca523f5e9506fed4657c9700eebdbec'))
  const ha1 = digestHa1('MD5', 'Mufasa', 'http-auth@example.org', 'Circle of Life')
  t.equal(digestResponse('MD5', ha1, md5, 'GET'), md5.response)
  const sha = parsed(mufasa('SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'))
  t.equal(sha.algorithm, 'SHA-256')
  const ha1Sha = digestHa1('SHA-256', 'Mufasa', 'http-auth@example.org', 'Circle of Life')
  t.equal(digestResponse('SHA-256', ha1Sha, sha, 'GET'), sha.response)
  t.end()
})

t.test('RFC 2617 §3.5: its example, qop unquoted and no algorithm', (t) => {
  const credentials = parsed(
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", ' +
      'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  )
  t.equal(credentials.algorithm, 'MD5')
  const ha1 = digestHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life')
  t.equal(ha1, '939e7578ed9e3c518a452acee763bce9')
  t.equal(digestResponse('MD5', ha1, credentials, 'GET'), credentials.response)
  t.end()
})

t.test('RFC 7616 §3.4, credentials: what is read, passed over and refused', (t) => {
  const good = mufasa('MD5', '8CA523F5E9506FED4657C9700EEBDBEC')
  t.equal(parsed(good).response, '8ca523f5e9506fed4657c9700eebdbec', 'upper-case response')
  t.equal(parsed(good.replace('qop=auth', 'QOP = "auth" ')).nonceCount, '00000001', 'blanks and quotes')
  t.equal(parsed(good.replace('"Mufasa"', '"Mu\\"fa\\\\sa, x=1"')).username, 'Mu"fa\\sa, x=1', 'escapes')
  t.equal(parsed(`${good}, unknown=1, other="x"`).username, 'Mufasa', 'unknown parameters')
  t.equal(parsed(good.replace(', ', ',')).username, 'Mufasa')
  t.equal(parseDigestCredentials('Basic dTpw'), 'other-scheme')
  t.equal(parseDigestCredentials(''), 'other-scheme')
  t.equal(parseDigestCredentials('Digest username="a", realm="r", nonce="", uri="sip:r", response=""'), 'other-scheme')
  for (const bad of [
    'Digest ',
    'Digest username',
    'Digest username=',
    'Digest username="open',
    `${good}, username="other"`,
    `${good}, USERNAME="Mufasa"`,
    `${good} junk`,
    `${good}, , x=1`,
    good.replace('qop=auth, ', ''),
    good.replace('qop=auth', 'qop=auth-int'),
    good.replace('nc=00000001', 'nc=1'),
    good.replace('nc=00000001', 'nc=0000000g'),
    good.replace('8CA523', 'xyz'),
    good.replace(/nonce=/, 'nonsense='),
    `${good}, ${Array.from({ length: 40 }, (_, index) => `p${index}=1`).join(', ')}`,
    `${good}, x="${'y'.repeat(5000)}"`,
  ]) {
    t.equal(parseDigestCredentials(bad), 'malformed', bad.slice(0, 60))
  }
  t.end()
})

t.test('credentials: no text makes the parser throw', (t) => {
  const pieces = fc.constantFrom(
    'username',
    'nonce',
    '=',
    '"',
    '\\',
    ',',
    ' ',
    'auth',
    'qop',
    'nc',
    '00000001',
    '\u00ff',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((parts) => `Digest ${parts.join('')}`),
        fc.string(),
      ),
      (text) => {
        parseDigestCredentials(text)
      },
    ),
  )
  t.end()
})

t.test('RFC 7616 §3.3, challenge: what is written', (t) => {
  t.equal(
    digestChallenge('a.example', 'SHA-256', 'n1', false),
    'Digest realm="a.example", nonce="n1", algorithm=SHA-256, qop="auth"',
  )
  t.match(digestChallenge('a"b\\', 'MD5', 'n', true), 'realm="a\\"b\\\\"')
  t.match(digestChallenge('a', 'MD5', 'n', true), ', stale=true')
  t.end()
})

t.test('RFC 3261 §22.4 (5): the uri names whom the request is for, not how he is written', (t) => {
  t.ok(isSameResource('sip:a.example', 'sip:A.example:5060;transport=tcp'))
  t.ok(isSameResource('sip:1%301@a.example', 'sip:101@10.0.0.1'))
  t.ok(isSameResource('sip:101@[::1]', 'sip:101@a.example'))
  t.ok(isSameResource('urn:service:sos', 'urn:service:sos'))
  t.notOk(isSameResource('sip:101@a.example', 'sip:102@a.example'))
  t.notOk(isSameResource('sip:101@a.example', 'sip:101@b.example'))
  t.notOk(isSameResource('nonsense', 'sip:101@b.example'))
  t.notOk(isSameResource('tel:1', 'urn:1'))
  t.end()
})

t.test('RFC 7616 §3.4.1, §3.4.2: verification', (t) => {
  let issued = 0
  const random = { token: (length: number) => String(++issued).padStart(length, '0'), fraction: () => 0 }
  const options = { key: Buffer.alloc(32, 7), lifetime: 300_000, capacity: 100, notBefore: 1_000_000 }
  const nonces = new DigestNonces(options, random)
  const nonce = nonces.issue('192.0.2.1', 1_000_000)
  const ha1 = digestHa1('SHA-256', 'ann', 'a.example', 'secret')
  const requestUri = 'sip:a.example'
  function answer(count: string, password = 'secret', uri = requestUri): DigestCredentials {
    const stem = { username: 'ann', realm: 'a.example', nonce, uri, response: '', algorithm: 'SHA-256', cnonce: 'c' }
    const credentials = { ...stem, nonceCount: count }
    const response = digestResponse(
      'SHA-256',
      digestHa1('SHA-256', 'ann', 'a.example', password),
      credentials,
      'REGISTER',
    )
    return { ...credentials, response }
  }
  function verify(credentials: DigestCredentials, now: number, source = '192.0.2.1', method = 'REGISTER') {
    return verifyDigest(credentials, 'SHA-256', ha1, method, requestUri, nonces, source, now)
  }
  t.equal(verify(answer('00000001', 'guess'), 1_000_100), 'wrong-response')
  t.equal(verify(answer('00000001'), 1_000_100), 'accepted', 'a wrong guess uses nothing up')
  t.equal(verify(answer('00000001'), 1_000_100), 'replayed')
  t.equal(verify(answer('00000002'), 1_000_200), 'accepted')
  t.equal(verify(answer('0000000a'), 1_299_999), 'accepted')
  t.equal(verify(answer('0000000b'), 1_300_000), 'stale', 'too old')
  t.equal(verify(answer('0000000b', 'guess'), 1_300_000), 'stale', 'and that says nothing of the password')
  t.equal(verify(answer('0000000b'), 1_000_300, '192.0.2.2'), 'stale', 'given to another address')
  t.equal(verify(answer('0000000b'), 1_000_300, '192.0.2.1', 'INVITE'), 'wrong-response')
  t.equal(verify(answer('0000000b', 'secret', 'sip:900@a.example'), 1_000_300), 'wrong-uri')
  t.end()
})
