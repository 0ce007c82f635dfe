/** A load as a picture (SVG): calls a second above, delays below, over time. */

import type { ChartLine } from './chart.ts'
import { chart } from './chart.ts'
import type { LoadReport, SecondFigures } from './load-report.ts'

const callLines: readonly ChartLine<SecondFigures>[] = [
  { name: 'offered', color: '#1f77b4', valueOf: (second) => second.offered },
  { name: 'completed', color: '#2ca02c', valueOf: (second) => second.completed },
  { name: 'failed', color: '#d62728', valueOf: (second) => second.failed },
]
const delayLines: readonly ChartLine<SecondFigures>[] = [
  { name: 'p50', color: '#9467bd', valueOf: (second) => second.delayP50 },
  { name: 'p99', color: '#ff7f0e', valueOf: (second) => second.delayP99 },
]

/** A whole SVG document. */
export function reportPicture(report: LoadReport): string {
  const { calls, delay } = report
  const title = `${report.scenario} at ${report.server}: ${calls.completed} of ${calls.offered} completed, ${calls.failed} failed`
  return chart(title, report.perSecond, [
    { title: 'calls in each second', lines: callLines },
    { title: `delay in ms, ${delay.what}`, lines: delayLines },
  ])
}
