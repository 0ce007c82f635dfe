import fc from 'fast-check'
import t from 'tap'
import { DigitMap } from './digit-map.ts'

/** Short ones, so that many fall together. */
const digits = fc.string({ unit: fc.constantFrom('0', '1', '9'), minLength: 1, maxLength: 6 })
const write = fc.record({ digits, value: fc.option(fc.nat(), { nil: null }) })

t.test('it holds what a Map would, and older ones keep what they had', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 60 }), { maxLength: 8 }), (batches) => {
      let map = DigitMap.empty<number>()
      const expected = new Map<string, number>()
      const older: [DigitMap<number>, Map<string, number>][] = []
      for (const batch of batches) {
        older.push([map, new Map(expected)])
        const editor = map.edit()
        for (const { digits, value } of batch) {
          if (value === null) {
            editor.delete(digits)
            expected.delete(digits)
          } else {
            editor.set(digits, value)
            expected.set(digits, value)
          }
          t.equal(editor.get(digits), expected.get(digits))
        }
        map = editor.finish()
      }
      for (const [found, wanted] of [...older, [map, expected] as const]) {
        t.equal(found.size, wanted.size)
        t.same([...found.values()].sort(), [...wanted.values()].sort())
        for (const [key, value] of wanted) {
          t.equal(found.get(key), value)
          t.equal(found.find(`7${key}#`, 1, 1 + key.length), value, 'a part of a string')
        }
      }
    }),
    { numRuns: 200 },
  )
})

t.test('what is not there, or no string of digits', async (t) => {
  const editor = DigitMap.empty<string>().edit()
  for (const key of ['1001', '10010', '7', '99']) editor.set(key, key)
  const map = editor.finish()
  for (const text of [
    '',
    '1',
    '100',
    '1002',
    '1101',
    '100100',
    '98',
    '9',
    '10a1',
    '1 01',
    '+1001',
    '*7',
    '１００１',
    '１',
  ]) {
    t.equal(map.get(text), undefined, text)
  }
  t.same([...map.values()], ['7', '99', '1001', '10010'])
  const [before, none] = [map, DigitMap.empty<string>()]
  t.equal(before.edit().finish(), before, 'nothing changed')
  const clearing = before.edit()
  for (const key of before.values()) clearing.delete(key)
  const cleared = clearing.finish()
  t.equal(cleared.size, none.size)
  t.same([...cleared.values()], [])
})
