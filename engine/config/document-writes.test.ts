import fc from 'fast-check'
import t from 'tap'
import { stringify } from 'yaml'
import { Configuration } from './configuration.ts'
import { difference, formatDifference } from './difference.ts'
import { documentOf } from './document-of.ts'
import { writesOfDocument } from './document-writes.ts'
import { readDocument } from './read-document.ts'
import { sampleDocument } from './sample.ts'

const sample = sampleDocument({ token: (length) => 'x'.repeat(length) }).text

function configurationOf(text: string): Configuration {
  const reading = readDocument(text, 'company.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return reading.configuration
}

function applied(configuration: Configuration, text: string, fileName: string, prune = true) {
  const reading = writesOfDocument(text, fileName, configuration, { prune })
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const result = configuration.change(reading.writes, { placeOf: reading.placeOf })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.changes
}

t.test('the sample company is taken in whole and without mistakes', async (t) => {
  const configuration = Configuration.empty()
  const changes = applied(configuration, sample, 'company.yaml')
  t.ok(changes.every(({ before }) => before === null))
  t.equal(configuration.count('user'), 6)
  t.equal(configuration.get('account', 'account')?.['sample'], true)
  t.equal(documentOf(configuration).sample, true)
  t.notOk('sample' in documentOf(configuration).account)
})

t.test('applying an export changes nothing, as YAML and as JSON, with and without secrets', async (t) => {
  const configuration = configurationOf(sample)
  const open = documentOf(configuration, { secretOf: (_entity, _field, value) => value })
  const closed = documentOf(configuration)
  t.match(JSON.stringify(open), /xxxxxxxx/)
  t.notMatch(JSON.stringify(closed), /xxxxxxxx/)
  for (const document of [open, closed]) {
    t.same(applied(configuration, stringify(document), 'export.yaml'), [])
    t.same(applied(configuration, JSON.stringify(document), 'export.json'), [])
  }
  t.equal(readDocument(JSON.stringify(open), 'a.json').ok, true)
})

t.test('an export does not depend on the order in which things were made', async (t) => {
  const document = documentOf(configurationOf(sample), { secretOf: (_entity, _field, value) => value })
  const users = document.users ?? []
  const numbers = document.phoneNumbers ?? []
  fc.assert(
    fc.property(
      fc.shuffledSubarray(users, { minLength: users.length }),
      fc.shuffledSubarray(numbers, { minLength: numbers.length }),
      (shuffledUsers, shuffledNumbers) => {
        const text = JSON.stringify({ ...document, users: shuffledUsers, phoneNumbers: shuffledNumbers })
        const reading = readDocument(text, 'a.json')
        if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
        const again = documentOf(reading.configuration, { secretOf: (_entity, _field, value) => value })
        return JSON.stringify(again) === JSON.stringify(document)
      },
    ),
    { numRuns: 50 },
  )
  t.pass()
})

t.test('what a document does not list stays, or goes with prune', async (t) => {
  const configuration = configurationOf(sample)
  const document = documentOf(configuration)
  const { phoneNumbers = [], ...others } = document
  const shorter = { ...others, phoneNumbers: phoneNumbers.slice(1), trunks: [] }
  t.same(applied(configuration, JSON.stringify({ ...shorter, sites: others.sites }), 'a.json', false), [])
  const [first] = phoneNumbers
  const reading = writesOfDocument(JSON.stringify({ ...others, phoneNumbers, trunks: [] }), 'a.json', configuration, {
    prune: true,
  })
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  t.same(
    reading.writes.filter(({ body }) => body === null),
    [{ kind: 'trunk', id: 'sample-carrier', body: null }],
  )
  t.ok(configuration.change(reading.writes).ok)
  t.ok(configuration.get('phoneNumber', first?.number ?? '') !== undefined)
})

t.test('a document that leads elsewhere is found out against what is there', async (t) => {
  const configuration = configurationOf(sample)
  const text = `account: { name: A }\npbxs: []\nusers: [{ userName: x }]\nusres: []\n`
  const reading = writesOfDocument(text, 'a.yaml', configuration, { prune: false })
  if (reading.ok) throw new Error('accepted')
  const paths = reading.problems.map(({ path }) => path)
  t.ok(paths.includes('users[0].firstName'))
  t.ok(paths.includes('usres'))
})

t.test('a new secret is taken, and a device without any is refused', async (t) => {
  const configuration = configurationOf(sample)
  const document = documentOf(configuration)
  const devices = (document.devices ?? []).map((each) =>
    each.id === 'anna' ? { ...each, password: 'new-12345' } : each,
  )
  const changes = applied(configuration, JSON.stringify({ ...document, devices }), 'a.json')
  t.same(formatDifference(changes), ['~ device anna: password changed'])
  const another = [...devices, { user: 'anna', sipUserName: 'anna2' }]
  const reading = writesOfDocument(JSON.stringify({ ...document, devices: another }), 'a.json', configuration, {
    prune: true,
  })
  if (reading.ok) throw new Error('accepted')
  t.match(reading.problems, [{ path: 'devices[6].password', value: '', message: /missing/ }])
})

t.test('a difference is told in lines for people', async (t) => {
  const before = configurationOf(sample)
  const after = configurationOf(
    sample
      .replace('ringSeconds: 10', 'ringSeconds: 12')
      .replace('to: { user: cora }', 'to: { user: anna }')
      .replace("callers: ['1001']", "callers: ['1001', anonymous]")
      .replace('name: Sample carrier', 'name: Carrier')
      .replace("  - number: '+442079460100'\n", "  - number: '+442079460100'\n  - number: '+442079460199'\n"),
  )
  t.same(formatDifference(difference(before, after)), [
    '~ trunk sample-carrier: name Sample carrier -> Carrier',
    '~ user ben: ringSeconds 10 -> 12',
    '~ user ben: forwarding.noAnswer.to.user cora -> anna',
    '~ user emma: blockList.callers with anonymous',
    '+ phone number +442079460199',
  ])
  t.same(formatDifference(difference(after, before)).at(-1), '- phone number +442079460199')
  t.same(difference(before, before), [])
})
