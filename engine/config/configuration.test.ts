import t from 'tap'
import type { ChangeResult, EntityWrite, Finding } from './configuration.ts'
import { Configuration } from './configuration.ts'
import type { Body, Kind } from './entities/kind.ts'
import { pathOfFinding, problemsOf } from './finding-list.ts'

const write = (kind: Kind, id: string, body: Body | null): EntityWrite => ({ kind, id, body })
const person = { firstName: 'A', lastName: 'B', email: 'a@b.test', site: 'london' }
const user = (id: string, more: Body = {}) => write('user', id, { userName: id, ...person, ...more })
const device = (id: string, of: string, more: Body = {}) =>
  write('device', id, { user: of, sipUserName: id, password: 'secret-123', ...more })

const company: readonly EntityWrite[] = [
  write('account', 'account', { name: 'Acme' }),
  write('pbx', 'north', { name: 'North', domain: 'north.test', dialCode: '21', country: 'GB' }),
  write('pbx', 'south', { name: 'South', domain: 'south.test', dialCode: '22', country: 'GB' }),
  write('site', 'london', { name: 'London', pbx: 'north', timeZone: 'Europe/London' }),
  write('site', 'bristol', { name: 'Bristol', pbx: 'south', timeZone: 'Europe/London' }),
  user('anna', { extension: '1001' }),
  user('ben', { extension: '1002', forwarding: { busy: { to: { user: 'anna' } } } }),
  user('cora', { extension: '1001', site: 'bristol' }),
  device('anna', 'anna'),
  write('phoneNumber', '+442079460101', { number: '+442079460101', user: 'anna' }),
  write('trunk', 'carrier', {
    name: 'Carrier',
    address: '192.0.2.1',
    trusted: [{ address: '192.0.2.1' }],
    prefixes: ['+'],
  }),
]

function begin(): Configuration {
  const configuration = Configuration.empty()
  const result = configuration.change(company)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return configuration
}

function problemsIn(result: ChangeResult): readonly Finding[] {
  return result.ok ? [] : result.problems
}

const of = (kind: Kind, id: string, configuration = begin()) => configuration.get(kind, id) ?? {}

