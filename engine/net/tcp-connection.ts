import type { Socket } from 'node:net'
import type { Framing } from '../sip/framing.ts'
import type { Flow, SendFailureListener } from '../sip/transport.ts'

/** Makes the part that cuts a connection's bytes into messages: `createFraming` of engine/sip/framing.ts. */
export type FramingFactory = (
  onMessage: (message: string) => void,
  onKeepAlive: () => void,
  maximumLength: number,
) => Framing

/** What a stream connection may cost. Times in milliseconds. */
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
  connections: 16_000,
  connectionsPerSource: 1000,
}

/** How a connection tells of itself; one object serves all connections. */
export interface ConnectionOwner {
  receive(message: string, flow: Flow): void
  /** Once for each connection, however it ended. `reason`: one of ours, or the system's. */
  ended(connection: TcpConnection, reason: string): void
}

/** One TCP connection, accepted or opened by us. */
export class TcpConnection {
  readonly flow: Flow
  /** Whether the peer opened it. */
  readonly accepted: boolean
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #limits: StreamLimits
  readonly #framing: Framing
  readonly #openedAt: number
  #connected: boolean
  #lastByteAt: number
  /** When the message now coming in began, or 0 between messages. */
  #messageBegan: number
  #ended = false
  /** Who is told when what he sent is lost with the connection. */
  #unsent: SendFailureListener[] = []

  constructor(
    socket: Socket,
    flow: Flow,
    accepted: boolean,
    framing: FramingFactory,
    limits: StreamLimits,
    owner: ConnectionOwner,
  ) {
    this.#socket = socket
    this.flow = flow
    this.accepted = accepted
    this.#connected = accepted
    this.#owner = owner
    this.#limits = limits
    this.#openedAt = Date.now()
    this.#lastByteAt = this.#openedAt
    // A peer that opens a connection owes its first message; on one of ours the peer may stay silent.
    this.#messageBegan = accepted ? this.#openedAt : 0
    this.#framing = framing(
      (message) => this.#message(message),
      () => this.#keepAlive(),
      limits.messageBytes,
    )
    socket.setNoDelay(true)
    // Finds peers that vanished without a word (half-open connections).
    socket.setKeepAlive(true, 60_000)
    socket.on('connect', () => this.#opened())
    socket.on('data', (data) => this.#received(data))
    socket.on('drain', () => {
      this.#unsent = []
    })
    socket.on('error', (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message))
    socket.on('close', () => this.end('closed by the peer'))
  }

  /** Hands one message to the connection; `failure` is told when the connection ends before the kernel took it. */
  send(message: string, failure: SendFailureListener | null): void {
    if (this.#ended) {
      failure?.sendFailed()
      return
    }
    this.#socket.write(message, 'latin1')
    if (this.#socket.writableLength === 0) return
    if (failure !== null) this.#unsent.push(failure)
    if (this.#socket.writableLength > this.#limits.waitingBytes) this.end('the peer reads too slowly')
  }

  /** Ends a connection that overstepped a time limit. `now` in milliseconds since the epoch. */
  checkTimes(now: number): void {
    if (!this.#connected) {
      if (now - this.#openedAt > this.#limits.connectTime) this.end('no connection in time')
    } else if (this.#messageBegan !== 0 && now - this.#messageBegan > this.#limits.messageTime) {
      this.end('no whole message in time')
    } else if (now - this.#lastByteAt > this.#limits.idleTime) {
      this.end('idle for too long')
    }
  }

  /** Closes at once; what was not sent is reported as failed. */
  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.destroy()
    const unsent = this.#unsent
    this.#unsent = []
    this.#owner.ended(this, reason)
    for (const failure of unsent) failure.sendFailed()
  }

  #opened(): void {
    this.#connected = true
    this.#lastByteAt = Date.now()
  }

  #received(data: Buffer): void {
    if (this.#ended) return
    this.#lastByteAt = Date.now()
    const text = data.toString('latin1')
    if (this.#messageBegan === 0 && !onlyLineEnds(text)) this.#messageBegan = this.#lastByteAt
    if (!this.#framing.push(text)) this.end('not SIP, or a message that is too large')
  }

  #message(message: string): void {
    this.#messageBegan = 0
    // A connection that was ended by the message before this one has nothing more to say.
    if (!this.#ended) this.#owner.receive(message, this.flow)
  }

  /** RFC 5626 §4.4.1: a double CRLF is answered by one. */
  #keepAlive(): void {
    if (this.accepted && this.#messageBegan === this.#openedAt) this.#messageBegan = 0
    this.send('\r\n', null)
  }
}

function onlyLineEnds(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code !== 13 && code !== 10) return false
  }
  return true
}
