/** What passes between the supervisor and a media process, over the channel that Node opens between parent and child. */

export interface MediaStart {
  readonly dataFolder: string
  /** Which of the media processes, from 0. */
  readonly process: number
  /** Even ports are for RTP, the odd one above each for RTCP; both inclusive. */
  readonly ports: { readonly first: number; readonly last: number }
  /** Addresses of the listeners, and what is written into SDP instead of each; '' for nothing else. */
  readonly addresses: readonly { readonly bind: string; readonly advertised: string }[]
  /** Where an rtpengine is spoken to (its ng protocol) that relays in this process's place; `null`: none. */
  readonly rtpengine: { readonly address: string; readonly port: number } | null
  /** Which UDP sockets serve; `auto` is the batching ones wherever they are built. */
  readonly udpSocket: 'auto' | 'batching' | 'dgram'
  readonly logLevel: string
  readonly logFormat: 'json' | 'text'
}

/** From supervisor to media process. */
export type MediaProcessOrder = { readonly order: 'serve'; readonly start: MediaStart } | { readonly order: 'stop' }

/** From media process to supervisor. */
export type MediaProcessReport =
  /** Sessions can be opened as soon as the engine is reached. */
  | { readonly report: 'ready' }
  /** It cannot serve, and ends; one line for people. */
  | { readonly report: 'failed'; readonly message: string }

/** Whether something that came from the supervisor is an order. */
export function isMediaProcessOrder(value: unknown): value is MediaProcessOrder {
  if (typeof value !== 'object' || value === null || !('order' in value)) return false
  return value.order === 'serve' || value.order === 'stop'
}

/** Whether something that came from a media process is a report. */
export function isMediaProcessReport(value: unknown): value is MediaProcessReport {
  if (typeof value !== 'object' || value === null || !('report' in value)) return false
  return value.report === 'ready' || value.report === 'failed'
}
