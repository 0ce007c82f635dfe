/** What a load did, as `--report json` gives it. */

export interface LoadReport {
  readonly version: 1
  readonly scenario: string
  /** `HOST:PORT`. */
  readonly server: string
  /** ISO 8601. */
  readonly startedAt: string
  /** From the first call until the last one was over. */
  readonly seconds: number
  /** Calls a second asked for, and those in fact begun while calls began. */
  readonly rate: { readonly wanted: number; readonly reached: number }
  readonly calls: {
    readonly planned: number
    readonly offered: number
    readonly completed: number
    readonly failed: number
  }
  /** The most frequent reason first. */
  readonly failures: readonly Failure[]
  /** Calls as the phones saw them; `null` where no phone is called. */
  readonly phones: { readonly called: number; readonly failed: number; readonly failures: readonly Failure[] } | null
  readonly retransmissions: number
  /** Datagrams that this machine's kernel dropped for want of room in a receive buffer. */
  readonly kernelDrops: number
  readonly delay: DelayFigures
  /** Of the server's processes; `null` where they are not on this machine. */
  readonly serverProcesses: ServerFigures | null
  readonly perSecond: readonly SecondFigures[]
  /** What limits the worth of these figures, one sentence each. */
  readonly remarks: readonly string[]
}

/** Calls that failed for the same reason. */
export interface Failure {
  readonly why: string
  readonly count: number
}

/** Milliseconds; `null` where nothing was measured. */
export interface DelayFigures {
  /** From what to what. */
  readonly what: string
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly most: number | null
}

export interface ServerFigures {
  readonly processIds: readonly number[]
  /** User and system time for each call offered, what it uses at rest taken off. */
  readonly processorMicrosecondsPerCall: number | null
  /** Parts of one processor. */
  readonly processorShare: number
  /** The same before the load. */
  readonly processorShareAtRest: number
  readonly memoryBytesBefore: number
  readonly memoryBytesMost: number
}

/** What happened in one second of a load. */
export interface SecondFigures {
  /** The one that ends so many seconds after the begin. */
  readonly second: number
  readonly offered: number
  readonly completed: number
  readonly failed: number
  readonly delayP50: number | null
  readonly delayP99: number | null
}

/** The value below or at which so many parts (0 to 1) of all are (nearest rank); `null` for none. */
export function percentile(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null
}

/** Figures of delays in any order, in milliseconds. */
export function delayFigures(what: string, milliseconds: readonly number[]): DelayFigures {
  const sorted = [...milliseconds].sort((one, other) => one - other)
  return {
    what,
    count: sorted.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    most: sorted.at(-1) ?? null,
  }
}
