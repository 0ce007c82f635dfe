import t from 'tap'
import { CallCounters } from './call-counters.ts'
import { DelayHistogram, delayBounds } from './delay-histogram.ts'

t.test('finals by status', async (t) => {
  const counters = new CallCounters()
  for (const status of [200, 486, 486, 699, 100, 700, 0]) counters.final(status)
  t.same(counters.finals(), { 200: 1, 486: 2, 699: 1 })
})

t.test('delays by length, bounds included', async (t) => {
  const histogram = new DelayHistogram()
  for (const delay of [0, 5, 6, 1000, 500_000]) histogram.add(delay)
  const { bounds, counts, count, sum } = histogram.reading()
  t.equal(bounds, delayBounds)
  t.equal(counts[0], 2)
  t.equal(counts[1], 3)
  t.equal(counts[delayBounds.indexOf(500)], 3)
  t.equal(counts[delayBounds.indexOf(1000)], 4)
  t.equal(counts.at(-1), 4)
  t.equal(count, 5)
  t.equal(sum, 501_011)
})
