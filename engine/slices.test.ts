import t from 'tap'
import { inSlices } from './slices.ts'

/** A clock that moves on a tenth of a millisecond whenever it is looked at. */
function clock(): () => number {
  let looks = 0
  return () => looks++ / 10
}

function* work(steps: number): Generator<void, string> {
  for (let step = 0; step < steps; step++) yield
  return 'done'
}

t.test('other events have their turn between slices', async (t) => {
  let turns = 0
  let ended = false
  const count = () => {
    turns++
    if (!ended) setImmediate(count)
  }
  setImmediate(count)
  t.equal(await inSlices(work(100), clock()), 'done')
  ended = true
  t.ok(turns >= 8, `${turns} turns`)
})

t.test('what ends at once needs no other turn, and what throws rejects', async (t) => {
  t.equal(await inSlices(work(0), clock()), 'done')
  const broken = (function* (): Generator<void, string> {
    yield
    throw new Error('broken')
  })()
  await t.rejects(inSlices(broken, clock()), { message: 'broken' })
})
