/** What a media process is started with (kept-start.ts). */
export interface MediaStart {
  readonly dataFolder: string
  /** Which of the media processes, from 0. */
  readonly process: number
  /** How many there are. */
  readonly processes: number
  /** Even ports are for RTP, the odd one above each for RTCP; both inclusive. */
  readonly ports: { readonly first: number; readonly last: number }
  /** Addresses of the listeners, and what is written into SDP instead of each; '' for nothing else. */
  readonly addresses: readonly { readonly bind: string; readonly advertised: string }[]
  /** Where an rtpengine is spoken to (its ng protocol), and whose sound passes through it; `null`: none. */
  readonly rtpengine: { readonly address: string; readonly port: number; readonly serves: 'browsers' | 'all' } | null
  /** Which UDP sockets serve; `auto` is the batching ones wherever they are built. */
  readonly udpSocket: 'auto' | 'batching' | 'dgram'
  readonly logLevel: string
  readonly logFormat: 'json' | 'text'
}
