/** What the admin process is started with (kept-start.ts). */
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
