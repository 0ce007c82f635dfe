import type { Server, Socket, TcpSocketConnectOpts } from 'node:net'
import { connect, createServer, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Logger } from 'pino'
import type { Flow, SendFailureListener } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import { isWildcard } from './addresses.ts'
import type { Listener } from './listener.ts'
import { originCheck } from './origins.ts'
import type { ConnectionOwner, FramingFactory, StreamConnection, StreamLimits } from './stream-connection.ts'
import { TcpConnection } from './tcp-connection.ts'
import { TlsHandshake } from './tls-handshake.ts'
import { WebSocketConnection } from './web-socket-connection.ts'
import { WebSocketHandshake } from './web-socket-handshake.ts'

/** What happens above: one whole message, or the end of a connection. */
export interface TrafficHandler {
  receive(message: string, flow: Flow): void
  connectionClosed(flow: Flow): void
}

export interface StreamOptions {
  readonly handler: TrafficHandler
  readonly framing: FramingFactory
  readonly limits: StreamLimits
  /** Whether a lower-case host, IPv6 in brackets, is this server. */
  readonly isOwnHost: (host: string) => boolean
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
}

/** How often the time limits of all connections are checked; one timer instead of one a connection. */
const sweepTime = 5000
/** How often changed certificates are looked for. */
const certificateTime = 10_000
/** Connections that may wait to be accepted while the engine restarts. */
export const acceptBacklog = 4096

/** A connection that has been accepted and is not open yet, because a handshake is under way. */
interface Beginner {
  readonly socket: Socket
  readonly since: number
}

/** The listeners for TCP, TLS, WS and WSS, and all their connections. */
export class StreamConnections implements ConnectionOwner {
  readonly #options: StreamOptions
  readonly #servers: Server[] = []
  readonly #handshakes: TlsHandshake[] = []
  readonly #byNumber = new Map<number, StreamConnection>()
  /**
   * Connections that we opened, for `connection === 0`: by listener, address and port. One that was accepted is not
   * among them: its port was mostly chosen by chance, and may have been another phone's before (RFC 5923 §5).
   */
  readonly #byPeer = new Map<string, StreamConnection>()
  /** By peer, as above. */
  readonly #beginners = new Map<string, Beginner>()
  /** Accepted connections of each address, in handshakes or open. */
  readonly #accepted = new Map<string, number>()
  /** All of them, and those that we opened. */
  #sockets = 0
  /**
   * Numbers go on after a restart where no earlier engine can have been, so that a number from the journal never names
   * somebody else's connection.
   */
  #number = Date.now() * 1024
  readonly #sweep: NodeJS.Timeout
  readonly #certificateLook: NodeJS.Timeout
  #refused = 0
  #failedHandshakes = 0

  constructor(options: StreamOptions) {
    this.#options = options
    this.#sweep = setInterval(() => this.sweep(Date.now()), sweepTime)
    this.#sweep.unref()
    this.#certificateLook = setInterval(() => void this.lookAtCertificates(), certificateTime)
    this.#certificateLook.unref()
  }

  /** Connections open now. */
  get count(): number {
    return this.#byNumber.size
  }

  /** Connections that were refused because of a limit. */
  get refused(): number {
    return this.#refused
  }

