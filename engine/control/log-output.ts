import type { Logger } from 'pino'
import { pino } from 'pino'

const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
const plumbing = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'process'])

export interface LogOutput {
  readonly log: Logger
  /** Writes what is still in memory; before the process ends. */
  flush(): void
}

/**
 * The log of one process, on standard output: JSON lines for programs, short lines for people.
 * Lines are written by another thread, so that a slow terminal or disk does not hold up calls.
 *
 * @param process which of Ringdown's processes is speaking
 */
export function openLog(process: string, level: string, format: 'json' | 'text'): LogOutput {
  const output = pino.destination({ dest: 1, sync: false, minLength: 0 })
  // A closed pipe or terminal must not end calls.
  output.on('error', () => undefined)
  const options = { level, base: { process } }
  const text = { write: (line: string) => output.write(textLine(line)) }
  return {
    log: format === 'text' ? pino(options, text) : pino(options, output),
    flush() {
      try {
        output.flushSync()
      } catch {
        // Not open yet, or its reader is gone: there is nobody to tell.
      }
    },
  }
}

/** `12:03:04 warn  A datagram could not be sent (failures 1)` from one of pino's JSON lines. */
export function textLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>
  const time = typeof entry['time'] === 'number' ? new Date(entry['time']) : new Date()
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0'))
  const level = levelNames[Number(entry['level'])] ?? String(entry['level'])
  const details = Object.entries(entry)
    .filter(([name]) => !plumbing.has(name))
    .map(([name, value]) => `${name} ${detail(value)}`)
  const tail = details.length === 0 ? '' : ` (${details.join(', ')})`
  return `${clock.join(':')} ${level.padEnd(5)} ${printable(String(entry['msg'] ?? ''))}${tail}\n`
}

function detail(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'stack' in value) return printable(String(value.stack))
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Peers choose some of what is logged: control characters must not reach a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, '?')
}
