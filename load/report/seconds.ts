/** Puts a load's counts and delays together, second by second. */

import type { Delay } from '../sipp/delays.ts'
import type { CountsAt } from '../sipp/statistics.ts'
import type { SecondFigures } from './load-report.ts'
import { percentile } from './load-report.ts'

/** At its begin and end SIPp writes lines a moment apart: only the last of them counts. */
const shortestSeconds = 0.5

/**
 * What happened between any two counts.
 *
 * @param delays in the order in which they came
 */
export function secondsOf(counts: readonly CountsAt[], delays: readonly Delay[]): SecondFigures[] {
  const seconds: SecondFigures[] = []
  let before: CountsAt = { at: 0, offered: 0, completed: 0, failed: 0, retransmissions: 0 }
  let next = 0
  for (const [index, now] of counts.entries()) {
    const isLast = index === counts.length - 1
    const follows = counts[index + 1]
    if (now.at < shortestSeconds && !isLast) continue
    if (follows !== undefined && follows.at - now.at < shortestSeconds) continue
    const within: number[] = []
    for (; next < delays.length; next++) {
      const delay = delays[next]
      if (delay === undefined || (!isLast && delay.at > now.at * 1000)) break
      within.push(delay.milliseconds)
    }
    within.sort((one, other) => one - other)
    seconds.push({
      second: Math.max(1, Math.round(now.at)),
      offered: now.offered - before.offered,
      completed: now.completed - before.completed,
      failed: now.failed - before.failed,
      delayP50: percentile(within, 0.5),
      delayP99: percentile(within, 0.99),
    })
    before = now
  }
  return seconds
}