  /** Starts accepting. Rejects with the system's error where the socket cannot be bound. */
  async listen(listener: Listener, index: number): Promise<void> {
    const begin = await this.#beginning(listener, index)
    const server = createServer({ allowHalfOpen: false }, (socket) => this.#accept(socket, index, begin))
    this.#servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.once('listening', () => {
        server.off('error', reject)
        const { log } = this.#options
        server.on('error', (error) => log.warn({ listener: index, error: error.message }, 'Accepting failed'))
        resolve()
      })
      if (listener.descriptor !== null) server.listen({ fd: listener.descriptor })
      else {
        server.listen({
          host: listener.address,
          port: listener.port,
          backlog: acceptBacklog,
          exclusive: true,
          ipv6Only: listener.address.includes(':'),
        })
      }
    })
  }

  /**
   * Sends by the flow's connection; where it names none, by one that we opened to the same peer or, with TCP and TLS, a
   * new one.
   * A connection that is gone is a failure at once: only its owner knows where else the peer may be reached.
   */
  send(flow: Flow, listener: Listener, message: string, failure: SendFailureListener | null): void {
    let connection: StreamConnection | undefined
    if (flow.connection !== 0) connection = this.#byNumber.get(flow.connection)
    else connection = this.#byPeer.get(peerKey(flow)) ?? this.#open(flow, listener)
    if (connection === undefined) failure?.sendFailed()
    else connection.send(message, failure)
  }

  ended(connection: StreamConnection, reason: string): void {
    const { flow } = connection
    this.#byNumber.delete(flow.connection)
    const key = peerKey(flow)
    if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key)
    const peer = `${bracketed(flow.address)}:${flow.port}`
    this.#options.log.debug({ transport: flow.transport, peer, reason }, 'Connection ended')
    this.#options.handler.connectionClosed(flow)
  }

  receive(message: string, flow: Flow): void {
    this.#options.handler.receive(message, flow)
  }

  /** Ends connections that overstepped their times. `now` in milliseconds since the epoch. */
  sweep(now: number): void {
    for (const connection of this.#byNumber.values()) connection.checkTimes(now)
    for (const { socket, since } of this.#beginners.values()) {
      if (now - since <= this.#options.limits.handshakeTime) continue
      this.#handshakeFailed(socket.remoteAddress ?? 'gone', 'no handshake in time')
      socket.destroy()
    }
  }

  /** Takes over certificates whose files have changed. Never rejects. */
  async lookAtCertificates(): Promise<void> {
    await Promise.all(this.#handshakes.map((handshake) => handshake.lookAtCertificate(Date.now())))
  }

  /** Stops accepting and closes every connection. */
  async close(): Promise<void> {
    clearInterval(this.#sweep)
    clearInterval(this.#certificateLook)
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const { socket } of [...this.#beginners.values()]) socket.destroy()
    for (const connection of [...this.#byNumber.values()]) connection.end('the server stops')
    await Promise.all(closed)
  }

  /** What is done with each connection that a listener accepts. */
  async #beginning(listener: Listener, index: number): Promise<(socket: Socket) => void> {
    const { transport, certificateFiles, origins = [] } = listener
    if (transport === 'TCP') return (socket) => this.#openBytes(socket, listener, index)
    const { isOwnHost, limits } = this.#options
    const failed = (peer: string, reason: string) => this.#handshakeFailed(peer, reason)
    const upgrade = new WebSocketHandshake(
      limits.messageBytes,
      originCheck(origins, isOwnHost),
      (webSocket, socket) => {
        const flow = this.#flowOf(socket, listener, index)
        if (flow === null) webSocket.terminate()
        else this.#add(new WebSocketConnection(webSocket, flow, limits, this))
      },
      failed,
    )
    if (transport === 'WS') return (socket) => upgrade.take(socket)
    if (certificateFiles === undefined) throw new Error(`A listener for ${transport} needs a certificate`)
    const handshake = new TlsHandshake(
      certificateFiles,
      (socket) => (transport === 'WSS' ? upgrade.take(socket) : this.#openBytes(socket, listener, index)),
      failed,
      this.#options.log,
    )
    this.#handshakes.push(handshake)
    await handshake.lookAtCertificate(Date.now())
    return (socket) => handshake.take(socket)
  }

  #accept(socket: Socket, index: number, begin: (socket: Socket) => void): void {
    const { remoteAddress, remotePort } = socket
    // Gone again before we came to it.
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy()
      return
    }
    const { limits } = this.#options
    const fromSource = this.#accepted.get(remoteAddress) ?? 0
    if (fromSource >= limits.connectionsPerSource || this.#sockets >= limits.connections) {
      socket.destroy()
      this.#refused++
      if (Number.isInteger(Math.log10(this.#refused))) {
        this.#options.log.warn({ peer: remoteAddress, refused: this.#refused }, 'Too many connections: refused')
      }
      return
    }
    this.#accepted.set(remoteAddress, fromSource + 1)
    const key = peerKey({ listener: index, address: remoteAddress, port: remotePort })
    const beginner = { socket, since: Date.now() }
    this.#beginners.set(key, beginner)
    this.#prepare(socket)
    socket.once('close', () => {
      const count = (this.#accepted.get(remoteAddress) ?? 1) - 1
      if (count === 0) this.#accepted.delete(remoteAddress)
      else this.#accepted.set(remoteAddress, count)
      // A new connection may come from the same port by now.
      if (this.#beginners.get(key) === beginner) this.#beginners.delete(key)
    })
    begin(socket)
  }

  #prepare(socket: Socket): void {
    this.#sockets++
    socket.setNoDelay(true)
    // Finds peers that vanished without a word (half-open connections).
    socket.setKeepAlive(true, 60_000)
    // Whoever takes the connection over hears of it as well; until then, or below TLS, nobody else does.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#sockets--
    })
  }

  #openBytes(socket: Socket, listener: Listener, index: number): void {
    const flow = this.#flowOf(socket, listener, index)
    const { framing, limits } = this.#options
    if (flow === null) socket.destroy()
    else this.#add(new TcpConnection(socket, flow, true, framing, limits, this))
  }

  /** The flow of a connection whose handshakes are done; `null` where it has gone meanwhile. */
  #flowOf(socket: Socket, listener: Listener, index: number): Flow | null {
    const { remoteAddress: address, remotePort: port } = socket
    if (address === undefined || port === undefined || socket.destroyed) return null
    const flow: Flow = { transport: listener.transport, listener: index, address, port, connection: ++this.#number }
    this.#beginners.delete(peerKey(flow))
    return flow
  }

  /** By TLS only to servers that are known by a name: phones have no certificate, and browsers take no connections. */
  #open(flow: Flow, listener: Listener): StreamConnection | undefined {
    const { framing, limits } = this.#options
    const { transport, address, port, serverName } = flow
    const canOpen = transport === 'TCP' || (transport === 'TLS' && serverName !== undefined)
    if (!canOpen || this.#sockets >= limits.connections) return undefined
    const from = isWildcard(listener.address) ? {} : { localAddress: listener.address }
    const where = { host: address, port, ...from }
    const socket = serverName === undefined ? connect(where) : this.#openTls(where, serverName)
    this.#prepare(socket)
    const ours = { ...flow, connection: ++this.#number }
    const connection = this.#add(new TcpConnection(socket, ours, false, framing, limits, this))
    this.#byPeer.set(peerKey(flow), connection)
    return connection
  }

  /**
   * The server must show a certificate of the name, or address, that it is known by (RFC 5922 §4), from an authority that
   * this machine knows.
   */
  #openTls(where: TcpSocketConnectOpts, serverName: string): Socket {
    const name = isIP(serverName) === 0 ? { servername: serverName } : {}
    const socket = connectTls({ ...where, ...name, minVersion: 'TLSv1.2' })
    const failed = (error: NodeJS.ErrnoException) => this.#handshakeFailed(serverName, error.code ?? error.message)
    socket.once('error', failed)
    socket.once('secureConnect', () => socket.off('error', failed))
    return socket
  }

  #add(connection: StreamConnection): StreamConnection {
    this.#byNumber.set(connection.flow.connection, connection)
    return connection
  }

  /** Told once, and then each tenfold: whoever scans the port must not fill the disk. */
  #handshakeFailed(peer: string, reason: string): void {
    this.#failedHandshakes++
    const what = { peer, reason, failed: this.#failedHandshakes }
    if (Number.isInteger(Math.log10(this.#failedHandshakes))) this.#options.log.warn(what, 'A handshake failed')
    else this.#options.log.debug(what, 'A handshake failed')
  }
}

/** A connection to a server of one name does not serve for another at the same address: it was not asked for that name. */
function peerKey(peer: Pick<Flow, 'listener' | 'address' | 'port' | 'serverName'>): string {
  const { listener, address, port, serverName } = peer
  return serverName === undefined ? `${listener} ${address} ${port}` : `${listener} ${address} ${port} ${serverName}`
}
