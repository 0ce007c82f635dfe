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

/** The parameters `since` and `until` of a list, as milliseconds since the epoch. Throws as `timeOf`. */
export function periodOf({
  since,
  until,
}: {
  readonly since: string | undefined
  readonly until: string | undefined
}): {
  readonly from?: number
  readonly to?: number
} {
  return {
    ...(since === undefined ? {} : { from: timeOf('since', since) }),
    ...(until === undefined ? {} : { to: timeOf('until', until) }),
  }
}
