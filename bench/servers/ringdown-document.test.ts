import t from 'tap'
import { readDocument } from '../../engine/config/read-document.ts'
import { benchUsers, COMMON_EXTENSION, phoneCsv } from '../population.ts'
import { documentFor, ringdownDocument } from './ringdown-document.ts'

t.test('Ringdown takes the document', async (t) => {
  const document = ringdownDocument(benchUsers(100), 26001)
  const reading = readDocument(JSON.stringify(document), 'document.json')
  t.equal(reading.ok, true, reading.ok ? '' : JSON.stringify(reading.problems))
  t.strictSame(reading.warnings, [])
  const withRule = document.users?.filter((user) => user.blockList !== undefined || user.forwarding !== undefined)
  t.equal(withRule?.length, 10)
})

t.test('where phones call, each PBX has the extension that all dial', async (t) => {
  const users = benchUsers(100)
  const document = documentFor({ users, callerPort: 26001, signIn: 'calls' })
  const reading = readDocument(JSON.stringify(document), 'document.json')
  t.equal(reading.ok, true, reading.ok ? '' : JSON.stringify(reading.problems))
  t.equal(document.pbxs?.length, 10)
  t.equal(document.users?.filter(({ extension }) => extension === COMMON_EXTENSION).length, 10)
  t.equal(document.trunks, undefined, 'the port from which phones call is no carrier')
  const [, first, second] = phoneCsv(users).split('\n')
  t.equal(first, 'u00001;bench-00001-Password;p0000.bench.example')
  t.equal(second, 'u00011;bench-00011-Password;p0001.bench.example')
})

t.test('where phones register by SIPp, they are offered MD5 only', async (t) => {
  const document = documentFor({ users: benchUsers(3), callerPort: 26001, signIn: 'registrations' })
  t.ok(document.devices?.every(({ digestAlgorithms }) => digestAlgorithms?.join() === 'MD5'))
})
