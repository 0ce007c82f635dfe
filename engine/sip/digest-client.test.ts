import t from 'tap'
import type { DigestAlgorithm } from './digest.ts'
import { digestChallenge, digestHa1, parseDigestCredentials, verifyDigest } from './digest.ts'
import { DigestAccount, parseDigestQuestion } from './digest-client.ts'
import { DigestNonces } from './digest-nonces.ts'
import type { SipMessage } from './message.ts'
import { parseMessage } from './message.ts'
import { countingRandom } from './recording-network.ts'

const uri = 'sip:+441632960001@carrier.test'
const random = countingRandom()
const account = () => new DigestAccount('acme', 'secret-of-acme', random)

/** A 401 or 407 with these challenges. */
function refusal(status: 401 | 407, ...challenges: string[]): SipMessage {
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate'
  const lines = challenges.map((challenge) => `${name}: ${challenge}\r\n`).join('')
  const message = parseMessage(
    `SIP/2.0 ${status} No\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n` +
      `Call-ID: c\r\nCSeq: 1 INVITE\r\n${lines}Content-Length: 0\r\n\r\n`,
  )
  if (message === null) throw new Error('not a message')
  return message
}

/** What our server says of this line. */
function judged(line: string, algorithm: DigestAlgorithm, nonces: DigestNonces, password = 'secret-of-acme') {
  const credentials = parseDigestCredentials(line.slice(line.indexOf(': ') + 2).trimEnd())
  if (typeof credentials === 'string') return credentials
  const ha1 = digestHa1(algorithm, 'acme', credentials.realm, password)
  return verifyDigest(credentials, algorithm, ha1, 'INVITE', uri, nonces, '192.0.2.1', 1000)
}

const newNonces = () =>
  new DigestNonces({ key: Buffer.alloc(32, 1), lifetime: 300_000, capacity: 100, notBefore: 0 }, random)

for (const algorithm of ['SHA-256', 'MD5'] as const) {
  t.test(`RFC 7616 §3.4, RFC 8760 §2.4: a ${algorithm} challenge is answered, and the nonce counted on`, (t) => {
    const nonces = newNonces()
    const ours = account()
    t.equal(ours.sign('INVITE', uri), '', 'nothing was asked yet')
    const challenge = digestChallenge('carrier "one"', algorithm, nonces.issue('192.0.2.1', 1000), false)
    t.equal(ours.challenged(refusal(401, challenge), 0), true)
    const first = ours.sign('INVITE', uri)
    t.match(first, /^Authorization: Digest username="acme", realm="carrier \\"one\\"", /)
    t.equal(judged(first, algorithm, nonces), 'accepted')
    t.equal(judged(first, algorithm, nonces), 'replayed')
    const second = ours.sign('INVITE', uri)
    t.match(second, /nc=00000002/)
    t.equal(judged(second, algorithm, nonces), 'accepted')
    t.equal(judged(ours.sign('INVITE', uri), algorithm, nonces, 'another password'), 'wrong-response')
    t.end()
  })
}

t.test('RFC 8760 §2.4: of several challenges of a realm the first that we can answer counts', (t) => {
  const ours = account()
  const challenge = (algorithm: string) => `Digest realm="r", nonce="${algorithm}", algorithm=${algorithm}, qop="auth"`
  t.equal(ours.challenged(refusal(401, challenge('SHA-512-256'), challenge('SHA-256'), challenge('MD5')), 0), true)
  t.match(ours.sign('INVITE', uri), /nonce="SHA-256".*algorithm=SHA-256/)
  t.end()
})

t.test('RFC 3261 §22.3: a proxy and a server behind it are answered each in its own header', (t) => {
  const ours = account()
  t.equal(ours.challenged(refusal(407, 'Digest realm="proxy", nonce="p", qop="auth"'), 0), true)
  t.equal(ours.challenged(refusal(401, 'Digest realm="server", nonce="s", qop="auth"'), 1), true)
  const lines = ours.sign('INVITE', uri)
  t.match(lines, /^Proxy-Authorization: Digest .*realm="proxy"/m)
  t.match(lines, /^Authorization: Digest .*realm="server"/m)
  t.end()
})

t.test('RFC 7616 §3.3: stale is no refusal, and a refusal is not answered again', (t) => {
  const ours = account()
  const challenge = (nonce: string, stale = '') =>
    refusal(401, `Digest realm="r", nonce="${nonce}", qop="auth"${stale}`)
  t.equal(ours.challenged(challenge('a'), 0), true)
  t.equal(ours.challenged(challenge('b', ', stale=true'), 1), true)
  t.match(ours.sign('INVITE', uri), /nonce="b".*nc=00000001/)
  t.equal(ours.challenged(challenge('c'), 2), false, 'the password is wrong')
  t.equal(ours.sign('INVITE', uri), '', 'and is not tried by itself again')
  t.equal(ours.challenged(challenge('d'), 0), true, 'another request may try')
  t.equal(ours.challenged(challenge('e', ', stale=true'), 3), false, 'a server that finds everything stale is left')
  t.end()
})

t.test('RFC 2617 §3.2.2.1: a challenge without qop; opaque comes back; quoting', (t) => {
  const ours = account()
  t.equal(ours.challenged(refusal(401, 'Digest realm="r", nonce="n", opaque="o\\"p"'), 0), true)
  const line = ours.sign('REGISTER', 'sip:r')
  t.notMatch(line, /qop|cnonce|nc=|algorithm/)
  t.match(line, /opaque="o\\"p"/)
  // MD5(MD5(acme:r:secret-of-acme):n:MD5(REGISTER:sip:r)), worked out with another program.
  t.match(line, /response="d184ac960b56e0ac15a53e61662e7d7a"/)
  t.end()
})

t.test('RFC 7616 §3.3: what cannot be answered', (t) => {
  for (const value of [
    'Basic realm="r"',
    'Digest realm="r"',
    'Digest nonce="n"',
    'Digest realm="r", nonce="n", algorithm=SHA-512-256',
    'Digest realm="r", nonce="n", qop="auth-int"',
    'Digest realm="r", nonce="n", realm="s"',
  ]) {
    t.equal(parseDigestQuestion(value), null, value)
    t.equal(account().challenged(refusal(401, value), 0), false, value)
  }
  t.equal(account().challenged(refusal(401), 0), false, 'no challenge at all')
  t.ok(parseDigestQuestion('Digest realm="r", nonce="n", qop="auth-int, auth"')?.qop)
  t.end()
})
