import t from 'tap'
import { SystemClock } from './clock.ts'
import { SystemRandom } from './random.ts'

t.test('timers fire once, never early, and can be stopped', async (t) => {
  const clock = new SystemClock()
  const fired: string[] = []
  for (let round = 0; round < 20; round++) {
    const started = performance.now()
    await new Promise<void>((resolve) => {
      clock.start(
        5.5,
        {
          timerFired(name) {
            fired.push(name)
            resolve()
          },
        },
        'A',
      )
    })
    t.ok(performance.now() - started >= 5.5)
  }
  t.equal(fired.length, 20)
  const handle = clock.start(1, { timerFired: () => t.fail('stopped timers do not fire') }, 'B')
  clock.stop(handle)
  await new Promise((resolve) => setTimeout(resolve, 10))
  t.throws(() => clock.start(2 ** 31, { timerFired: () => undefined }, 'C'), RangeError)
})

t.test('a wall clock that is set back does not take time back', async (t) => {
  const clock = new SystemClock()
  t.equal(clock.reading(10_000), 10_000)
  const first = clock.reading(9_990)
  t.ok(first >= 10_000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  const second = clock.reading(9_999)
  t.ok(second > first, 'it goes on')
  t.ok(second < 10_020, 'at less than full speed')
  t.equal(clock.reading(11_000), 11_000)
  t.ok(Math.abs(new SystemClock().now() - Date.now()) < 50)
})

t.test('tokens have their length and alphabet and do not repeat', async (t) => {
  const random = new SystemRandom()
  const seen = new Set<string>()
  for (let index = 0; index < 2000; index++) seen.add(random.token(13))
  t.equal(seen.size, 2000)
  for (const token of seen) if (!/^[0-9a-z]{13}$/.test(token)) t.fail(token)
  t.equal(random.token(0), '')
  const fraction = random.fraction()
  t.ok(fraction >= 0 && fraction < 1)
})