const refusals: readonly [what: string, writes: readonly EntityWrite[], path: string, message: RegExp, cure: RegExp][] =
  [
    ['a wrong type', [user('dan', { lines: 'two' })], 'users[dan].lines', /whole number/, /1 to 4/],
    ['an unknown field', [user('dan', { extention: '1' })], 'users[dan].extention', /no such field/, /extension/],
    ['a missing field', [write('pbx', 'west', { name: 'W' })], 'pbxs[west].domain', /missing/, /host name/],
    ['no object', [write('user', 'dan', [] as unknown as Body)], 'users[dan]', /a list/, /userName/],
    ['a bad id', [user('a/b', { userName: 'dan' })], 'users[a/b].id', /form/, /letters/],
    ['another id in the body', [user('dan', { id: 'eve' })], 'users[dan].id', /another than dan/, /cannot be changed/],
    [
      'another number in the body',
      [write('phoneNumber', '+442079460199', { number: '+442079460198' })],
      'phoneNumbers[+442079460199].number',
      /another than/,
      /cannot be changed/,
    ],
    ['a dangling reference', [user('dan', { site: 'londn' })], 'users[dan].site', /no site/, /london/],
    [
      'a number that is not there',
      [user('dan', { primaryNumber: '+442079460199' })],
      'users[dan].primaryNumber',
      /not in phoneNumbers/,
      /Add it/,
    ],
    [
      "somebody else's number",
      [user('dan', { primaryNumber: '+442079460101' })],
      'users[dan].primaryNumber',
      /belongs to anna/,
      /user: dan/,
    ],
    ['a double extension', [user('dan', { extension: '1001' })], 'users[dan].extension', /by user anna$/, /another/],
    ['a double user name', [user('x', { userName: 'ANNA' })], 'users[x].userName', /by user anna$/, /another/],
    [
      'a double number',
      [
        write('phoneNumber', '+442079460102', { number: '+442079460102' }),
        write('phoneNumber', '+442079460102', { number: '+442079460102' }),
      ],
      'phoneNumbers[+442079460102].number',
      /already taken/,
      /Keep one/,
    ],
    [
      'a double dial code',
      [write('pbx', 'west', { name: 'W', domain: 'west.test', dialCode: '21', country: 'GB' })],
      'pbxs[west].dialCode',
      /by PBX north$/,
      /another/,
    ],
    [
      'a double SIP user name',
      [device('x', 'ben', { id: 'x', sipUserName: 'anna' })],
      'devices[x].sipUserName',
      /by device anna$/,
      /another/,
    ],
    [
      'a source of two trunks',
      [
        write('trunk', 'other', {
          name: 'O',
          address: '192.0.2.2',
          trusted: [{ address: '192.0.2.1' }],
          prefixes: [],
        }),
      ],
      'trunks[other].trusted[0]',
      /by trunk carrier$/,
      /one trunk/,
    ],
    [
      'an emergency number',
      [user('dan', { extension: '999' })],
      'users[dan].extension',
      /emergency number 999/,
      /another/,
    ],
    ['a feature code', [user('dan', { extension: '555' })], 'users[dan].extension', /feature code/, /another/],
    [
      'the code of the test line',
      [user('dan', { extension: '933' })],
      'users[dan].extension',
      /feature code/,
      /another/,
    ],
    [
      'a feature code of the own PBX',
      [write('pbx', 'north', { ...of('pbx', 'north'), featureCodes: { anyMailbox: '1001' } })],
      'pbxs[north].featureCodes.anyMailbox',
      /user anna/,
      /another/,
    ],
    [
      'an emergency number by dial code and extension, when the dial code comes',
      [
        write('pbx', 'north', {
          ...of('pbx', 'north'),
          dialCode: '9',
          extensionLength: { shortest: 2, longest: 6 },
        }),
        user('dan', { extension: '99' }),
      ],
      'users[dan].extension',
      /999/,
      /another/,
    ],
    [
      'a forward to oneself',
      [user('dan', { forwarding: { all: { to: { user: 'dan' } } } })],
      'users[dan].forwarding.all.to',
      /himself/,
      /another/,
    ],
    [
      'forwards in a circle',
      [
        user('anna', { extension: '1001', forwarding: { all: { to: { user: 'ben' } } } }),
        user('ben', { extension: '1002', forwarding: { all: { to: { number: '+442079460101' } } } }),
      ],
      'users[anna].forwarding.all',
      /anna to ben to anna/,
      /Take one/,
    ],
    [
      'a site moved to where its extensions are taken',
      [write('site', 'bristol', { ...of('site', 'bristol'), pbx: 'north' })],
      'users[cora].extension',
      /by user anna$/,
      /another/,
    ],
    [
      'something in use',
      [write('user', 'anna', null)],
      'users[anna]',
      /user ben \(forwarding\.busy\.to\.user\), device anna \(user\)/,
      /elsewhere/,
    ],
    ['the PBX of a site', [write('pbx', 'north', null)], 'pbxs[north]', /site london \(pbx\)/, /elsewhere/],
    ['what is not there', [write('user', 'nobody', null)], 'users[nobody]', /no user/, /Take it out/],
    ['the account', [write('account', 'account', null)], 'account', /cannot be deleted/, /Change it/],
    ['a second account', [write('account', 'other', { name: 'O' })], 'account', /by account account$/, /one account/],
    [
      'a line break in a name',
      [user('dan', { firstName: 'A\r\nB: c' })],
      'users[dan].firstName',
      /form/,
      /line breaks/,
    ],
    [
      'a calling plan that is nowhere',
      [user('dan', { callingPlan: 'nowhere' })],
      'users[dan].callingPlan',
      /no calling plan/,
      /^Use emergency-only, domestic, international or the id/,
    ],
    ['a zero byte in a name', [user('dan', { firstName: 'A\0' })], 'users[dan].firstName', /form/, /line breaks/],
    [
      'a trunk at an address that is none',
      [write('trunk', 'x', { name: 'X', address: '300.0.0.1', trusted: [], prefixes: [] })],
      'trunks[x].address',
      /no IP address/,
      /host name/,
    ],
  ]

t.test('what does not fit is refused with its place and a cure, and nothing changes', async (t) => {
  for (const [what, writes, path, message, cure] of refusals) {
    const configuration = begin()
    const before = JSON.stringify([...configuration.all('user'), ...configuration.all('pbx')])
    const result = configuration.change(writes)
    const found = problemsIn(result).filter((finding) => pathOfFinding(finding) === path)
    t.match(found, [{ message, cure }], `${what}: ${JSON.stringify(problemsIn(result))}`)
    t.equal(found.length, 1, `${what}: once`)
    t.equal(
      JSON.stringify([...configuration.all('user'), ...configuration.all('pbx')]),
      before,
      `${what}: nothing changed`,
    )
  }
})

t.test('a change that makes up for what it breaks is taken', async (t) => {
  const configuration = begin()
  const swapped = configuration.change([user('anna', { extension: '1002' }), user('ben', { extension: '1001' })])
  t.ok(swapped.ok, 'two extensions swapped')
  const gone = configuration.change([
    write('user', 'anna', null),
    write('device', 'anna', null),
    write('phoneNumber', '+442079460101', { number: '+442079460101' }),
  ])
  t.ok(gone.ok, 'a user with what points at him')
  t.equal(configuration.get('user', 'anna'), undefined)
  t.equal(configuration.count('user'), 2)
  t.ok(configuration.change([user('dan', { extension: '1002' })]).ok, 'his extension is free')
})

t.test('an account may take the place of another', async (t) => {
  const configuration = begin()
  const result = configuration.change([write('account', 'acme', { name: 'Acme' }), write('account', 'account', null)])
  t.ok(result.ok)
  t.equal(configuration.count('account'), 1)
})

