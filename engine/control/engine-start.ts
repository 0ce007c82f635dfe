/**
 * What passes between the supervisor and the engines it starts: a few short messages over the channel that Node opens
 * between parent and child. An engine does nothing until it is ordered to serve (docs/decisions/0004-standby-engine.md).
 */
import type { Collector } from '../ladder/message-ladders.ts'

/** One listener as settings and document describe it (docs/running.md). */
export interface ListenerSetting {
  readonly transport: 'UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS'
  /** IP address to bind, without brackets. */
  readonly address: string
  readonly port: number
  /** `host` or `host:port` for peers outside the local networks, or ''. */
  readonly advertised: string
  /** Address for SDP towards peers outside the local networks, or ''. */
  readonly advertisedMedia: string
  /** As `address/bits`; none: the interfaces' own and the private ones. */
  readonly localNetworks: readonly string[]
  /** With TLS and WSS: paths of PEM files; no `clientAuthorities` ('') asks clients for no certificate. */
  readonly certificateFiles?: { readonly certificate: string; readonly key: string; readonly clientAuthorities: string }
  /** With WS and WSS: origins whose pages may connect, or `*`; none: pages of this server. */
  readonly origins?: readonly string[]
}

/** What the kernel knows of a listener: all but UDP are connections over TCP. */
export function socketTransport(listener: Pick<ListenerSetting, 'transport'>): 'UDP' | 'TCP' {
  return listener.transport === 'UDP' ? 'UDP' : 'TCP'
}

/** A listener whose socket may already be bound. */
export interface HeldListener extends ListenerSetting {
  /** Number of the descriptor in the engine; `null`: the engine binds for itself. */
  readonly descriptor: number | null
}

export interface EngineStart {
  readonly dataFolder: string
  readonly listeners: readonly HeldListener[]
  readonly logLevel: string
  readonly logFormat: 'json' | 'text'
  /** Longest wait for calls to end after the order to drain. */
  readonly drainSeconds: number
  /** Days for which call records are kept; 0 = for ever. */
  readonly recordDays: number
  /** Whether the sample company may be reached from other machines. */
  readonly allowSample: boolean
  readonly tcpConnectionsPerSource: number
  /** New calls a second at most; 0: as many as there is time for. */
  readonly callRate: number
  /** Messages a second of an address that is no trunk and has no registered phone; 0: no limit. */
  readonly sourceRate: number
  /** Parts of the User-Agent of those who get no answer. */
  readonly scanners: readonly string[]
  /** Networks, as `address` or `address/bits`, that are never banned or limited. */
  readonly testNetworks: readonly string[]
  /** `address` or `address:port`; none: those of the machine. */
  readonly nameServers: readonly string[]
  /** Whether media processes may connect: sound of calls that need it passes through them (docs/media.md). */
  readonly media: boolean
  /** Memory for the newest messages, in bytes; 0: none are kept. */
  readonly ladderBytes: number
  /** Who is sent every message (HEP); `null`: nobody. */
  readonly collector: Collector | null
  /** Which UDP socket serves; `auto` is the batching one wherever it is built. */
  readonly udpSocket: 'auto' | 'batching' | 'dgram'
}

/** From supervisor to an engine that serves. */
export type ServingOrder =
  /** Take no new calls, end when the last has ended. */
  | { readonly order: 'drain' }
  /** End now; calls stay in the journal. */
  | { readonly order: 'stop' }
  /** End at once, so that another takes over: what is written is enough, records are its business. */
  | { readonly order: 'giveWay' }
  /** Look whether the configuration has changed. */
  | { readonly order: 'reload' }

/** From supervisor to an engine that waits: it gets to know what is configured, so that it can serve at once. */
export interface PrepareOrder {
  readonly order: 'prepare'
  readonly dataFolder: string
}

/**
 * From supervisor to engine. The first order of a life, but for one to prepare, is to serve; one that must end before it
 * has is killed.
 */
export type EngineOrder = PrepareOrder | { readonly order: 'serve'; readonly start: EngineStart } | ServingOrder

/** From engine to supervisor. */
export type EngineReport =
  /** Modules are loaded; it waits for the order to serve. */
  | { readonly report: 'waiting' }
  /** Traffic is served. */
  | { readonly report: 'ready' }
  /** It cannot start, and will not without somebody's help; one line for people. */
  | { readonly report: 'failed'; readonly message: string }
  | { readonly report: 'draining'; readonly calls: number }

const orders: ReadonlySet<unknown> = new Set<EngineOrder['order']>([
  'prepare',
  'serve',
  'drain',
  'stop',
  'giveWay',
  'reload',
])

/** Whether something that came from the supervisor is an order. */
export function isEngineOrder(value: unknown): value is EngineOrder {
  if (typeof value !== 'object' || value === null || !('order' in value)) return false
  return orders.has(value.order)
}

/** Whether something that came from the engine is a report. */
export function isEngineReport(value: unknown): value is EngineReport {
  return typeof value === 'object' && value !== null && 'report' in value && typeof value.report === 'string'
}
