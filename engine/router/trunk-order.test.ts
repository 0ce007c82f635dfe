import t from 'tap'
import type { Trunk } from '../config/snapshot.ts'
import { inOrder } from './trunk-order.ts'

function trunk(id: string, priority: number, weight: number): Trunk {
  return { id, priority, weight } as Trunk
}

t.test('trunks of one priority share calls by weight, those without weight come last', async (t) => {
  const trunks = [trunk('a', 1, 0), trunk('b', 1, 3), trunk('c', 1, 1), trunk('d', 2, 9)]
  const orders = new Map<string, number>()
  for (let now = 0; now < 400; now++) {
    const order = inOrder(trunks, now)
      .map(({ id }) => id)
      .join('')
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  t.same([...orders].sort(), [
    ['bcad', 300],
    ['cbad', 100],
  ])
})

t.test('without weights the order is that of priority and id', async (t) => {
  const trunks = [trunk('a', 1, 0), trunk('b', 1, 0), trunk('c', 2, 0)]
  t.equal(inOrder(trunks, 12345), trunks)
})