t.test('without an account there is nothing', async (t) => {
  const result = Configuration.empty().change([
    write('pbx', 'north', { name: 'North', domain: 'north.test', country: 'GB' }),
  ])
  t.match(problemsIn(result), [{ kind: 'account', message: /no account/ }])
})

t.test('bodies get their id, and writing what is there changes nothing', async (t) => {
  const configuration = begin()
  t.equal(configuration.get('device', 'anna')?.['id'], 'anna')
  t.equal(configuration.get('phoneNumber', '+442079460101')?.['id'], undefined, 'a number is its own id')
  const again = configuration.change(company)
  t.ok(again.ok && again.changes.length === 0)
  const result = configuration.change([user('anna', { extension: '1003' })])
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  t.match(result.changes, [{ kind: 'user', id: 'anna', before: { extension: '1001' }, after: { extension: '1003' } }])
})

t.test('a change can be tried, and taken back until the next', async (t) => {
  const configuration = begin()
  t.ok(configuration.change([user('dan')], { dryRun: true }).ok)
  t.equal(configuration.count('user'), 3)
  const made = configuration.change([user('dan')])
  if (!made.ok) throw new Error(JSON.stringify(made.problems))
  made.undo()
  t.equal(configuration.get('user', 'dan'), undefined)
  const first = configuration.change([user('dan')])
  configuration.change([user('eve')])
  if (!first.ok) throw new Error(JSON.stringify(first.problems))
  t.throws(() => first.undo(), /another change/)
})

t.test('a user who is deactivated is a warning for those who forward to him, until he is back', async (t) => {
  const configuration = begin()
  const mine = () => configuration.warnings().findings.filter(({ id, path }) => id === 'ben' && path !== '')
  t.equal(mine().length, 0)
  const result = configuration.change([user('anna', { extension: '1001', active: false })])
  t.match(
    result.warnings.filter(({ id, path }) => id === 'ben' && path !== ''),
    [{ write: -1, message: /deactivated/ }],
  )
  t.match(mine(), [{ path: 'forwarding.busy.to.user' }])
  configuration.change([user('anna', { extension: '1001' })])
  t.equal(mine().length, 0)
})

t.test('names of 64 characters in any script are names, and so are those that would be code elsewhere', async (t) => {
  const names = [
    '字'.repeat(64),
    'Ж'.repeat(64),
    'م'.repeat(64),
    '𝔸'.repeat(32),
    "Robert'); DROP TABLE entity;--",
    '"<b>&\\',
  ]
  for (const name of names) {
    const configuration = begin()
    const result = configuration.change([user('dan', { firstName: name, lastName: name })])
    t.equal(problemsIn(result).length, 0, name)
    t.equal(configuration.get('user', 'dan')?.['firstName'], name)
  }
})

t.test('no problem shows a secret, whatever it is called', async (t) => {
  const bodies: Body[] = [{ password: 's3cret' }, { pasword: 's3cret-long-enough' }, { password: ['s3cret'] }]
  for (const more of bodies) {
    const result = begin().change([device('x', 'anna', more)])
    t.equal(result.ok, false)
    t.notMatch(JSON.stringify(result), /s3cret/)
  }
  const pin = begin().change([user('dan', { voicemailPin: 's3cret' })])
  t.equal(pin.ok, false)
  t.notMatch(JSON.stringify(pin), /s3cret/)
})

t.test('a reference that is nearly right is answered with what may be meant', async (t) => {
  const configuration = begin()
  configuration.change(Array.from({ length: 30 }, (_, index) => user(`person${index}`)))
  const result = configuration.change([device('x', 'persn7')])
  t.match(problemsIn(result), [{ path: 'user', value: 'persn7', cure: /Did you mean person7/ }])
})

t.test('problems and referrers beyond the limit are counted', async (t) => {
  const configuration = begin()
  const many = Array.from({ length: 150 }, (_, index) => user(`u${index}`, { site: 'nowhere' }))
  const result = configuration.change(many)
  if (result.ok) throw new Error('accepted')
  t.equal(result.problems.length, 100)
  t.equal(result.unlistedProblems, 50)
  const shown = problemsOf({ findings: result.problems, unlisted: result.unlistedProblems })
  t.match(shown.at(-1), { message: '50 more problems are not listed' })
  configuration.change(Array.from({ length: 20 }, (_, index) => device(`d${index}`, 'ben')))
  t.match(problemsIn(configuration.change([write('user', 'ben', null)])), [{ message: /and 10 more$/ }])
})

t.test('more of a kind than memory is meant for are refused', async (t) => {
  const listeners = Array.from({ length: 101 }, (_, index) =>
    write('listener', `127.0.0.1-${index + 1}-UDP-TCP`, { bind: '127.0.0.1', port: index + 1 }),
  )
  t.match(problemsIn(begin().change(listeners)), [{ message: /after the 100th/ }])
})
