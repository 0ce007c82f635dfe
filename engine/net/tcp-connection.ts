import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Framing } from '../sip/framing.ts'
import type { Flow, SendFailureListener } from '../sip/transport.ts'
import type { ConnectionOwner, FramingFactory, StreamConnection, StreamLimits } from './stream-connection.ts'
import { UnsentMessages } from './stream-connection.ts'

/** How long a peer to whom we said our last word may take to close, in milliseconds. */
const closingTime = 2000

/** A connection that carries bytes, accepted or opened by us: TCP, or TLS over it once its handshake is done. */
export class TcpConnection implements StreamConnection {
  readonly flow: Flow
  /** Whether the peer opened it. */
  readonly #accepted: boolean
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #limits: StreamLimits
  readonly #framing: Framing
  readonly #openedAt: number
  #connected: boolean
  #lastByteAt: number
  /** When the message now coming in began, or 0 between messages. */
  #messageBegan: number
  /** Nothing more is read: what is queued leaves, then it closes. */
  #closing = ''
  #closingSince = 0
  #ended = false
  readonly #unsent = new UnsentMessages()
  /** Called for each message once the kernel has taken it; one function for all of them. */
  readonly #written: (error?: Error | null) => void

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
    this.#accepted = accepted
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
    this.#written = (error) => {
      if (error == null) this.#unsent.taken()
    }
    // With TLS nothing is settled before the peer has shown who he is.
    socket.on(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => this.#opened())
    socket.on('data', (data) => this.#received(data))
    socket.on('error', (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message))
    socket.on('close', () => this.end(this.#closing === '' ? 'closed by the peer' : this.#closing))
  }

  send(message: string, failure: SendFailureListener | null): void {
    if (this.#ended || this.#closingSince !== 0) {
      failure?.sendFailed()
      return
    }
    this.#unsent.add(failure)
    this.#socket.write(message, 'latin1', this.#written)
    if (this.#socket.writableLength > this.#limits.waitingBytes) this.end('the peer reads too slowly')
  }

  checkTimes(now: number): void {
    if (this.#closingSince !== 0) {
      if (now - this.#closingSince > closingTime) this.end(this.#closing)
    } else if (!this.#connected) {
      if (now - this.#openedAt > this.#limits.connectTime) this.end('no connection in time')
    } else if (this.#messageBegan !== 0 && now - this.#messageBegan > this.#limits.messageTime) {
      this.end('no whole message in time')
    } else if (now - this.#lastByteAt > this.#limits.idleTime) {
      this.end('idle for too long')
    }
  }

  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.destroy()
    this.#owner.ended(this, reason)
    this.#unsent.lost()
  }

  #opened(): void {
    this.#connected = true
    this.#lastByteAt = Date.now()
  }

  #received(data: Buffer): void {
    // While it closes what still comes is read and dropped: closing with unread bytes would reset the connection, and
    // our last word might be lost with it.
    if (this.#ended || this.#closing !== '') return
    this.#lastByteAt = Date.now()
    if (!this.#framing.push(data.toString('latin1'))) this.#close('not SIP, or a message that is too large')
    else if (this.#messageBegan === 0 && this.#framing.incomplete()) this.#messageBegan = this.#lastByteAt
  }

  /**
   * Closes once what was answered in this turn has left. Answers leave in an immediate that was asked for before this
   * one (engine/net/network.ts), and those run in order.
   */
  #close(reason: string): void {
    this.#closing = reason
    setImmediate(() => {
      if (this.#ended) return
      this.#closingSince = Date.now()
      this.#socket.end()
    })
  }

  #message(message: string): void {
    this.#messageBegan = 0
    // A connection that was ended by the message before this one has nothing more to say.
    if (!this.#ended) this.#owner.receive(message, this.flow)
  }

  /** RFC 5626 §4.4.1: a double CRLF is answered by one. */
  #keepAlive(): void {
    if (this.#accepted && this.#messageBegan === this.#openedAt) this.#messageBegan = 0
    this.send('\r\n', null)
  }
}
