import t from 'tap'
import { inTryingOrder, isLiteralAddress } from './server-location.ts'

const place = (name: string, priority: number, weight: number) => ({ name, priority, weight })

/** A random number generator with a seed (mulberry32), so that shares are the same each time. */
function seeded(seed: number) {
  let state = seed
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { token: () => '', fraction }
}

t.test('RFC 2782: lower priorities first, and equal ones by their weights', (t) => {
  const random = seeded(1)
  const places = [place('spare', 20, 100), place('big', 10, 75), place('small', 10, 25), place('none', 10, 0)]
  const first: Record<string, number> = {}
  for (let count = 0; count < 4000; count++) {
    const order = inTryingOrder(places, random).map(({ name }) => name)
    if (new Set(order).size !== 4 || order[3] !== 'spare') t.fail(order.join(', '))
    const [one = ''] = order
    first[one] = (first[one] ?? 0) + 1
  }
  t.ok(Math.abs((first['big'] ?? 0) - 3000) < 100, `big is first ${first['big']} times of 4000`)
  t.ok(Math.abs((first['small'] ?? 0) - 1000) < 100, `small is first ${first['small']} times`)
  t.ok((first['none'] ?? 0) < 10, 'weight 0 is nearly never first')
  t.end()
})

t.test('RFC 2782: without weights the chances are equal, and one place is simply taken', (t) => {
  const random = seeded(2)
  const places = [place('a', 0, 0), place('b', 0, 0)]
  let a = 0
  for (let count = 0; count < 1000; count++) if (inTryingOrder(places, random)[0]?.name === 'a') a++
  t.ok(Math.abs(a - 500) < 60, `a is first ${a} times of 1000`)
  t.same(
    inTryingOrder([place('only', 0, 0)], random).map(({ name }) => name),
    ['only'],
  )
  t.same(inTryingOrder([], random), [])
  t.end()
})

t.test('what is an address needs no name server', (t) => {
  for (const host of ['192.0.2.1', '2001:db8::1', '::1']) t.equal(isLiteralAddress(host), true, host)
  for (const host of ['carrier.test', 'localhost', '1and1.test', '3com']) t.equal(isLiteralAddress(host), false, host)
  t.end()
})
