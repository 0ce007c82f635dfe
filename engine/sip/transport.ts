/**
 * What the protocol core needs of the outside world. Everything here is handed in, so that the same code runs on real
 * sockets and under a simulated network and clock.
 *
 * Text that crosses these interfaces is a *binary string*: one character a byte (latin1). Bytes survive the way in and
 * out unchanged, whatever their character set, and V8 keeps such strings at one byte a character.
 */

export type Transport = 'UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS'

/** Where a message came from or goes to: one peer, seen through one of our listeners. */
export interface Flow {
  readonly transport: Transport
  /** Index into the listeners the process was started with. */
  readonly listener: number
  /** The peer's IP address, without brackets. */
  readonly address: string
  readonly port: number
  /** Number of the stream connection; 0 for UDP, and for a stream that is still to be opened. */
  readonly connection: number
  /** To a server, with TLS: the name or address that its certificate must have (RFC 5922 §4). */
  readonly serverName?: string
}

/** Whether two flows are one: the same peer, through the same listener, by the same connection. */
export function isSameFlow(left: Flow, right: Flow): boolean {
  return (
    left.port === right.port &&
    left.address === right.address &&
    left.transport === right.transport &&
    left.listener === right.listener &&
    left.connection === right.connection
  )
}

/** Whether two flows lead to one peer, by whatever connection. */
export function isSamePeer(left: Flow, right: Flow): boolean {
  return left.port === right.port && left.address === right.address && left.transport === right.transport
}

/** Whether what is signalled by it can be read by nobody on the way. */
export function isPrivate({ transport }: Flow): boolean {
  return transport === 'TLS' || transport === 'WSS'
}

/** Told when a message could not be handed to the network (connection refused, reset, no route). */
export interface SendFailureListener {
  sendFailed(): void
}

export interface Network {
  /**
   * Sends one whole message. Never throws and never waits; failures of streams are reported later to `listener`.
   * Messages of one turn leave in order, after that turn's journal records are written.
   */
  send(flow: Flow, message: string, listener: SendFailureListener | null): void
  /** Index of the listener through which `address` can be reached by `transport`; -1 where there is none. */
  listenerFor(transport: Transport, address: string): number
  /** The host:port that peers behind `flow` must use to reach us (Via sent-by, Contact). IPv6 in brackets. */
  advertised(flow: Flow): string
}

/** Owner of timers: told which of its timers is due. */
export interface TimerOwner {
  timerFired(name: string): void
}

/** An opaque handle; `null` where no timer runs. */
export type TimerHandle = object

export interface Clock {
  /** Milliseconds since the Unix epoch. Does not run backwards within a process. */
  now(): number
  /** Calls `owner.timerFired(name)` once, at least `milliseconds` from now. */
  start(milliseconds: number, owner: TimerOwner, name: string): TimerHandle
  stop(handle: TimerHandle): void
}

export interface Random {
  /** `length` characters of [0-9a-z], unguessable: for tags, branches, Call-IDs and nonces. */
  token(length: number): string
  /** A number in [0, 1): for spreading in time, not for secrets. */
  fraction(): number
}
