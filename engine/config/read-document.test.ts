import t from 'tap'
import type { Problem } from './problem.ts'
import { readDocument } from './read-document.ts'

const base = `
account: { name: Acme }
pbxs:
  - { id: north, name: North, domain: north.test, dialCode: 21, country: GB }
  - { id: south, name: South, domain: south.test, dialCode: 22, country: GB }
sites:
  - { id: london, name: London, pbx: north, timeZone: Europe/London, areaCode: 020 }
  - { id: bristol, name: Bristol, pbx: south, timeZone: Europe/London }
`

function user(name: string, extension: string, more = '', site = 'london'): string {
  return `  - { userName: ${name}, firstName: A, lastName: B, email: a@b.test, site: ${site}, extension: ${extension}${more} }\n`
}

function problemsOf(text: string, fileName = 'a.yaml'): readonly Problem[] {
  const reading = readDocument(text, fileName)
  return reading.ok ? [] : reading.problems
}

t.test('what looks like a number stays as it was written', async (t) => {
  const text = `${base}users:\n${user('anna', '0100')}phoneNumbers:\n  - { number: +442079460101, user: anna }\n`
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  t.equal(reading.document.users?.[0]?.extension, '0100')
  t.equal(reading.document.phoneNumbers?.[0]?.number, '+442079460101')
  t.equal(reading.document.pbxs[0]?.dialCode, '21')
})

t.test('JSON is read too, and a number where text belongs is explained', async (t) => {
  const good = { account: { name: 'A' }, pbxs: [{ id: 'a', name: 'A', domain: 'a.test', country: 'GB' }] }
  t.ok(readDocument(JSON.stringify(good), 'a.json').ok)
  const bad = { ...good, pbxs: [{ ...good.pbxs[0], dialCode: 22 }] }
  const [problem] = problemsOf(JSON.stringify(bad), 'a.json')
  t.match(problem, { path: 'pbxs[0].dialCode', value: '22', message: /text/ })
})

t.test('a heading with nothing below is an empty list', async (t) => {
  t.ok(readDocument(`${base}users:\n  # nobody yet\ntrunks:\n`, 'a.yaml').ok)
})

