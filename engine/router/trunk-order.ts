import type { Trunk } from '../config/snapshot.ts'

/**
 * The order in which trunks of one prefix are tried: by priority, and among those of one priority by their weights, those
 * without weight last. The millisecond of the call draws the lot, so that the same question always has the same answer.
 *
 * @param trunks by priority, then id
 * @param now milliseconds since the Unix epoch
 */
export function inOrder(trunks: readonly Trunk[], now: number): readonly Trunk[] {
  if (!isWeighted(trunks)) return trunks
  const left = [...trunks]
  const order: Trunk[] = []
  while (left.length > 0) order.push(...left.splice(indexOfNext(left, now), 1))
  return order
}

/** Whether there is anything to choose: most carriers have no weight. */
function isWeighted(trunks: readonly Trunk[]): boolean {
  if (trunks.length < 2) return false
  for (const trunk of trunks) if (trunk.weight > 0) return true
  return false
}

function indexOfNext(left: readonly Trunk[], now: number): number {
  const priority = left[0]?.priority
  let total = 0
  for (const trunk of left) if (trunk.priority === priority) total += trunk.weight
  if (total === 0) return 0
  let point = now % total
  for (let index = 0; ; index++) {
    point -= (left[index] as Trunk).weight
    if (point < 0) return index
  }
}
