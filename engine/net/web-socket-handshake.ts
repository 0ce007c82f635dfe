import type { IncomingMessage, Server } from 'node:http'
import { createServer, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'

/** Where SIP is served; browsers' programs differ in what they ask for. */
const paths: ReadonlySet<string> = new Set(['/', '/ws'])
/** The subprotocol of SIP (RFC 7118 §4). */
const subprotocol = 'sip'
const largestHead = 8192

/**
 * Our side of the WebSocket handshakes of one listener (RFC 6455 §4.2, RFC 7118 §4). It accepts nothing itself: it is
 * given connections that passed the limits, after the TLS handshake where there is one.
 */
export class WebSocketHandshake {
  readonly #server: Server
  readonly #sockets: WebSocketServer
  readonly #allowsOrigin: (origin: string | undefined) => boolean

  /**
   * @param messageBytes largest message that is taken
   * @param allowsOrigin whether a page of this origin may connect; `undefined` is what is no browser
   * @param opened given each WebSocket and the connection below it
   * @param refused told of each handshake that was refused, and why
   */
  constructor(
    messageBytes: number,
    allowsOrigin: (origin: string | undefined) => boolean,
    opened: (webSocket: WebSocket, socket: Socket) => void,
    refused: (peer: string, reason: string) => void,
  ) {
    this.#allowsOrigin = allowsOrigin
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: messageBytes,
      handleProtocols: () => subprotocol,
    })
    // A client that was refused gets told how to do better, and nothing of HTTP is served here.
    this.#server = createServer({ maxHeaderSize: largestHead }, (_request, response) => {
      response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Length': 0 }).end()
    })
    this.#server.on('clientError', (_error, socket) => socket.destroy())
    this.#server.on('upgrade', (request, socket, head) => {
      const refusal = this.#refusal(request)
      if (refusal !== null) {
        refused(request.socket.remoteAddress ?? 'gone', refusal.reason)
        refuse(socket, refusal.status)
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => opened(webSocket, request.socket))
    })
  }

  /** Waits for the request on an accepted connection. */
  take(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  #refusal(request: IncomingMessage): { readonly status: number; readonly reason: string } | null {
    const [path = ''] = (request.url ?? '').split('?', 1)
    if (!paths.has(path)) return { status: 404, reason: 'no such path' }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    if (!offered.includes(subprotocol)) return { status: 400, reason: 'it does not offer the subprotocol sip' }
    const { origin } = request.headers
    if (!this.#allowsOrigin(origin)) return { status: 403, reason: `pages of ${origin} may not connect (ws-origins)` }
    return null
  }
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
