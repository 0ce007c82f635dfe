import { RequestRefused } from './problems.ts'

/**
 * A point in time of the query string.
 * @returns milliseconds since the epoch
 * @throws RequestRefused where it is none
 */
export function timeOf(name: string, written: string): number {
  const time = /^\d{4}-\d\d-\d\d/.test(written) ? Date.parse(written) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new RequestRefused('invalid-request', `${name} is no time: write it like 2026-03-01T18:30:00Z`)
}
