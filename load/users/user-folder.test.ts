import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readDocument } from '../../engine/config/read-document.ts'
import type { PopulationPlan } from './population.ts'
import { phonesOf, readCarrier, readRows, writeUserFolder } from './user-folder.ts'

const plan: PopulationPlan = {
  count: 25,
  pbx: 'load',
  domain: 'load.test',
  firstExtension: 300_000,
  dialCode: '81',
  carrierAddress: '127.0.0.1',
  carrierPort: 6060,
}

function folderOf(t: { teardown(remove: () => void): void }, changes: Partial<PopulationPlan> = {}): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'ringdown-test-')), 'users')
  t.teardown(() => rmSync(join(folder, '..'), { recursive: true, force: true }))
  let made = 0
  writeUserFolder(folder, { ...plan, ...changes }, () => `password-${made++}`)
  return folder
}

t.test('the document has no mistakes, and everybody of the files in it', async (t) => {
  const folder = folderOf(t)
  const reading = readDocument(readFileSync(join(folder, 'document.json'), 'utf8'), 'document.json')
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  const { document } = reading
  t.same(reading.warnings, [])
  t.equal(document.users?.length, 25)
  t.equal(document.pbxs.length, 2)
  const devices = new Map(document.devices?.map((device) => [device.sipUserName, device]))
  for (const [name = '', password, domain] of readRows(folder, 'users.csv')) {
    t.equal(devices.get(name)?.password, password)
    t.same(devices.get(name)?.digestAlgorithms, ['MD5'], 'what SIPp knows')
    const user = document.users?.find(({ userName }) => userName === name)
    const pbx = document.sites?.find(({ id }) => id === user?.site)?.pbx
    t.equal(document.pbxs.find(({ id }) => id === pbx)?.domain, domain)
  }
  const numbers = new Map(document.phoneNumbers?.map(({ number, user }) => [number, user]))
  const userOf = (number = '') => document.users?.find(({ userName }) => userName === numbers.get(number))
  for (const [, dialled, rings] of readRows(folder, 'calls.csv')) t.equal(userOf(dialled)?.userName, rings)
  for (const [, dialled, rings] of readRows(folder, 'forwarding.csv')) {
    t.same(userOf(dialled)?.forwarding, { all: { to: { user: rings } } })
  }
  for (const [caller, dialled] of readRows(folder, 'blocked-caller.csv')) {
    t.same(userOf(dialled)?.blockList, { callers: [caller] })
  }
  for (const [, dialled, rings, second, third] of readRows(folder, 'call-waiting.csv')) {
    t.equal(userOf(dialled)?.userName, rings)
    t.equal(userOf(dialled)?.lines, 2)
    t.not(second, third)
  }
  const dialCodes = readRows(folder, 'dial-code.csv')
  t.equal(dialCodes.length, 2)
  for (const [, , domain, dialled] of dialCodes) {
    t.equal(domain, 'branch.load.test')
    t.equal(dialled, '81300000', 'one for all')
  }
  t.same(document.trunks?.[0]?.trusted, [{ address: '127.0.0.1', port: 6060 }])
  t.same(document.trunks?.[0]?.prefixes, [], 'no call of others ends there')
})

t.test('only the owner may read the folder, and a run finds what it needs in it', async (t) => {
  const folder = folderOf(t, { carrierPort: 7000 })
  t.equal(statSync(folder).mode & 0o077, 0)
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o077, 0, name)
  t.same(readCarrier(folder), { address: '127.0.0.1', port: 7000 })
  t.same(phonesOf(folder, new Set(['load-0000003'])), [
    { sipUserName: 'load-0000003', password: 'password-3', domain: 'load.test' },
  ])
})

t.test('what does not fit is named', async (t) => {
  t.throws(() => folderOf(t, { count: 9 }), /--count is 9: write a whole number from 10 to 100000/)
  t.throws(() => folderOf(t, { count: 30, firstExtension: 980 }), /980: 30 extensions from there on/)
  const folder = folderOf(t)
  t.throws(() => writeUserFolder(folder, plan, () => 'password'), /is not empty: name a new folder/)
  t.throws(() => phonesOf(folder, new Set(['nobody'])), /users\.csv has no line for nobody/)
  const path = join(folder, 'calls.csv')
  writeFileSync(path, 'SEQUENTIAL\n# a remark\n+99920000000;+99910000000\n')
  t.throws(() => readRows(folder, 'calls.csv'), /calls\.csv:3: 2 fields where 3 are needed: caller;number dialled/)
  writeFileSync(path, '+99920000000;+99910000000;load-0000000\n')
  t.throws(() => readRows(folder, 'calls.csv'), /calls\.csv:1: .* is no order: write SEQUENTIAL/)
  writeFileSync(path, 'RANDOM\n')
  t.throws(() => readRows(folder, 'calls.csv'), /there is no line besides the first/)
  rmSync(path)
  t.throws(() => readRows(folder, 'calls.csv'), /cannot be read: ENOENT/)
  writeFileSync(join(folder, 'load.json'), '{"carrier": 7}')
  t.throws(() => readCarrier(folder), /write \{"carrier"/)
})
