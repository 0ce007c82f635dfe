import fc from 'fast-check'
import t from 'tap'
import { compileCallers } from './compile-callers.ts'

t.test('ranges are put in order and apart, and hold the same numbers', async () => {
  const number = fc.integer({ min: 1_000_000, max: 1_000_400 }).map((value) => `+${value}`)
  const long = fc.integer({ min: 10_000_000, max: 10_000_400 }).map((value) => `+${value}`)
  const range = fc
    .oneof(fc.tuple(number, number), fc.tuple(long, long))
    .map(([a, b]) => (a < b ? `${a}-${b}` : `${b}-${a}`))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (entries) => {
      const { ranges } = compileCallers(entries)
      for (const [index, { first, last }] of ranges.entries()) {
        const before = ranges[index - 1]
        if (first.length !== last.length || first > last) return false
        if (before === undefined) continue
        if (before.first.length > first.length) return false
        if (before.first.length === first.length && before.last >= first) return false
      }
      const holds = (of: readonly { first: string; last: string }[], value: string) =>
        of.some(({ first, last }) => first.length === value.length && value >= first && value <= last)
      const written = entries.map((entry) => ({ first: entry.split('-')[0] ?? '', last: entry.split('-')[1] ?? '' }))
      for (const start of [1_000_000, 10_000_000]) {
        for (let value = start; value <= start + 400; value++) {
          if (holds(ranges, `+${value}`) !== holds(written, `+${value}`)) return false
        }
      }
      return true
    }),
    { numRuns: 50 },
  )
})

t.test('entries are sorted by what they are', async (t) => {
  const list = compileCallers(['anonymous', '1001', '+4420*', '+44*', '+441632960000'], ['zoe'])
  t.equal(list.anonymous, true)
  t.same([...list.extensions], ['1001'])
  t.same([...list.prefixes], ['+4420', '+44'])
  t.same(list.prefixLengths, [3, 5])
  t.same([...list.numbers], ['+441632960000'])
  t.same([...list.contacts], ['zoe'])
})