const mistakes: readonly [what: string, text: string, path: string, message: RegExp, cure: RegExp][] = [
  ['an unknown field', `${base}usres: []\n`, 'usres', /no such field/, /users/],
  ['a missing field', 'account: {}\npbxs: []\n', 'account.name', /missing/, /1 to 100/],
  ['no PBX', 'account: { name: A }\npbxs: []\n', 'pbxs', /no PBX/, /at least one/],
  [
    'ring seconds',
    `${base}users:\n${user('a', '1001', ', ringSeconds: 121')}`,
    'users[0].ringSeconds',
    /120/,
    /1 to 120/,
  ],
  ['lines', `${base}users:\n${user('a', '1001', ', lines: 0')}`, 'users[0].lines', /1/, /1 to 4/],
  ['a time zone', base.replace('Europe/London', 'Mars/Base'), 'sites[0].timeZone', /time zone/, /IANA/],
  ['a country', base.replace('country: GB', 'country: XX'), 'pbxs[0].country', /not known/, /GB/],
  ['a number', `${base}phoneNumbers: [{ number: 0207946 }]\n`, 'phoneNumbers[0].number', /form/, /\+/],
  [
    'a double extension',
    `${base}users:\n${user('a', '1001')}${user('b', '1001')}`,
    'users[1].extension',
    /users\[0\]/,
    /another/,
  ],
  [
    'a double user name',
    `${base}users:\n${user('a', '1001')}${user('A', '1002')}`,
    'users[1].userName',
    /users\[0\]/,
    /another/,
  ],
  ['a double dial code', base.replace('dialCode: 22', 'dialCode: 21'), 'pbxs[1].dialCode', /pbxs\[0\]/, /another/],
  [
    'a site that is not there',
    `${base}users:\n${user('a', '1001', '', 'paris')}`,
    'users[0].site',
    /no site/,
    /london/,
  ],
  [
    'a device of nobody',
    `${base}devices: [{ user: x, sipUserName: x, password: 12345678 }]\n`,
    'devices[0].user',
    /no user/,
    /userName/,
  ],
  [
    'an emergency number',
    `${base}users:\n${user('a', '999')}`,
    'users[0].extension',
    /emergency number 999/,
    /another/,
  ],
  ['a feature code', `${base}users:\n${user('a', '555')}`, 'users[0].extension', /feature code/, /another/],
  [
    'dial code and extension that make an emergency number',
    `${base.replace('dialCode: 22', 'dialCode: 9, extensionLength: { shortest: 2, longest: 6 }')}users:\n${user('a', '99', '', 'bristol')}`,
    'users[0].extension',
    /999/,
    /another/,
  ],
  [
    'an extension too long',
    `${base}users:\n${user('a', '1234567')}`,
    'users[0].extension',
    /3 to 6/,
    /extensionLength/,
  ],
  [
    'a forward to nobody',
    `${base}users:\n${user('a', '1001', ', forwarding: { busy: { to: { user: x } } }')}`,
    'users[0].forwarding.busy.to.user',
    /no user/,
    /id/,
  ],
  [
    'a forward to two',
    `${base}users:\n${user('a', '1001', ', forwarding: { busy: { to: { busy: true, number: +442079460000 } } }')}`,
    'users[0].forwarding.busy.to',
    /more than one/,
    /exactly one/,
  ],
  [
    'a forward abroad without permission',
    `${base}users:\n${user('a', '1001', ', forwarding: { all: { to: { number: +33123456789 } } }')}`,
    'users[0].forwarding.all.to.number',
    /abroad/,
    /internationalForwarding/,
  ],
  [
    'a circle of forward all',
    `${base}users:\n${user('a', '1001', ', forwarding: { all: { to: { user: b } } }')}${user('b', '1002', ', forwarding: { all: { to: { user: a } } }')}`,
    'users[0].forwarding.all',
    /a to b to a/,
    /Take one/,
  ],
  [
    'a blocked extension that nobody has',
    `${base.replace('name: Acme', "name: Acme, blockList: { callers: ['4711'] }")}`,
    'account.blockList.callers[0]',
    /nobody/,
    /number/,
  ],
  [
    'a trunk at an address that is none',
    `${base}trunks: [{ id: t, name: T, address: 192.0.2.999, trusted: [], prefixes: [+] }]\n`,
    'trunks[0].address',
    /no IP address/,
    /host name/,
  ],
  [
    'two transports over TCP on one port',
    `${base}listeners: [{ bind: 127.0.0.1, port: 5061, transports: [UDP, TCP, TLS] }]\n`,
    'listeners[0].port',
    /only one of TCP, TLS, WS and WSS/,
    /Leave the port out/,
  ],
  [
    'a key without its certificate',
    `${base}listeners: [{ bind: 127.0.0.1, transports: [TLS], key: /etc/key.pem }]\n`,
    'listeners[0].key',
    /no certificate with it/,
    /Write both/,
  ],
  [
    'an origin with a path',
    `${base}listeners: [{ bind: 127.0.0.1, transports: [WS], origins: ['https://a.example/phone'] }]\n`,
    'listeners[0].origins[0]',
    /./,
    /origin as browsers do/,
  ],
  [
    'two listeners of one port, one of them for TLS',
    `${base}listeners: [{ bind: 127.0.0.1, port: 5061, transports: [TCP] }, { bind: 127.0.0.1, transports: [TLS] }]\n`,
    'listeners[1].bind',
    /./,
    /another port/,
  ],
  [
    'a network',
    `${base}listeners: [{ bind: 127.0.0.1, localNetworks: [10.0.0.0/33] }]\n`,
    'listeners[0].localNetworks[0]',
    /no network/,
    /length/,
  ],
]

t.test('a mistake is named with its place, its value and a cure', async (t) => {
  for (const [what, text, path, message, cure] of mistakes) {
    const found = problemsOf(text).filter((problem) => problem.path === path)
    t.match(found, [{ message, cure }], what)
    t.equal(found.length, 1, `${what}: once`)
  }
})

t.test('all mistakes are reported at once, up to a limit', async (t) => {
  t.equal(
    problemsOf(`${base}users:\n${user('a', '999', ', lines: 9')}${user('b', '112', ', ringSeconds: 0')}`).length,
    4,
  )
  const many = Array.from({ length: 300 }, (_, index) => user(`u${index}`, '1001')).join('')
  const problems = problemsOf(`${base}users:\n${many}`)
  t.equal(problems.length, 101)
  t.match(problems.at(-1), { message: '199 more problems are not listed' })
})

t.test('two readings of one string are a warning that names both', async (t) => {
  const reading = readDocument(`${base}users:\n${user('a', '22100')}${user('b', '100', '', 'bristol')}`, 'a.yaml')
  t.ok(reading.ok)
  t.match(
    reading.warnings.filter((warning) => warning.path === 'users[0].extension'),
    [{ message: /\(a\).*22.*100.*\(b\)/ }],
  )
})

t.test('an extension that begins like an emergency number is a warning, and an error in the USA', async (t) => {
  const text = `${base}users:\n${user('a', '9991')}`
  const reading = readDocument(text, 'a.yaml')
  t.ok(reading.ok)
  t.match(
    reading.warnings.filter((warning) => warning.path === 'users[0].extension'),
    [{ message: /999/ }],
  )
  const american = text.replaceAll('country: GB', 'country: US').replace('9991', '9111')
  t.match(problemsOf(american), [{ path: 'users[0].extension', message: /911/ }])
})

