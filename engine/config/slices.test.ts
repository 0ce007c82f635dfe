import t from 'tap'
import { finish, finishInSlices } from './slices.ts'

/** Work of so many steps, each of which takes a tenth of a millisecond. */
function* work(steps: number): Generator<void, string> {
  for (let step = 0; step < steps; step++) {
    const end = performance.now() + 0.1
    while (performance.now() < end);
    yield
  }
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
  t.equal(await finishInSlices(work(100), 0), 'done')
  ended = true
  t.ok(turns >= 8, `${turns} turns`)
})

t.test('a rest leaves the processor to others', async (t) => {
  const before = process.cpuUsage()
  const began = performance.now()
  t.equal(await finishInSlices(work(100), 4), 'done')
  const { user, system } = process.cpuUsage(before)
  const took = performance.now() - began
  t.ok(took - (user + system) / 1000 > 20, `it rested, in ${took} ms`)
})

t.test('a slice after a rest may be shorter', async (t) => {
  let rests = 0
  const rest = () => {
    rests++
    return 1
  }
  t.equal(await finishInSlices(work(100), rest, 0.2), 'done')
  t.ok(rests >= 30, `${rests} rests in 10 ms of work`)
})

t.test('what ends at once needs no other turn, and what throws rejects', async (t) => {
  t.equal(finish(work(3)), 'done')
  t.equal(await finishInSlices(work(0), 0), 'done')
  const broken = (function* (): Generator<void, string> {
    yield
    throw new Error('broken')
  })()
  await t.rejects(finishInSlices(broken, 0), { message: 'broken' })
})
