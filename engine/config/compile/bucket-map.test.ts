import fc from 'fast-check'
import t from 'tap'
import { BucketMap } from './bucket-map.ts'

const key = fc.oneof(
  fc.nat({ max: 300 }).map((number) => `u${number}`),
  fc.constantFrom('', '__proto__', 'é', `${'x'.repeat(70)}a`, `${'x'.repeat(70)}b`),
)
const write = fc.record({ key, value: fc.option(fc.nat(), { nil: null }) })

t.test('it holds what a Map would, and older ones keep what they had', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 120 }), { maxLength: 8 }), (batches) => {
      let map = BucketMap.empty<number>()
      const expected = new Map<string, number>()
      const older: [BucketMap<number>, Map<string, number>][] = []
      for (const batch of batches) {
        older.push([map, new Map(expected)])
        const editor = map.edit()
        for (const { key, value } of batch) {
          if (value === null) {
            editor.delete(key)
            expected.delete(key)
          } else {
            editor.set(key, value)
            expected.set(key, value)
          }
          t.equal(editor.get(key), expected.get(key))
        }
        t.equal(editor.size, expected.size)
        map = editor.finish()
      }
      for (const [found, wanted] of [...older, [map, expected] as const]) {
        t.equal(found.size, wanted.size)
        t.same(new Map(found.entries()), wanted)
        t.same([...found.values()].sort(), [...wanted.values()].sort())
        for (const [key, value] of wanted) t.equal(found.get(key), value)
        t.equal(found.get('nobody'), undefined)
      }
    }),
    { numRuns: 100 },
  )
})

t.test('many entries, and what happens to all of them', async (t) => {
  const editor = BucketMap.empty<number>().edit()
  for (let index = 0; index < 20_000; index++) editor.set(`+44207946${index}`, index)
  const map = editor.finish()
  t.equal(map.size, 20_000)
  for (let index = 0; index < 20_000; index += 7) t.equal(map.get(`+44207946${index}`), index)
  const emptying = map.edit()
  for (let index = 0; index < 20_000; index++) emptying.delete(`+44207946${index}`)
  const empty = emptying.finish()
  t.equal(empty.size, 0)
  t.same([...empty.values()], [])
  t.equal(map.get('+442079460'), 0)
})

t.test('nothing changed is the same map', async (t) => {
  const editor = BucketMap.empty<string>().edit()
  editor.set('a', 'b')
  const map = editor.finish()
  const idle = map.edit()
  idle.delete('z')
  t.equal(idle.finish(), map)
})

t.test('keys that agree in all that is hashed are still found', async (t) => {
  const editor = BucketMap.empty<number>().edit()
  const begin = 'x'.repeat(64)
  for (let index = 0; index < 1000; index++) editor.set(begin + index, index)
  const map = editor.finish()
  t.equal(map.size, 1000)
  t.equal(map.get(`${begin}999`), 999)
  t.equal(map.get(begin), undefined)
})
