/** What SIPp counted, from the file its option `-trace_stat` writes. */

export interface SippCounts {
  /** Calls begun: by the caller those offered, at the callee those that arrived. */
  readonly offered: number
  readonly completed: number
  readonly failed: number
  /** Requests and final responses this end sent again. */
  readonly retransmissions: number
}

/**
 * The cumulated counts of the last complete line.
 * @throws Error when the file has no line of figures or lacks a column.
 */
export function readCounts(statisticsFile: string): SippCounts {
  const { names, values } = lastLine(statisticsFile)
  const column = (name: string): number => {
    const value = values[names.indexOf(name)]
    if (value === undefined || value === '') throw new Error(`SIPp's statistics have no figure for ${name}`)
    return Number(value)
  }
  return {
    offered: column('TotalCallCreated'),
    completed: column('SuccessfulCall(C)'),
    failed: column('FailedCall(C)'),
    retransmissions: column('Retransmissions(C)'),
  }
}

/** Counts at one moment. */
export interface CountsAt extends SippCounts {
  /** Seconds since SIPp began. */
  readonly at: number
}

/** All complete lines, one a second. */
export function readAllCounts(statisticsFile: string): CountsAt[] {
  const [head = '', ...lines] = statisticsFile.split('\n').slice(0, -1)
  const names = head.split(';')
  const columns = ['TotalCallCreated', 'SuccessfulCall(C)', 'FailedCall(C)', 'Retransmissions(C)'] as const
  const [offeredAt, completedAt, failedAt, retransmissionsAt] = columns.map((name) => names.indexOf(name))
  const [startAt, nowAt] = [names.indexOf('StartTime'), names.indexOf('CurrentTime')]
  return lines.map((line) => {
    const values = line.split(';')
    const number = (place: number | undefined): number => Number(values[place ?? -1] ?? 0)
    return {
      at: secondsOf(values[nowAt]) - secondsOf(values[startAt]),
      offered: number(offeredAt),
      completed: number(completedAt),
      failed: number(failedAt),
      retransmissions: number(retransmissionsAt),
    }
  })
}

/** A time of SIPp ends with seconds since 1970, after a tabulator. */
function secondsOf(time: string | undefined): number {
  return Number(time?.split('\t').at(-1) ?? 0)
}

/** Calls that failed otherwise than by a message that was not expected, by why; in words for people. */
export function readOtherFailures(statisticsFile: string): ReadonlyMap<string, number> {
  const { names, values } = lastLine(statisticsFile)
  const failures = new Map<string, number>()
  for (const [column, why] of otherFailures) {
    const count = Number(values[names.indexOf(column)] ?? 0)
    if (count > 0) failures.set(why, (failures.get(why) ?? 0) + count)
  }
  return failures
}

const otherFailures: readonly (readonly [string, string])[] = [
  ['FailedMaxUDPRetrans(C)', 'no answer'],
  ['FailedTimeoutOnRecv(C)', 'no answer'],
  ['FailedCannotSendMessage(C)', 'SIPp could not send'],
  ['FailedOutboundCongestion(C)', 'SIPp could not send'],
  ['FailedTimeoutOnSend(C)', 'SIPp could not send'],
]

function lastLine(statisticsFile: string): { readonly names: readonly string[]; readonly values: readonly string[] } {
  const lines = statisticsFile.split('\n').slice(0, -1)
  return { names: lines[0]?.split(';') ?? [], values: lines.length > 1 ? (lines.at(-1)?.split(';') ?? []) : [] }
}
