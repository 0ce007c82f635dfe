import t from 'tap'
import { readDocument } from '../../engine/config/read-document.ts'
import { benchUsers } from '../population.ts'
import { ringdownDocument } from './ringdown-document.ts'

t.test('Ringdown takes the document', async (t) => {
  const document = ringdownDocument(benchUsers(100), 26001)
  const reading = readDocument(JSON.stringify(document), 'document.json')
  t.equal(reading.ok, true, reading.ok ? '' : JSON.stringify(reading.problems))
  t.strictSame(reading.warnings, [])
  const withRule = document.users?.filter((user) => user.blockList !== undefined || user.forwarding !== undefined)
  t.equal(withRule?.length, 10)
})
