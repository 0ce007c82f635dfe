/** What holds for every connection that carries messages, whatever lies between them and the socket. */
import type { Framing } from '../sip/framing.ts'
import type { Flow, SendFailureListener } from '../sip/transport.ts'

/** Makes the part that cuts a connection's bytes into messages: `createFraming` of engine/sip/framing.ts. */
export type FramingFactory = (
  onMessage: (message: string) => void,
  onKeepAlive: () => void,
  maximumLength: number,
) => Framing

/** What a connection may cost. Times in milliseconds. */
export interface StreamLimits {
  /** Largest message, headers and body, in bytes. */
  readonly messageBytes: number
  /** What may wait for a peer that reads too slowly, in bytes. */
  readonly waitingBytes: number
  /** From opening to the first message, and from the first byte of a message to its last. */
  readonly messageTime: number
  /** Without a byte from the peer, keep-alives included. */
  readonly idleTime: number
  readonly connectTime: number
  /** From accepting to the end of the TLS handshake and of the WebSocket's. */
  readonly handshakeTime: number
  /** Between two pings of a WebSocket; one that is not answered until the next ends it. */
  readonly pingTime: number
  readonly connections: number
  /** Accepted ones from one address. */
  readonly connectionsPerSource: number
}

export const defaultStreamLimits: StreamLimits = {
  messageBytes: 256 * 1024,
  waitingBytes: 1024 * 1024,
  messageTime: 30_000,
  idleTime: 2 * 3_600_000,
  connectTime: 10_000,
  handshakeTime: 10_000,
  pingTime: 30_000,
  connections: 16_000,
  connectionsPerSource: 1000,
}

/** One open connection to a peer. */
export interface StreamConnection {
  readonly flow: Flow
  /** Hands one message to the connection; `failure` is told when the connection ends before the kernel took it. */
  send(message: string, failure: SendFailureListener | null): void
  /** Ends a connection that overstepped a time limit. `now` in milliseconds since the epoch. */
  checkTimes(now: number): void
  /** Closes at once; what was not sent is reported as failed. */
  end(reason: string): void
}

/** How a connection tells of itself; one object serves all connections. */
export interface ConnectionOwner {
  receive(message: string, flow: Flow): void
  /** Once for each connection, however it ended. `reason`: one of ours, or the system's. */
  ended(connection: StreamConnection, reason: string): void
}

/** Who is told when what he sent is lost with a connection: one entry for each message that is still on its way. */
export class UnsentMessages {
  #waiting: (SendFailureListener | null)[] = []

  add(failure: SendFailureListener | null): void {
    this.#waiting.push(failure)
  }

  /** The oldest one has been taken by the kernel. */
  taken(): void {
    this.#waiting.shift()
  }

  /** None of the others will be. */
  lost(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const failure of waiting) failure?.sendFailed()
  }
}
