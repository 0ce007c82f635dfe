/** The picture of a run: calls a second above, delays below. */
import type { ChartLine } from '../../load/report/chart.ts'
import { chart } from '../../load/report/chart.ts'
import type { OverloadSecond } from './timeline.ts'

const callLines: readonly ChartLine<OverloadSecond>[] = [
  { name: 'offered', color: '#1f77b4', valueOf: (second) => second.offered },
  { name: 'completed', color: '#2ca02c', valueOf: (second) => second.completed },
  { name: 'turned away', color: '#ff7f0e', valueOf: (second) => second.turnedAway },
]
const delayLines: readonly ChartLine<OverloadSecond>[] = [
  { name: 'p50', color: '#9467bd', valueOf: (second) => second.delayP50 },
  { name: 'p99', color: '#d62728', valueOf: (second) => second.delayP99 },
]

export function overloadPicture(capacity: number, seconds: readonly OverloadSecond[]): string {
  return chart(`More calls than can be served (${capacity} a second)`, seconds, [
    { title: 'calls in each second', lines: callLines },
    { title: 'post-dial delay of calls that were taken, in ms', lines: delayLines },
  ])
}
