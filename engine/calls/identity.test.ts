import fc from 'fast-check'
import t from 'tap'
import type { Trunk, User } from '../config/snapshot.ts'
import type { Diversion, DiversionCause, TrunkTarget } from '../router/decision.ts'
import { parseMessage } from '../sip/message.ts'
import { decodeUser, escapeUser, parseNameAddress, parseUri } from '../sip/uri.ts'
import { diversionHeaders, fromForPhone, fromForTrunk, identityHeaders } from './identity.ts'

/** A trunk as the compiler leaves it where nothing is said of caller IDs. */
function trunk(changes: Partial<Trunk> = {}): Trunk {
  const usual = { callerIdHeaders: ['P-Asserted-Identity', 'From'], callerNumberFormat: 'e164', credentials: null }
  return { ...usual, ...changes } as unknown as Trunk
}

function target(changes: Partial<TrunkTarget> = {}): TrunkTarget {
  return {
    kind: 'trunk',
    trunk: trunk(),
    e164: '+15550199',
    number: '+15550199',
    callerNumber: '+15550100',
    callerName: 'Ann',
    assertedNumber: '+15550100',
    assertedName: 'Ann',
    hidden: false,
    emergency: false,
    onBehalfOf: null,
    charge: null,
    ringSeconds: 0,
    recording: null,
    ...changes,
  }
}

function diversion(extension: string, cause: DiversionCause, changes: Partial<User> = {}): Diversion {
  const user = {
    kind: 'user',
    id: `user-${extension}`,
    displayName: `User ${extension}`,
    extension,
    primaryNumber: '',
    blockCallerId: false,
    pbx: { domain: 'pbx.example' },
    ...changes,
  }
  return { by: user as unknown as User, cause }
}

t.test('RFC 3323 §4.1: From is anonymous where identity is withheld', async (t) => {
  t.equal(
    fromForPhone({ user: '101', name: 'Ann', anonymous: true }, 'pbx.example'),
    '"Anonymous" <sip:anonymous@anonymous.invalid>',
  )
  t.equal(
    fromForPhone({ user: '101', name: 'Änn', anonymous: false }, 'pbx.example'),
    '"\xc3\x84nn" <sip:101@pbx.example>',
  )
  t.equal(fromForPhone({ user: '101', name: '', anonymous: false }, 'pbx.example'), '<sip:101@pbx.example>')
  t.equal(fromForTrunk(target(), '192.0.2.1'), '"Ann" <sip:+15550100@192.0.2.1>')
  t.equal(fromForTrunk(target({ hidden: true }), '192.0.2.1'), '"Anonymous" <sip:anonymous@anonymous.invalid>')
  t.equal(fromForTrunk(target({ callerNumber: '' }), '192.0.2.1'), '"Anonymous" <sip:anonymous@anonymous.invalid>')
})

t.test('RFC 3325 §9: the carrier alone learns a hidden number', async (t) => {
  const asserted = 'P-Asserted-Identity: "Ann" <sip:+15550100@192.0.2.1>\r\n'
  t.equal(identityHeaders(target(), '192.0.2.1'), asserted)
  t.equal(identityHeaders(target({ hidden: true }), '192.0.2.1'), `${asserted}Privacy: id\r\n`)
  t.equal(identityHeaders(target({ callerNumber: '', assertedNumber: '' }), '192.0.2.1'), '')
  const forwarded = target({ assertedNumber: '+15550111', assertedName: 'Bob' })
  t.equal(fromForTrunk(forwarded, '192.0.2.1'), '"Ann" <sip:+15550100@192.0.2.1>')
  t.equal(identityHeaders(forwarded, '192.0.2.1'), 'P-Asserted-Identity: "Bob" <sip:+15550111@192.0.2.1>\r\n')
})

t.test('the caller is told in the headers in which the carrier looks, RFC 3325 §9.1, §9.2', async (t) => {
  const acme = { userName: 'acme', password: 'secret' }
  const by = (headers: Trunk['callerIdHeaders'], changes: Partial<TrunkTarget> = {}) => {
    const asked = target({ trunk: trunk({ callerIdHeaders: headers, credentials: acme }), ...changes })
    return [fromForTrunk(asked, 'carrier.test'), ...identityHeaders(asked, 'carrier.test').split('\r\n').slice(0, -1)]
  }
  const ann = '"Ann" <sip:+15550100@carrier.test>'
  t.same(by(['From']), [ann])
  t.same(by(['P-Preferred-Identity']), ['<sip:acme@carrier.test>', `P-Preferred-Identity: ${ann}`])
  t.same(by(['Remote-Party-ID', 'From']), [ann, `Remote-Party-ID: ${ann};party=calling;screen=yes;privacy=off`])
  t.same(by(['Remote-Party-ID', 'From'], { hidden: true }), [
    '"Anonymous" <sip:anonymous@anonymous.invalid>',
    `Remote-Party-ID: ${ann};party=calling;screen=yes;privacy=full`,
  ])
  t.same(by(['P-Asserted-Identity'], { hidden: true }), [
    '<sip:acme@carrier.test>',
    `P-Asserted-Identity: ${ann}`,
    'Privacy: id',
  ])
})

