/** Writes the figures of the benchmark "calls" for people. */

import type { Measurement } from './measure/measurement.ts'
import { median } from './measure/median.ts'
import type { LoadResult } from './sipp/load.ts'

const MEGABYTE = 1024 * 1024

export interface Calibration {
  readonly rate: number
  readonly result: LoadResult
}

/** A ratio of medians, or why there is none. */
export type Ratio = { readonly kind: 'ratio'; readonly value: number } | { readonly kind: 'fail'; readonly why: string }

/** One line while a run is under way. */
export function measurementLine(measurement: Measurement, unit = 'call'): string {
  const { caller, callee } = measurement
  const problems = measurement.problems.map((problem) => `\n    FAIL: ${problem}`).join('')
  return (
    `  ${measurement.server.padEnd(14)} ${String(measurement.rate).padStart(5)}/s: ` +
    `${measurement.microsecondsPerCall.toFixed(1)} us/${unit}, completed ${caller.completed}, failed ${caller.failed}, ` +
    `retransmissions ${caller.retransmissions}+${callee?.retransmissions ?? 0}, ` +
    `${(measurement.memoryBytes / MEGABYTE).toFixed(0)} MB, idle ${(measurement.idleShare * 100).toFixed(2)} %, ` +
    `kernel drops ${measurement.kernelDrops}${problems}`
  )
}

/** The table of medians, one line for each rate and server. */
export function resultTable(
  measurements: readonly Measurement[],
  titles: ReadonlyMap<string, string>,
  unit = 'call',
): string {
  const header = [
    `${unit}s/s`,
    'server',
    'reached/s',
    'completed',
    'failed',
    'retransm.',
    `CPU us/${unit} (range)`,
    'memory MB',
  ]
  const rows = groups(measurements).map((group) => {
    const costs = group.map((one) => one.microsecondsPerCall)
    const sum = (figure: (one: Measurement) => number): string =>
      String(group.reduce((total, one) => total + figure(one), 0))
    return [
      String(group[0]?.rate),
      titles.get(group[0]?.server ?? '') ?? '',
      median(group.map((one) => one.reachedRate)).toFixed(0),
      sum((one) => one.caller.completed),
      sum((one) => one.caller.failed),
      sum((one) => one.caller.retransmissions + (one.callee?.retransmissions ?? 0)),
      `${median(costs).toFixed(1)} (${Math.min(...costs).toFixed(1)}-${Math.max(...costs).toFixed(1)})`,
      (Math.max(...group.map((one) => one.memoryBytes)) / MEGABYTE).toFixed(0),
    ]
  })
  return alignedTable([header, ...rows])
}

/** The table of SIPp against itself. */
export function calibrationTable(calibrations: readonly Calibration[]): string {
  const header = ['calls/s', 'reached/s', 'completed', 'failed', 'retransm.']
  const rows = calibrations.map(({ rate, result }) => [
    String(rate),
    (result.caller.offered / result.seconds).toFixed(0),
    String(result.caller.completed),
    String(result.caller.failed),
    String(result.caller.retransmissions + (result.callee?.retransmissions ?? 0)),
  ])
  return alignedTable([header, ...rows])
}

/** What a call costs on one server as a multiple of what it costs on another, at one rate. */
export function ratioOf(measurements: readonly Measurement[], rate: number, server: string, to: string): Ratio {
  const costs: number[] = []
  for (const name of [server, to]) {
    const group = measurements.filter((one) => one.rate === rate && one.server === name)
    if (group.length === 0) return { kind: 'fail', why: `${name} was not measured` }
    const problem = group.find((one) => one.problems.length > 0)?.problems[0]
    if (problem !== undefined) return { kind: 'fail', why: `${name}: ${problem}` }
    costs.push(median(group.map((one) => one.microsecondsPerCall)))
  }
  return { kind: 'ratio', value: (costs[0] ?? Number.NaN) / (costs[1] ?? Number.NaN) }
}

/** A ratio as it is printed. */
export function ratioText(ratio: Ratio): string {
  return ratio.kind === 'ratio' ? ratio.value.toFixed(2) : `FAIL (${ratio.why})`
}

/** The measurements by rate and server, in the order in which each pair came first, rates ascending. */
function groups(measurements: readonly Measurement[]): Measurement[][] {
  const byPair = new Map<string, Measurement[]>()
  for (const measurement of measurements) {
    const pair = `${measurement.rate} ${measurement.server}`
    const group = byPair.get(pair)
    if (group === undefined) byPair.set(pair, [measurement])
    else group.push(measurement)
  }
  return [...byPair.values()].sort((one, other) => (one[0]?.rate ?? 0) - (other[0]?.rate ?? 0))
}

function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}
