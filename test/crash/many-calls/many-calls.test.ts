/** kill -9 while calls of all kinds are in progress, held, recorded, transferred and parked, by UDP and TCP: none is lost. */
import t from 'tap'
import { crashManyCalls } from './crash-many-calls.ts'

t.setTimeout(120_000)

t.test('forty calls of all kinds end as they should after kill -9', async (t) => {
  const result = await crashManyCalls({ calls: 40, users: 200, registered: 0, progress: () => undefined })
  t.same(result.faults, [])
  t.equal(result.ended, 40)
  t.equal(result.rightRecords, 40)
  t.equal(result.wrongLamps, 0)
  t.equal(result.recordings, 8)
})
