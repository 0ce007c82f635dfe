/** kill -9 while calls of all kinds are in progress, held, recorded, transferred and parked, by UDP and TCP: none is lost. */
import t from 'tap'
import { skipWithout } from '../../wire/programs.ts'
import { crashManyCalls } from './crash-many-calls.ts'

t.setTimeout(120_000)

t.test('calls of all kinds end as they should after kill -9', { skip: skipWithout('sipp') }, async (t) => {
  const result = await crashManyCalls({ calls: 44, sipp: 4, users: 200, registered: 0, progress: () => undefined })
  t.same(result.faults, [])
  t.equal(result.ended, 44)
  t.equal(result.rightRecords, 44)
  t.equal(result.wrongLamps, 0)
  t.equal(result.recordings, 8)
})
