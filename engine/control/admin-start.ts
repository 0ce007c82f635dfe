/** What passes between the supervisor and the admin process, over the channel that Node opens between parent and child. */

export interface AdminStart {
  readonly dataFolder: string
  /** IP addresses to listen on, and the port. */
  readonly addresses: readonly string[]
  readonly port: number
  /** PEM files; `null`: plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | null
  /** Modules of plugins that others wrote: paths and names of packages. */
  readonly plugins: readonly string[]
  readonly logLevel: string
  readonly logFormat: 'json' | 'text'
}

/** From supervisor to admin process. */
export type AdminOrder = { readonly order: 'serve'; readonly start: AdminStart } | { readonly order: 'stop' }

/** From admin process to supervisor. */
export type AdminReport =
  /** Requests are served. */
  | { readonly report: 'ready' }
  /** It cannot serve, and ends; one line for people. */
  | { readonly report: 'failed'; readonly message: string }

/** Whether something that came from the supervisor is an order. */
export function isAdminOrder(value: unknown): value is AdminOrder {
  if (typeof value !== 'object' || value === null || !('order' in value)) return false
  return value.order === 'serve' || value.order === 'stop'
}

/** Whether something that came from the admin process is a report. */
export function isAdminReport(value: unknown): value is AdminReport {
  if (typeof value !== 'object' || value === null || !('report' in value)) return false
  return value.report === 'ready' || value.report === 'failed'
}
