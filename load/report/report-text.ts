/** A load's figures for people. */

import type { DelayFigures, LoadReport } from './load-report.ts'

const megabyte = 1024 * 1024

/** Lines of a name and a value. */
export function reportText(report: LoadReport): string {
  const { calls, rate, delay, phones, serverProcesses } = report
  const lines: (readonly [string, string])[] = [
    ['Scenario', `${report.scenario} at ${report.server}, ${report.startedAt}, ${report.seconds.toFixed(1)} s`],
    ['Rate', `${rate.reached.toFixed(1)} a second of ${rate.wanted} asked for`],
    ['Offered', String(calls.offered)],
    ['Completed', String(calls.completed)],
    ['Failed', String(calls.failed)],
    ...report.failures.map(({ why, count }) => ['', `${count} x ${why}`] as const),
    ...(phones === null ? [] : [['At the phones', `${phones.called} called, ${phones.failed} failed`] as const]),
    ...(phones?.failures ?? []).map(({ why, count }) => ['', `${count} x ${why}`] as const),
    [
      'Delay',
      `p50 ${ms(delay.p50)}, p95 ${ms(delay.p95)}, p99 ${ms(delay.p99)}, most ${ms(delay.most)} (${delay.what})`,
    ],
    [
      'Sent again',
      `${report.retransmissions} messages of SIPp; ${report.kernelDrops} datagrams dropped by this machine`,
    ],
  ]
  if (serverProcesses !== null) {
    const { processorMicrosecondsPerCall, processorShare, processorShareAtRest, memoryBytesBefore, memoryBytesMost } =
      serverProcesses
    const each = processorMicrosecondsPerCall === null ? '-' : `${processorMicrosecondsPerCall.toFixed(0)} us a call`
    lines.push(
      ['Processor', `${each}; ${percent(processorShare)} of one processor, at rest ${percent(processorShareAtRest)}`],
      ['Memory', `${mb(memoryBytesBefore)} before, ${mb(memoryBytesMost)} at most`],
    )
  }
  const text = lines
    .map(([name, value]) => `${name.padEnd(15)}${value}`.trimEnd())
    .map((line) => `${printable(line)}\n`)
  return text.join('') + report.remarks.map((remark) => `Note: ${printable(remark)}\n`).join('')
}

/** What is known while a load goes on. */
export interface Progress {
  readonly seconds: number
  readonly offered: number
  readonly completed: number
  readonly failed: number
  /** Offered in the last second. */
  readonly lately: number
  /** Of the last second. */
  readonly delay: DelayFigures
  /** Of one processor, used by the server in the last second; `null` where it is not on this machine. */
  readonly processorShare: number | null
}

/** One line while a load goes on. */
export function progressText(progress: Progress): string {
  const { seconds, offered, completed, failed, lately, delay, processorShare } = progress
  const processor = processorShare === null ? '' : `  processor ${percent(processorShare)}`
  return (
    `${String(seconds).padStart(4)} s  offered ${offered}  completed ${completed}  failed ${failed}` +
    `  ${lately}/s  delay p50 ${ms(delay.p50)} p99 ${ms(delay.p99)}${processor}`
  )
}

function ms(milliseconds: number | null): string {
  return milliseconds === null ? '-' : `${milliseconds.toFixed(0)} ms`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function mb(bytes: number): string {
  return `${(bytes / megabyte).toFixed(0)} MB`
}

/** The server chooses phrases: control characters must not reach a terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}
