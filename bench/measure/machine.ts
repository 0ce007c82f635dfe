/** Where and with what a benchmark ran, for the record beside its figures. */

import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'

export interface Machine {
  /** ISO 8601. */
  readonly date: string
  readonly processor: string
  readonly processors: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly sipp: string
  readonly kamailio: string
  /** Of this repository, with a plus sign where files differ from it; '' outside of one. */
  readonly commit: string
}

/** Reads it from the system. */
export function thisMachine(kamailioPath: string | null): Machine {
  const changed = firstLine('git', ['status', '--porcelain', '--untracked-files=no']) === '' ? '' : '+'
  const commit = firstLine('git', ['rev-parse', '--short', 'HEAD'])
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? '',
    processors: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    sipp: /v[\d.]+\d/.exec(output('sipp', ['-v']))?.[0] ?? '',
    kamailio: kamailioPath === null ? '' : (/[\d.]+\d/.exec(firstLine(kamailioPath, ['-v']))?.[0] ?? ''),
    commit: commit === '' ? '' : commit + changed,
  }
}

function firstLine(command: string, args: readonly string[]): string {
  return output(command, args).split('\n')[0] ?? ''
}

/** What it prints; SIPp ends with a status other than 0 even for its version. */
function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    return error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' ? error.stdout : ''
  }
}
