/** Random calls in random companies until the number asked for is made, or enough differences are found. */
import { Chance } from '../simulation/chance.ts'
import type { Difference } from './compare.ts'
import { compare, snapshotOf } from './compare.ts'
import { randomCall, randomLive, randomMoment, randomOutcome } from './random-call.ts'
import { randomCompany } from './random-company.ts'

export interface Found extends Difference {
  /** The seed with which the first company of a run is this one. */
  readonly seed: number
}

export interface Result {
  readonly attempts: number
  readonly steps: number
  readonly companies: number
  /** Companies that the checker refused: each was drawn anew. */
  readonly refused: number
  readonly differences: readonly Found[]
}

const callsInCompany = 25

export function run(attempts: number, seed: number, mostDifferences: number): Result {
  const differences: Found[] = []
  let [made, steps, companies, refused] = [0, 0, 0, 0]
  for (; made < attempts && differences.length < mostDifferences; companies++) {
    const chance = new Chance(seed + companies, 1)
    let company = randomCompany(chance)
    let snapshot = snapshotOf(company)
    for (; snapshot === null; snapshot = snapshotOf(company)) {
      refused++
      company = randomCompany(chance)
    }
    for (let call = 0; call < callsInCompany && made < attempts; call++, made++) {
      const begins = randomMoment(chance, company)
      let moment = { after: null, now: begins, live: randomLive(chance, company, begins) }
      const difference = compare(company, snapshot, randomCall(chance, company), moment, (ring) => {
        steps++
        const after = randomOutcome(chance, company, ring)
        // The world stands still most of the time, so that what comes next follows from what was.
        const now = moment.now + chance.below(2) * 60_000
        const live = chance.happens(0.3) ? randomLive(chance, company, now) : moment.live
        moment = { after: null, now, live }
        return { after, now, live }
      })
      if (difference === null) continue
      // Others in this company would most likely be the same.
      differences.push({ ...difference, seed: seed + companies })
      break
    }
  }
  return { attempts: made, steps, companies, refused, differences }
}
