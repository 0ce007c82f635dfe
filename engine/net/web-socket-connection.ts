import { isUtf8 } from 'node:buffer'
import type { RawData, WebSocket } from 'ws'
import type { Flow, SendFailureListener } from '../sip/transport.ts'
import type { ConnectionOwner, StreamConnection, StreamLimits } from './stream-connection.ts'
import { UnsentMessages } from './stream-connection.ts'

/** A WebSocket, which a browser opened: each of its messages is one SIP message (RFC 7118 §5), text or binary. */
export class WebSocketConnection implements StreamConnection {
  readonly flow: Flow
  readonly #webSocket: WebSocket
  readonly #owner: ConnectionOwner
  readonly #limits: StreamLimits
  readonly #openedAt: number
  /** A peer that opens a connection owes a first message or keep-alive. */
  #silent = true
  #lastSignAt: number
  /** When we sent a ping that is not answered, or 0. */
  #pingedAt = 0
  #ended = false
  readonly #unsent = new UnsentMessages()
  /** Called for each message once it is with the kernel; one function for all of them. */
  readonly #written: (error?: Error | null) => void

  constructor(webSocket: WebSocket, flow: Flow, limits: StreamLimits, owner: ConnectionOwner) {
    this.#webSocket = webSocket
    this.flow = flow
    this.#limits = limits
    this.#owner = owner
    this.#openedAt = Date.now()
    this.#lastSignAt = this.#openedAt
    this.#written = (error) => {
      if (error == null) this.#unsent.taken()
    }
    webSocket.on('message', (data) => this.#received(data))
    webSocket.on('pong', () => this.#heard())
    webSocket.on('ping', () => this.#heard())
    webSocket.on('error', (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message))
    webSocket.on('close', () => this.end('closed by the peer'))
  }

  send(message: string, failure: SendFailureListener | null): void {
    if (this.#ended) {
      failure?.sendFailed()
      return
    }
    const bytes = Buffer.from(message, 'latin1')
    this.#unsent.add(failure)
    // Text where it may be: some programs in browsers take nothing else. Text has to be UTF-8 (RFC 6455 §5.6).
    this.#webSocket.send(bytes, { binary: !isUtf8(bytes), compress: false }, this.#written)
    if (this.#webSocket.bufferedAmount > this.#limits.waitingBytes) this.end('the peer reads too slowly')
  }

  checkTimes(now: number): void {
    const { messageTime, idleTime, pingTime } = this.#limits
    if (this.#silent && now - this.#openedAt > messageTime) this.end('no whole message in time')
    else if (this.#pingedAt !== 0 && now - this.#pingedAt > pingTime) this.end('no answer to a ping')
    else if (now - this.#lastSignAt > idleTime) this.end('idle for too long')
    else if (this.#pingedAt === 0 && now - this.#lastSignAt > pingTime) this.#ping(now)
  }

  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#webSocket.terminate()
    this.#owner.ended(this, reason)
    this.#unsent.lost()
  }

  /** RFC 7118 §6: browsers cannot send pings, and routers forget connections that nothing passes. */
  #ping(now: number): void {
    this.#pingedAt = now
    this.#webSocket.ping()
  }

  #heard(): void {
    this.#pingedAt = 0
    this.#lastSignAt = Date.now()
  }

  #received(data: RawData): void {
    if (this.#ended) return
    this.#heard()
    this.#silent = false
    const text = binaryString(data)
    // RFC 5626 §4.4.1, which programs in browsers use as well: a double CRLF is answered by one.
    if (onlyLineEnds(text)) {
      if (text.length >= 4) this.send('\r\n', null)
      return
    }
    this.#owner.receive(text, this.flow)
  }
}

/** One character a byte, as everywhere in the engine. */
function binaryString(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('latin1')
  return Array.isArray(data) ? Buffer.concat(data).toString('latin1') : Buffer.from(data).toString('latin1')
}

/** Is this nothing but keep-alives, whole or in part (RFC 5626 §4.4.1)? */
function onlyLineEnds(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code !== 13 && code !== 10) return false
  }
  return true
}