t.test('a dial code that begins with an emergency number is a warning', async (t) => {
  const codes = (text: string) => {
    const reading = readDocument(text, 'a.yaml')
    t.ok(reading.ok)
    return reading.warnings.filter(({ path }) => path.endsWith('.dialCode'))
  }
  t.same(codes(base), [])
  t.match(codes(base.replace('dialCode: 22', 'dialCode: 999')), [
    { path: 'pbxs[1].dialCode', value: '999', message: /999/ },
  ])
  t.match(codes(base.replace('dialCode: 22', 'dialCode: 9991')), [{ path: 'pbxs[1].dialCode', message: /999/ }])
})

t.test('documents made to harm are refused', async (t) => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let level = 0; level < 8; level++) {
    const before = String.fromCharCode(97 + level)
    const name = String.fromCharCode(98 + level)
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
  }
  t.match(problemsOf(bomb.join('\n')), [{ message: /cannot be read/ }])
  const nested = [{ path: '', message: /cannot be read: lists and fields are nested more than 32 deep/ }]
  for (const deep of [
    `a: ${'['.repeat(1_000_000)}`,
    '- '.repeat(100_000),
    Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  ]) {
    const from = performance.now()
    t.match(problemsOf(deep), nested, deep.slice(0, 10))
    t.ok(performance.now() - from < 2000, 'refused before it is taken apart')
  }
  t.notMatch(problemsOf(`a: ${'['.repeat(32)}${']'.repeat(32)}`), nested)
  t.match(problemsOf('a: b\n---\nc: d'), [{ message: /second document begins at line 2/ }])
  t.match(problemsOf('a: 1\na: 2'), [{ message: /must be unique at line 2, column 1/ }])
  t.match(problemsOf('{"a":', 'a.json'), [{ message: /not JSON/ }])
  t.match(problemsOf('a: b: c'), [{ message: /not YAML/ }])
  t.ok(problemsOf('').length > 0)
  t.ok(problemsOf('42').length > 0)
  t.ok(problemsOf('{"__proto__": {"x": 1}, "account": null}', 'a.json').length > 0)
})

t.test('JSON made to harm is refused too, in bounded time', async (t) => {
  const deep = `{"account": ${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}, "pbxs": []}`
  t.match(problemsOf(deep, 'a.json'), [{ path: '', value: '', message: /nested 1000001 deep/ }])
  const deepUser = `{"account": {"name": "A"}, "pbxs": [], "users": [${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]}`
  t.ok(problemsOf(deepUser, 'a.json').length > 0)
  const many = `{"users": [${'[],'.repeat(5_000_000)}[]]}`
  t.match(problemsOf(many, 'a.json'), [{ path: '', value: '', message: /has about \d+ values/ }])
  const manyFields = Array.from({ length: 100_000 }, (_, index) => `"field${index}": 1`).join(',')
  for (const text of [
    `{"account": {"name": "A", ${manyFields}}, "pbxs": []}`,
    `{"account": {"name": "A"}, "pbxs": [], ${manyFields}}`,
  ]) {
    const unknown = problemsOf(text, 'a.json').filter(({ path }) => path.endsWith('field0'))
    t.match(unknown, [{ message: 'there is no such field' }])
  }
  const hidden = `{"account": {${manyFields}, "name": [1]}, "pbxs": [{"id": "a"}]}`
  t.ok(problemsOf(hidden, 'a.json').length > 0, 'wrong types behind unknown fields')
  t.ok(problemsOf(`{${manyFields}}`, 'a.json').length > 0)
  const manyUsers = Array.from({ length: 100_000 }, () => '{"userName": 1}').join(',')
  const problems = problemsOf(`{"account": {"name": "A"}, "pbxs": [], "users": [${manyUsers}]}`, 'a.json')
  t.ok(problems.length < 200)
  t.match(
    problems.find(({ message }) => /not listed/.test(message)),
    { message: /^[0-9]+ more problems/ },
  )
  const tooMany = Array.from({ length: 1001 }, () => '{}').join(',')
  const found = problemsOf(`{"account": {"name": "A"}, "pbxs": [${tooMany}]}`, 'a.json')
  t.match(found, [{ path: 'pbxs', message: /too long/, cure: /1000/ }])
})

t.test('a document of 100 MB is refused before it is read', async (t) => {
  t.match(problemsOf(`account: ${'x'.repeat(100_000_000)}`), [{ message: /100000009 characters/, cure: /67108864/ }])
})

t.test('a value that holds itself is a mistake like others', async (t) => {
  const reading = readDocument('account: &account [*account]', 'company.yaml')
  t.equal(reading.ok, false)
})

t.test('no problem shows a password', async (t) => {
  const device = (fields: string) => `${base}devices: [{ user: x, sipUserName: x, ${fields} }]\n`
  for (const text of [device('password: s3cret'), device('pasword: s3cret-long'), device('password: [s3cret]')]) {
    const problems = problemsOf(text)
    t.ok(problems.length > 0)
    t.notMatch(JSON.stringify(problems), /s3cret/)
  }
  t.notMatch(JSON.stringify(problemsOf('{"password": s3cret}', 'a.json')), /s3cret/)
})
