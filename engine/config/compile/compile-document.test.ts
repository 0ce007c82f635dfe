import t from 'tap'
import { readDocument } from '../read-document.ts'
import { sampleDocument } from '../sample.ts'
import { compile } from './compile-document.ts'

let count = 0
const random = { token: (length: number) => `${count++}`.padStart(length, 'k') }

function snapshotOf(text: string) {
  const reading = readDocument(text, 'a.yaml')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return compile(reading.document, 7)
}

t.test('the sample company is sound and compiles', async (t) => {
  const sample = sampleDocument(random)
  const reading = readDocument(sample.text, 'sample.yaml')
  t.match(reading, { ok: true, warnings: [] })
  if (!reading.ok) return
  t.equal(reading.document.sample, true)
  const snapshot = compile(reading.document, 7)
  t.equal(snapshot.revision, 7)
  t.equal(snapshot.users.size, 6)
  t.equal(new Set(sample.rows.map((row) => row.password)).size, 6, 'each has a password of his own')
  for (const row of sample.rows) {
    const device = snapshot.devicesBySipUserName.get(row.userName)
    t.equal(device?.password, row.password)
    const user = snapshot.users.get(device?.userId ?? '')
    t.equal(user?.extension, row.extension)
    t.equal(user?.devices[0], device)
    t.equal(user?.pbx.domain, row.domain)
    t.equal(snapshot.extensions.get(user?.pbx.id ?? '')?.find(row.extension, 0, row.extension.length), user)
  }
  const [trunk] = snapshot.trunks
  t.match(trunk, { hosts: [{ host: '127.0.0.1' }], prefixes: [], trusted: [{ address: '127.0.0.1', port: 5090 }] })
  const [dialling] = snapshot.dialling.values()
  t.equal(dialling?.trunksByPrefix.trunks.size, 0, 'it carries no outside numbers')
  t.same([...(dialling?.emergencyTrunks ?? [])], [['GB', []]], 'nor emergency calls')
})

t.test('defaults, references and order', async (t) => {
  const snapshot = snapshotOf(`
account: { name: Acme }
pbxs:
  - { id: north, name: North, domain: north.test, dialCode: 2, country: GB }
  - { id: south, name: South, domain: south.test, dialCode: 221, country: DE }
  - { id: west, name: West, domain: west.test, country: GB }
sites:
  - { id: n, name: N, pbx: north, timeZone: Europe/London, mainNumber: +442079460100, mainNumberForAll: true }
  - { id: s, name: S, pbx: south, timeZone: Europe/Berlin }
  - { id: w, name: W, pbx: west, timeZone: Europe/London }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001 }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: w, extension: 3001, primaryNumber: +442079460102 }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: w, extension: 1001, id: c-1 }
phoneNumbers:
  - number: +442079460100
  - { number: +442079460101, user: ben }
  - { number: +442079460102, user: ben }
trunks:
  - { id: a, name: A, address: 192.0.2.1, trusted: [], prefixes: [+, +49], priority: 20 }
  - { id: b, name: B, address: 192.0.2.2, trusted: [], prefixes: [+49], priority: 10, country: DE }
  - { id: c, name: C, address: 192.0.2.3, trusted: [], prefixes: [+], emergency: first, country: DE }
  - { id: d, name: D, address: 192.0.2.4, trusted: [], prefixes: [+], emergency: never }
`)
  const dialling = snapshot.dialling.get('account')
  t.equal(snapshot.accounts[0]?.id, 'account')
  t.same(dialling?.dialCodeLengths, [3, 1])
  t.same([...(dialling?.extensionsByDialCode.find('2', 0, 1)?.values() ?? [])], [snapshot.users.get('anna')])
  t.equal(dialling?.extensionsByDialCode.find('221', 0, 3), undefined, 'nobody in South has an extension')
  t.equal(dialling?.extensionLengths, 1 << 4)
  t.same(dialling?.trunksByPrefix.lengths, [3, 0])
  t.same(
    dialling?.trunksByPrefix.trunks.get('+49')?.map((trunk) => trunk.id),
    ['b', 'a'],
  )
  t.same([...(dialling?.holdersByUniqueExtension.values() ?? [])], ['ben'], '1001 exists twice')
  const anna = snapshot.users.get('anna')
  t.match(anna, { lines: 2, ringSeconds: 15, callWaiting: true, active: true, forwarding: null, blockList: null })
  t.match(anna?.site, { mainNumber: '+442079460100', mainNumberForAll: true, country: 'GB' })
  t.same(
    dialling?.emergencyTrunks.get('GB')?.map((trunk) => trunk.id),
    ['a'],
  )
  t.same(
    dialling?.emergencyTrunks.get('DE')?.map((trunk) => trunk.id),
    ['c', 'b'],
  )
  const ben = snapshot.users.get('ben')
  t.match(ben, {
    primaryNumber: '+442079460102',
    numbers: ['+442079460101', '+442079460102'],
  })
  t.equal(snapshot.phoneNumbers.get('+442079460100')?.holder, '')
})

t.test('a number that is being ported is not ours, and its temporary number stands in for it', async (t) => {
  const numbers = (status: string) => {
    const reading = readDocument(
      `
account: { name: Acme }
pbxs: [{ id: p, name: P, domain: p.test, country: GB }]
sites: [{ id: s, name: S, pbx: p, timeZone: Europe/London }]
users: [{ userName: anna, firstName: A, lastName: A, email: a@b.c, site: s, primaryNumber: +442079460101 }]
phoneNumbers:
  - { number: +442079460101, user: anna${status} }
  - number: +442079460102
`,
      'a.yaml',
    )
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
    const { phoneNumbers, users } = compile(reading.document, 1)
    const anna = users.get('anna')
    const holders = ['+442079460101', '+442079460102'].map((number) => phoneNumbers.get(number)?.holder ?? 'not ours')
    return [...holders, anna?.primaryNumber, anna?.numbers.join()]
  }
  t.same(numbers(''), ['anna', '', '+442079460101', '+442079460101'])
  t.same(numbers(', status: pending'), ['not ours', '', '', ''])
  const standingIn = numbers(', status: pending, temporaryNumber: +442079460102')
  t.same(standingIn, ['not ours', 'anna', '+442079460102', '+442079460102'])
})
