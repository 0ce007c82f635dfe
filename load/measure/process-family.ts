/**
 * Processor time and memory of a process and everything it started, read from Linux's /proc. Elsewhere nothing is found.
 */

import { readdirSync, readFileSync } from 'node:fs'

export interface FamilySample {
  /** User and system time of all threads since the family was first looked at, in nanoseconds. */
  readonly processorNanoseconds: number
  /** Memory in RAM in bytes; pages shared within the family count once. */
  readonly memoryBytes: number
  /** The processes alive, in ascending order. */
  readonly processIds: readonly number[]
}

/** Watches one family. Threads that end between two samples keep what was last seen of them. */
export class ProcessFamily {
  readonly rootProcessId: number
  readonly #nanosecondsByThread = new Map<string, number>()

  constructor(rootProcessId: number) {
    this.rootProcessId = rootProcessId
  }

  /** Reads the state of now. */
  sample(): FamilySample {
    const processIds = familyOf(this.rootProcessId)
    let memoryBytes = 0
    for (const processId of processIds) {
      for (const threadId of listing(`/proc/${processId}/task`)) {
        // First field of schedstat: nanoseconds on a processor, user and system, exact where `stat` counts in ticks.
        const text = contents(`/proc/${processId}/task/${threadId}/schedstat`)
        if (text !== '') this.#nanosecondsByThread.set(`${processId}/${threadId}`, Number(text.split(' ')[0]))
      }
      memoryBytes += memoryOf(processId)
    }
    let processorNanoseconds = 0
    for (const nanoseconds of this.#nanosecondsByThread.values()) processorNanoseconds += nanoseconds
    return { processorNanoseconds, memoryBytes, processIds }
  }
}

/** The process and its descendants that are alive. */
export function familyOf(rootProcessId: number): number[] {
  const childrenOf = new Map<number, number[]>()
  for (const name of listing('/proc')) {
    const processId = Number(name)
    if (!Number.isInteger(processId)) continue
    const parent = parentOf(processId)
    const siblings = childrenOf.get(parent)
    if (siblings === undefined) childrenOf.set(parent, [processId])
    else siblings.push(processId)
  }
  const family: number[] = []
  const pending = contents(`/proc/${rootProcessId}/stat`) === '' ? [] : [rootProcessId]
  for (let processId = pending.pop(); processId !== undefined; processId = pending.pop()) {
    family.push(processId)
    pending.push(...(childrenOf.get(processId) ?? []))
  }
  return family.sort((one, other) => one - other)
}

/** The process that started it; NaN where it is gone. */
export function parentOf(processId: number): number {
  const stat = contents(`/proc/${processId}/stat`)
  // The command's name stands in parentheses and may hold anything; state and parent follow the last one.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? -1)
}

function memoryOf(processId: number): number {
  const proportional = /^Pss:\s+(\d+) kB/m.exec(contents(`/proc/${processId}/smaps_rollup`))
  const kilobytes = proportional ?? /^VmRSS:\s+(\d+) kB/m.exec(contents(`/proc/${processId}/status`))
  return Number(kilobytes?.[1] ?? 0) * 1024
}

/** A file of /proc, or '' when the process is gone by now or not ours to read. */
function contents(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function listing(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
