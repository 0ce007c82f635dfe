/** What each second brought, from SIPp's statistics and delays. */
import { percentile } from '../../load/report/load-report.ts'
import type { Delay } from '../../load/sipp/delays.ts'

export interface OverloadSecond {
  /** Since the first call. */
  readonly second: number
  /** Calls a second. */
  readonly offered: number
  readonly completed: number
  readonly turnedAway: number
  /** Calls that neither were completed nor turned away. */
  readonly failed: number
  /** Of calls that rang, from INVITE to 180 (ms). */
  readonly delayP50: number | null
  readonly delayP99: number | null
}

interface Counts {
  readonly at: number
  readonly offered: number
  readonly completed: number
  readonly turnedAway: number
  readonly failed: number
}

/** @param statistics the text of the file that SIPp's option `-trace_stat` writes */
export function readCounts(statistics: string): Counts[] {
  const [head = '', ...lines] = statistics.split('\n').slice(0, -1)
  const names = head.split(';')
  const place = (name: string): number => {
    const found = names.indexOf(name)
    if (found < 0) throw new Error(`SIPp's statistics have no column ${name}`)
    return found
  }
  const offered = place('TotalCallCreated')
  const completed = place('GenericCounter1(C)')
  const turnedAway = place('GenericCounter2(C)')
  const failed = place('FailedCall(C)')
  const start = place('StartTime')
  const now = place('CurrentTime')
  return lines.map((line) => {
    const values = line.split(';')
    const number = (column: number): number => Number(values[column] ?? 0)
    return {
      at: secondsOf(values[now]) - secondsOf(values[start]),
      offered: number(offered),
      completed: number(completed),
      turnedAway: number(turnedAway),
      failed: number(failed),
    }
  })
}

/** A time of SIPp ends with seconds since 1970, after a tabulator. */
function secondsOf(time: string | undefined): number {
  return Number(time?.split('\t').at(-1) ?? 0)
}

/** SIPp writes about once a second: what it wrote is divided by the time that had passed. */
export function timeline(statistics: string, delays: readonly Delay[]): OverloadSecond[] {
  const counts = readCounts(statistics)
  const seconds: OverloadSecond[] = []
  for (const [index, after] of counts.entries()) {
    const before = counts[index - 1] ?? { at: 0, offered: 0, completed: 0, turnedAway: 0, failed: 0 }
    const length = after.at - before.at
    if (length < 0.5) continue
    const waits = delays
      .filter(({ at }) => at >= before.at * 1000 && at < after.at * 1000)
      .map(({ milliseconds }) => milliseconds)
    const perSecond = (count: (of: Counts) => number): number => (count(after) - count(before)) / length
    seconds.push({
      second: after.at,
      offered: perSecond((of) => of.offered),
      completed: perSecond((of) => of.completed),
      turnedAway: perSecond((of) => of.turnedAway),
      failed: perSecond((of) => of.failed),
      delayP50: waits.length === 0 ? null : percentile(waits, 0.5),
      delayP99: waits.length === 0 ? null : percentile(waits, 0.99),
    })
  }
  return seconds
}

export interface PhaseFigures {
  readonly offered: number
  readonly completed: number
  readonly turnedAway: number
  readonly failed: number
  readonly delayP99: number | null
}

/** Means of the seconds between two moments; the delay of all calls between them. */
export function phaseFigures(
  seconds: readonly OverloadSecond[],
  delays: readonly Delay[],
  from: number,
  to: number,
): PhaseFigures {
  const inside = seconds.filter(({ second }) => second - 1 >= from && second <= to)
  const mean = (value: (of: OverloadSecond) => number): number =>
    inside.reduce((sum, of) => sum + value(of), 0) / Math.max(1, inside.length)
  const waits = delays.filter(({ at }) => at >= from * 1000 && at < to * 1000).map(({ milliseconds }) => milliseconds)
  return {
    offered: mean((of) => of.offered),
    completed: mean((of) => of.completed),
    turnedAway: mean((of) => of.turnedAway),
    failed: mean((of) => of.failed),
    delayP99: waits.length === 0 ? null : percentile(waits, 0.99),
  }
}

/**
 * Seconds from a moment on until everybody is served again: nobody turned away, and what is offered is completed.
 * `null`: not before the end.
 */
export function recoveryTime(seconds: readonly OverloadSecond[], from: number): number | null {
  const after = seconds.filter(({ second }) => second > from)
  const sick = after.findLastIndex((of) => of.turnedAway > 0 || of.completed < 0.97 * of.offered)
  const well = after[sick + 1]
  return well === undefined ? null : Math.max(0, (after[sick]?.second ?? from) - from)
}
