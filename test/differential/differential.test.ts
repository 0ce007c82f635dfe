/** The router decides random calls as the reference does, which was written from the rules without looking at it. */
import t from 'tap'
import { Chance } from '../simulation/chance.ts'
import { snapshotOf } from './compare.ts'
import { recordingDifference } from './compare-recording.ts'
import { randomCompany } from './random-company.ts'
import { run } from './run.ts'

t.test('the router and the reference decide random calls alike', async (t) => {
  const { attempts, steps, differences } = run(2000, 1, 1)
  const [first] = differences
  t.equal(first, undefined, first === undefined ? 'no difference' : `npm run differential -- --seed ${first.seed}`)
  t.equal(attempts, 2000)
  t.ok(steps > 500, 'many of them go on after the first decision')
})

t.test('who comes together by a transfer, a pickup or a fetched call is recorded alike', async (t) => {
  let pairs = 0
  for (let seed = 1; seed <= 100; seed++) {
    const chance = new Chance(seed, 2)
    const company = randomCompany(chance)
    const snapshot = snapshotOf(company)
    if (snapshot === null) continue
    for (let pair = 0; pair < 10; pair++, pairs++) {
      const difference = recordingDifference(company, snapshot, chance)
      t.equal(difference, null, `the company of seed ${seed}`)
    }
  }
  t.ok(pairs > 500)
})