t.test("the caller's number is written as the carrier wants it", async (t) => {
  const short = target({ trunk: trunk({ callerNumberFormat: 'e164-without-plus' }) })
  t.equal(fromForTrunk(short, 'h'), '"Ann" <sip:15550100@h>')
})

t.test('RFC 5806 and RFC 7044: a trunk is told of forwarding in the header it wants', async (t) => {
  const forwards = [diversion('101', 'unconditional')]
  const both = diversionHeaders(forwards, 'sip:x@y', 'both')
  const [one, other] = [
    diversionHeaders(forwards, 'sip:x@y', 'Diversion'),
    diversionHeaders(forwards, 'sip:x@y', 'History-Info'),
  ]
  t.equal(one + other, both)
  t.match(one, /^Diversion: .*\r\n$/)
  t.match(other, /^History-Info: /)
  t.equal(diversionHeaders(forwards, 'sip:x@y', 'none'), '')
})

t.test('RFC 5806 newest first, RFC 7044 oldest first, with the causes of RFC 4458', async (t) => {
  const headers = diversionHeaders(
    [diversion('101', 'unconditional'), diversion('102', 'user-busy'), diversion('103', 'no-answer')],
    'sip:104@pbx.example',
  )
  t.same(headers.split('\r\n'), [
    'Diversion: "User 103" <sip:103@pbx.example>;reason=no-answer;counter=1',
    'Diversion: "User 102" <sip:102@pbx.example>;reason=user-busy;counter=1',
    'Diversion: "User 101" <sip:101@pbx.example>;reason=unconditional;counter=1',
    'History-Info: <sip:101@pbx.example>;index=1',
    'History-Info: <sip:102@pbx.example;cause=302>;index=1.1',
    'History-Info: <sip:103@pbx.example;cause=486>;index=1.1.1',
    'History-Info: <sip:104@pbx.example;cause=408>;index=1.1.1.1',
    '',
  ])
  t.equal(diversionHeaders([], 'sip:104@pbx.example'), '')
  for (const [cause, code] of [
    ['unavailable', 503],
    ['do-not-disturb', 480],
    ['deflection', 480],
    ['deflection-while-ringing', 487],
  ] as const)
    t.match(diversionHeaders([diversion('101', cause)], 'sip:x@y'), `<sip:x@y;cause=${code}>;index=1.1\r\n`)
})

t.test('RFC 7044 §10.1.2, RFC 5806: a user with hidden number is marked private', async (t) => {
  const headers = diversionHeaders([diversion('101', 'user-busy', { blockCallerId: true })], 'sip:x@y')
  t.match(headers, ';reason=user-busy;counter=1;privacy=full\r\n')
  t.match(headers, 'History-Info: <sip:101@pbx.example?Privacy=history>;index=1\r\n')
})

t.test('a user without extension is named by number, else by id', async (t) => {
  t.match(diversionHeaders([diversion('', 'user-busy', { primaryNumber: '+15550100' })], 'sip:x@y'), '<sip:+15550100@')
  t.match(diversionHeaders([diversion('', 'user-busy', { id: 'ann.b' })], 'sip:x@y'), '<sip:ann.b@')
})

t.test('RFC 3261 §25.1: any bytes of a user part leave escaped and come back', async (t) => {
  t.equal(escapeUser('+15550100'), '+15550100')
  t.equal(escapeUser('*72#'), '*72%23')
  t.equal(escapeUser('a@b;c:d"<>\r\n '), 'a%40b%3Bc%3Ad%22%3C%3E%0D%0A%20')
  t.equal(escapeUser(decodeUser('j%C3%BCrgen') ?? ''), 'j%C3%BCrgen', 'what came as UTF-8 leaves so')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }).map(latin1), (user) => {
      const escaped = escapeUser(user)
      return /^[A-Za-z0-9\-_.!~*'()+,%]+$/.test(escaped) && decodeUser(escaped) === user
    }),
  )
})

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

t.test('no name or number breaks out of its place', async (t) => {
  const nasty = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('"', '\\', '\r\n', '<', '>', '@', ';', ',', 'Via: x', 'ü', '%'), { maxLength: 8 })
      .map((a) => a.join('')),
  )
  fc.assert(
    fc.property(nasty, nasty, fc.boolean(), (name, number, hidden) => {
      const user = latin1(number)
      const trunk = target({ callerName: name, callerNumber: user, hidden })
      const forward = diversion(user, 'user-busy', { displayName: name, id: 'id', blockCallerId: hidden })
      const from = [fromForPhone({ user, name, anonymous: hidden }, 'pbx.example'), fromForTrunk(trunk, '192.0.2.1')]
      const lines = `${from.map((value) => `From: ${value}\r\n`).join('')}${identityHeaders(trunk, '192.0.2.1')}${diversionHeaders([forward], 'sip:x@y')}`
      const read = parseMessage(`INVITE sip:a@b SIP/2.0\r\n${lines}\r\n`)
      if (read === null || read.malformedHeaderLine) return false
      for (const line of lines.split('\r\n')) {
        if (line === '' || line.startsWith('Privacy')) continue
        if (!/^(From|P-Asserted-Identity|Diversion|History-Info): /.test(line)) return false
        const address = parseNameAddress(line.slice(line.indexOf(': ') + 2))
        if (address === null || (address.uri !== 'sip:@pbx.example' && parseUri(address.uri) === null && user !== ''))
          return false
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass()
})
