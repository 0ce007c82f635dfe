import type { Transport } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import type { CertificateFiles } from './certificates/certificate.ts'

/**
 * What the engine is told about each of its listeners. The supervisor works this out from the settings and from the
 * sockets it holds, and hands it down; `Flow.listener` is the index into this list.
 */
export interface Listener {
  readonly transport: Transport
  /** IP address to bind, without brackets; `0.0.0.0` or `::` for every interface. */
  readonly address: string
  readonly port: number
  /** Descriptor of the socket that is already bound, inherited from the supervisor; `null`: the engine binds itself. */
  readonly descriptor: number | null
  /** `host` or `host:port` for peers outside the local networks (Via, Contact); '' where there is none. */
  readonly advertised: string
  /** Address for SDP towards peers outside the local networks; '' where there is none. */
  readonly advertisedMedia: string
  /** Networks whose peers see our own address, as `address/bits`; none: the interfaces' own and the private ones. */
  readonly localNetworks: readonly string[]
  /** With TLS and WSS. */
  readonly certificateFiles?: CertificateFiles
  /** Origins whose pages may open a WebSocket, as browsers write them, or `*`; none: our own hosts. */
  readonly origins?: readonly string[]
}

/** `host:port`: what has a port already stays, what has none gets `port`. IPv6 in brackets. */
export function withPort(host: string, port: number): string {
  const afterBracket = host.startsWith('[') ? host.slice(host.indexOf(']') + 1) : host
  const hasPort = afterBracket.split(':').length === 2
  return hasPort ? host : `${bracketed(host)}:${port}`
}
