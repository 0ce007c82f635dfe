/** What the options of a command pick out, as the API's lists take it. */
import type { CommandOptions } from './setting-options.ts'
import { UsageError } from './usage-error.ts'

/**
 * @param names of options that the API knows by the same names; `--since`, `--until` and `--search` are always among them
 * @throws UsageError for a time that is none
 */
export function filterQuery(options: CommandOptions, names: readonly string[]): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of names) {
    const value = options[name]
    if (typeof value === 'string') query[name] = value
  }
  for (const name of ['since', 'until'] as const) {
    const value = options[name]
    if (typeof value !== 'string') continue
    const time = Date.parse(value)
    if (Number.isNaN(time)) throw new UsageError(`--${name} is "${value}": write a time like 2026-03-01T18:30`)
    query[name] = new Date(time).toISOString()
  }
  if (typeof options['search'] === 'string') query['q'] = options['search']
  return query
}
