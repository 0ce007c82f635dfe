import t from 'tap'
import type { Device, Pbx, Snapshot, User } from '../config/snapshot.ts'
import type { DigestAlgorithm } from '../sip/digest.ts'
import { digestHa1, digestResponse } from '../sip/digest.ts'
import { DigestNonces } from '../sip/digest-nonces.ts'
import type { SignIn, SignInRequest } from './authenticate.ts'
import { Authenticator } from './authenticate.ts'
import { defaultSignInLimits, SignInGuard } from './sign-in-guard.ts'

const key = Buffer.alloc(32, 5)
const source = '192.0.2.1'

function make() {
  const pbxs: Pbx[] = []
  for (const domain of ['a.example', 'b.example']) {
    pbxs.push({ domain, digestAlgorithms: ['SHA-256', 'MD5'] } as Partial<Pbx> as Pbx)
  }
  const device = (sipUserName: string, digestAlgorithms: readonly DigestAlgorithm[] | null): [string, Device] => {
    const password = `${sipUserName}-secret`
    return [
      sipUserName,
      { id: sipUserName, userId: sipUserName, sipUserName, password, digestAlgorithms, secureCalling: null },
    ]
  }
  const snapshot = {
    pbxsByDomain: new Map(pbxs.map((pbx) => [pbx.domain, pbx])),
    devicesBySipUserName: new Map([device('ann', null), device('ben', ['MD5'])]),
    users: new Map([
      ['ann', { pbx: pbxs[0] } as Partial<User> as User],
      ['ben', { pbx: pbxs[1] } as Partial<User> as User],
    ]),
  } as Partial<Snapshot> as Snapshot
  let issued = 0
  const random = { token: (length: number) => String(++issued).padStart(length, '0'), fraction: () => 0 }
  const nonces = new DigestNonces({ key, lifetime: 300_000, capacity: 100, notBefore: 0 }, random)
  const live = { registeredFrom: () => false, userRegisteredFrom: () => false }
  const guard = new SignInGuard({ ...defaultSignInLimits, exempt: () => false }, live)
  const dialsEmergency = (_: Snapshot, uri: string) => uri === 'sip:112@a.example'
  const authenticator = new Authenticator(nonces, guard, key, dialsEmergency)
  return (changes: Partial<SignInRequest> = {}, now = 1000) =>
    authenticator.signIn(snapshot, { ...request, ...changes }, now)
}

const request: SignInRequest = {
  method: 'REGISTER',
  requestUri: 'sip:a.example',
  authorization: [],
  host: 'a.example',
  user: 'ann',
  source,
}

function challenges(answer: SignIn): readonly string[] {
  if (answer.kind !== 'challenge') throw new Error(answer.kind)
  return answer.challenges
}

/** What a phone answers to the challenge with this index. */
function reply(
  answer: SignIn,
  username: string,
  password: string,
  index = 0,
  uri = 'sip:a.example',
  method = 'REGISTER',
): string {
  const challenge = challenges(answer)[index] ?? ''
  const value = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(challenge)?.[1] ?? ''
  const algorithm = value('algorithm') as DigestAlgorithm
  const stem = { username, realm: value('realm'), nonce: value('nonce'), uri, response: '', algorithm, cnonce: 'c' }
  const credentials = { ...stem, nonceCount: '00000001' }
  const ha1 = digestHa1(algorithm, username, stem.realm, password)
  const response = digestResponse(algorithm, ha1, credentials, method)
  return (
    `Digest username="${username}", realm="${stem.realm}", nonce="${stem.nonce}", uri="${uri}", cnonce="c", ` +
    `nc=00000001, qop=auth, algorithm=${algorithm}, response="${response}"`
  )
}

t.test('a phone signs in with either algorithm, SHA-256 offered first', (t) => {
  for (const index of [0, 1]) {
    const signIn = make()
    const first = signIn()
    t.match(challenges(first), [/realm="a.example".*SHA-256/, /realm="a.example".*MD5/])
    t.match(signIn({ authorization: [reply(first, 'ann', 'ann-secret', index)] }), {
      kind: 'accepted',
      device: { id: 'ann' },
    })
  }
  t.end()
})

