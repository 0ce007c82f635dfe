import fc from 'fast-check'
import t from 'tap'
import { numberKey } from '../number-key.ts'
import { compileCallers } from './compile-callers.ts'

t.test('ranges and beginnings are put in order and apart', async () => {
  const number = fc.integer({ min: 1_000_000, max: 1_000_400 }).map((value) => `+${value}`)
  const long = fc.integer({ min: 10_000_000, max: 10_000_400 }).map((value) => `+${value}`)
  const range = fc
    .oneof(fc.tuple(number, number), fc.tuple(long, long))
    .map(([a, b]) => (a < b ? `${a}-${b}` : `${b}-${a}`))
  const beginning = fc
    .tuple(fc.oneof(number, long), fc.nat({ max: 8 }))
    .map(([of, left]) => `${of.slice(0, 1 + left)}*`)
  fc.assert(
    fc.property(fc.array(fc.oneof(number, range, beginning), { maxLength: 12 }), (entries) => {
      const { ranges, beginnings } = compileCallers(entries)
      return isApart(ranges, 2) && isApart(beginnings, 3)
    }),
    { numRuns: 300 },
  )
})

function isApart(ranges: readonly number[], stride: number): boolean {
  for (let index = 0; index < ranges.length; index += stride) {
    const [first = 0, last = 0] = ranges.slice(index)
    if (!(first <= last) || (index > 0 && (ranges[index - stride + 1] ?? 0) >= first)) return false
  }
  return true
}

t.test('entries are sorted by what they are', async (t) => {
  const list = compileCallers(['anonymous', '1001', '+4420*', '+44*', '+441632960000', '+33*'], ['zoe'])
  t.equal(list.anonymous, true)
  t.same([...list.extensions], ['1001'])
  t.equal(list.extensionLengths, 1 << 4)
  t.same(
    [...list.numbers].filter((key) => key !== 0),
    [numberKey('+441632960000')],
  )
  const billion = 1_000_000_000_000
  t.same([...list.beginnings], [330 * billion, 340 * billion - 1, 2, 440 * billion, 450 * billion - 1, 2])
  t.same([...(list.contacts ?? [])], ['zoe'])
  t.same([list.lowestLeading, list.highestLeading], [330_000_000, 449_999_999], 'of ranges and beginnings')
})

t.test('numbers lie in a table with free places', async (t) => {
  for (const count of [0, 1, 2, 3, 5, 21, 1000]) {
    const keys = Array.from({ length: count }, (_, index) => numberKey(`+4420794${60_000 + index}`))
    const { numbers } = compileCallers([...keys, ...keys].map((key) => `+${String(key).slice(1)}`))
    t.same([...numbers].filter((key) => key !== 0).sort(), keys)
    t.ok(count === 0 || (numbers.includes(0) && numbers.length <= 8 * count), `${numbers.length} places for ${count}`)
  }
})

t.test('keys of numbers', async (t) => {
  t.equal(numberKey('+123456789012345'), 1_123_456_789_012_345)
  for (const text of ['', '+', '123', '+12a', '+1234567890123456', '++1']) t.equal(numberKey(text), -1, text)
  t.ok(numberKey('+99') < numberKey('+100'), 'fewer digits come first')
  t.not(numberKey('+01'), numberKey('+1'))
})
