/**
 * What passes between the supervisor and a process that it keeps beside the engine, over the channel that Node opens
 * between parent and child.
 */

/** From the supervisor. */
export type KeptOrder<Start> = { readonly order: 'serve'; readonly start: Start } | { readonly order: 'stop' }

/** To the supervisor. */
export type KeptReport =
  /** It serves: requests, or sessions as soon as the engine is reached. */
  | { readonly report: 'ready' }
  /** It cannot serve, and ends; one line for people. */
  | { readonly report: 'failed'; readonly message: string }

/** Whether something that came from the supervisor is an order. The supervisor knows which start belongs to whom. */
export function isKeptOrder<Start>(value: unknown): value is KeptOrder<Start> {
  if (typeof value !== 'object' || value === null || !('order' in value)) return false
  return value.order === 'serve' || value.order === 'stop'
}

/** Whether something that came from such a process is a report. */
export function isKeptReport(value: unknown): value is KeptReport {
  if (typeof value !== 'object' || value === null || !('report' in value)) return false
  return value.report === 'ready' || value.report === 'failed'
}