t.test('other schemes and other realms are passed over', (t) => {
  const signIn = make()
  const good = reply(signIn(), 'ann', 'ann-secret')
  const foreign = good.replace('a.example', 'elsewhere.example')
  t.match(signIn({ authorization: [foreign] }), { kind: 'challenge', failure: null })
  t.match(signIn({ authorization: ['Basic x', foreign, good] }), { kind: 'accepted' })
  t.end()
})

t.test('an unknown user, one of another PBX and a wrong password look the same, and count', (t) => {
  for (const [name, password] of [
    ['ann', 'wrong'],
    ['nobody', 'x'],
    ['nobody', ''],
    ['ben', 'ben-secret'],
  ] as const) {
    const signIn = make()
    const answer = signIn({ authorization: [reply(signIn(), name, password)] })
    t.match(answer, { kind: 'challenge', failure: 'counted' })
    t.match(challenges(answer), [/^Digest realm="a.example", nonce="\w+", algorithm=SHA-256, qop="auth"$/, /MD5/])
  }
  t.end()
})

t.test('where the host is an address the name decides the realm, for names that exist and that do not', (t) => {
  const signIn = make()
  const realm = (user: string) => /realm="([^"]*)"/.exec(challenges(signIn({ host: '192.0.2.9', user }))[0] ?? '')?.[1]
  t.equal(realm('ann'), 'a.example')
  t.equal(realm('ben'), 'b.example')
  t.equal(realm('nobody'), realm('nobody'))
  t.same([...new Set(Array.from({ length: 50 }, (_, index) => realm(`x${index}`)))].sort(), ['a.example', 'b.example'])
  const first = signIn({ host: '192.0.2.9', user: 'ben' })
  t.equal(challenges(first).length, 1, 'and the device its algorithms')
  t.match(signIn({ host: '192.0.2.9', authorization: [reply(first, 'ben', 'ben-secret')] }), { kind: 'accepted' })
  t.end()
})

t.test('stale and replayed are asked again and are no failure', (t) => {
  const signIn = make()
  const good = reply(signIn(), 'ann', 'ann-secret')
  t.match(signIn({ authorization: [good] }, 400_000), { failure: null, challenges: [/stale=true/, /stale=true/] })
  t.match(signIn({ authorization: [good] }), { kind: 'accepted' })
  t.match(signIn({ authorization: [good] }), { failure: null, challenges: [/stale=true/, /stale=true/] })
  t.end()
})

t.test('malformed credentials, and some for another address', (t) => {
  const signIn = make()
  t.match(signIn({ authorization: ['Digest x'] }), { kind: 'malformed', reason: 'Malformed Authorization' })
  const other = reply(signIn(), 'ann', 'ann-secret', 0, 'sip:900@a.example')
  t.match(signIn({ authorization: [other] }), { kind: 'malformed' })
  t.match(signIn({ authorization: [reply(signIn(), 'ann', 'x').replace('SHA-256', 'SHA-512')] }), { failure: null })
  t.end()
})

t.test('a guesser is slowed and then banned', (t) => {
  const signIn = make()
  const kinds: string[] = []
  for (let count = 0; count < 12; count++) {
    const answer = signIn({ user: `x${count}` })
    kinds.push(answer.kind)
    if (answer.kind === 'challenge') signIn({ authorization: [reply(answer, `x${count}`, 'guess')] })
  }
  t.same(kinds, [...Array.from({ length: 10 }, () => 'challenge'), 'banned', 'banned'])
  t.end()
})

t.test('an emergency call is signed in from a banned address, and nothing else', (t) => {
  const signIn = make()
  for (let count = 0; count < 10; count++) {
    const user = `guess${count}`
    signIn({ authorization: [reply(signIn({ user }), user, 'wrong')], user })
  }
  const call = (requestUri: string, method = 'INVITE') => signIn({ method, requestUri })
  t.equal(call('sip:200@a.example').kind, 'banned')
  t.equal(call('sip:112@a.example', 'REGISTER').kind, 'banned')
  const challenged = call('sip:112@a.example')
  t.equal(challenged.kind, 'challenge')
  const authorization = [reply(challenged, 'ann', 'ann-secret', 0, 'sip:112@a.example', 'INVITE')]
  t.equal(signIn({ method: 'INVITE', requestUri: 'sip:112@a.example', authorization }).kind, 'accepted')
  t.equal(call('sip:200@a.example').kind, 'banned')
  t.end()
})
