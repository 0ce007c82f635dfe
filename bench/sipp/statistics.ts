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
  const lines = statisticsFile.split('\n').slice(0, -1)
  const names = lines[0]?.split(';') ?? []
  const values = lines.length > 1 ? (lines.at(-1)?.split(';') ?? []) : []
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
