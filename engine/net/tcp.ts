import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Logger } from 'pino'
import type { Flow, SendFailureListener } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import { isWildcard } from './addresses.ts'
import type { Listener } from './listener.ts'
import type { ConnectionOwner, FramingFactory, StreamLimits } from './tcp-connection.ts'
import { TcpConnection } from './tcp-connection.ts'

/** What happens above: one whole message, or the end of a connection. */
export interface TrafficHandler {
  receive(message: string, flow: Flow): void
  connectionClosed(flow: Flow): void
}

/** How often the time limits of all connections are checked; one timer instead of one a connection. */
const sweepTime = 5000
/** Connections that may wait to be accepted while the engine restarts. */
export const acceptBacklog = 4096

/** The TCP listeners and all their connections. */
export class TcpConnections implements ConnectionOwner {
  readonly #handler: TrafficHandler
  readonly #framing: FramingFactory
  readonly #limits: StreamLimits
  readonly #log: Pick<Logger, 'debug' | 'warn'>
  readonly #servers: Server[] = []
  readonly #byNumber = new Map<number, TcpConnection>()
  /** The newest live connection to a peer, for `connection === 0`: listener, address and port. */
  readonly #byPeer = new Map<string, TcpConnection>()
  readonly #accepted = new Map<string, number>()
  /**
   * Numbers go on after a restart where no earlier engine can have been, so that a number from the journal never names
   * somebody else's connection.
   */
  #number = Date.now() * 1024
  readonly #sweep: NodeJS.Timeout
  #refused = 0

  constructor(
    handler: TrafficHandler,
    framing: FramingFactory,
    limits: StreamLimits,
    log: Pick<Logger, 'debug' | 'warn'>,
  ) {
    this.#handler = handler
    this.#framing = framing
    this.#limits = limits
    this.#log = log
    this.#sweep = setInterval(() => this.sweep(Date.now()), sweepTime)
    this.#sweep.unref()
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
  listen(listener: Listener, index: number): Promise<void> {
    const server = createServer({ allowHalfOpen: false }, (socket) => this.#accept(socket, index))
    this.#servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.once('listening', () => {
        server.off('error', reject)
        server.on('error', (error) => this.#log.warn({ listener: index, error: error.message }, 'Accepting failed'))
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
   * Sends by the flow's connection; where it names none, by a live one to the same peer or a new one.
   * A connection that is gone is a failure at once: only its owner knows where else the peer may be reached.
   */
  send(flow: Flow, listener: Listener, message: string, failure: SendFailureListener | null): void {
    let connection: TcpConnection | undefined
    if (flow.connection !== 0) connection = this.#byNumber.get(flow.connection)
    else connection = this.#byPeer.get(peerKey(flow)) ?? this.#open(flow, listener)
    if (connection === undefined) failure?.sendFailed()
    else connection.send(message, failure)
  }

  ended(connection: TcpConnection, reason: string): void {
    const { flow } = connection
    this.#byNumber.delete(flow.connection)
    const key = peerKey(flow)
    if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key)
    if (connection.accepted) {
      const count = (this.#accepted.get(flow.address) ?? 1) - 1
      if (count === 0) this.#accepted.delete(flow.address)
      else this.#accepted.set(flow.address, count)
    }
    this.#log.debug({ peer: `${bracketed(flow.address)}:${flow.port}`, reason }, 'TCP connection ended')
    this.#handler.connectionClosed(flow)
  }

  receive(message: string, flow: Flow): void {
    this.#handler.receive(message, flow)
  }

  /** Ends connections that overstepped their times. `now` in milliseconds since the epoch. */
  sweep(now: number): void {
    for (const connection of this.#byNumber.values()) connection.checkTimes(now)
  }

  /** Stops accepting and closes every connection. */
  async close(): Promise<void> {
    clearInterval(this.#sweep)
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const connection of [...this.#byNumber.values()]) connection.end('the server stops')
    await Promise.all(closed)
  }

  #accept(socket: Socket, index: number): void {
    const { remoteAddress, remotePort } = socket
    // Gone again before we came to it.
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy()
      return
    }
    const fromSource = this.#accepted.get(remoteAddress) ?? 0
    if (fromSource >= this.#limits.connectionsPerSource || this.#byNumber.size >= this.#limits.connections) {
      socket.destroy()
      this.#refused++
      if (Number.isInteger(Math.log10(this.#refused))) {
        this.#log.warn({ peer: remoteAddress, refused: this.#refused }, 'Too many TCP connections: refused')
      }
      return
    }
    this.#accepted.set(remoteAddress, fromSource + 1)
    this.#add(socket, index, remoteAddress, remotePort, true)
  }

  #open(flow: Flow, listener: Listener): TcpConnection | undefined {
    if (this.#byNumber.size >= this.#limits.connections) return undefined
    const from = isWildcard(listener.address) ? {} : { localAddress: listener.address }
    const socket = connect({ host: flow.address, port: flow.port, ...from })
    return this.#add(socket, flow.listener, flow.address, flow.port, false)
  }

  #add(socket: Socket, listener: number, address: string, port: number, accepted: boolean): TcpConnection {
    const flow: Flow = { transport: 'TCP', listener, address, port, connection: ++this.#number }
    const connection = new TcpConnection(socket, flow, accepted, this.#framing, this.#limits, this)
    this.#byNumber.set(flow.connection, connection)
    this.#byPeer.set(peerKey(flow), connection)
    return connection
  }
}

function peerKey(flow: Flow): string {
  return `${flow.listener} ${flow.address} ${flow.port}`
}
