import type { Logger } from 'pino'
import type { Flow, Network, SendFailureListener, Transport } from '../sip/transport.ts'
import type { Addresses } from './addresses.ts'
import type { Listener } from './listener.ts'
import type { TrafficHandler } from './tcp.ts'
import { TcpConnections } from './tcp.ts'
import type { FramingFactory, StreamLimits } from './tcp-connection.ts'
import { largestDatagram, UdpListener } from './udp.ts'

export interface NetworkOptions {
  readonly listeners: readonly Listener[]
  readonly addresses: Addresses
  readonly framing: FramingFactory
  readonly streamLimits: StreamLimits
  /** Called once a turn before its messages leave: the journal writes what the turn recorded. */
  readonly beforeSend: () => void
  readonly log: Pick<Logger, 'debug' | 'warn'>
}

/** How often the machine's addresses are looked at again. */
const addressTime = 60_000

/**
 * The machine's network: sockets, and the outbox between them and the core.
 *
 * `send` only queues. When what was received has been handled, `beforeSend` writes the records with one write, then the
 * messages leave in order. What timers and streams lead to is put together until the turn of the event loop ends.
 */
export class SocketNetwork implements Network {
  readonly #options: NetworkOptions
  readonly #addresses: Addresses
  readonly #udp: (UdpListener | null)[] = []
  #tcp: TcpConnections | null = null
  #addressTimer: NodeJS.Timeout | null = null
  /** The outbox: three columns, reused from turn to turn. */
  #flows: (Flow | null)[] = []
  #messages: string[] = []
  #failures: (SendFailureListener | null)[] = []
  /** The columns of the turn that is leaving, while new messages are queued in the others. */
  #leavingFlows: (Flow | null)[] = []
  #leavingMessages: string[] = []
  #leavingFailures: (SendFailureListener | null)[] = []
  #queued = 0
  #scheduled = false
  /** A datagram is being handled, after which all is flushed. */
  #receiving = false
  readonly #flushTurn: () => void

  constructor(options: NetworkOptions) {
    this.#options = options
    this.#addresses = options.addresses
    this.#flushTurn = () => {
      this.#scheduled = false
      this.flush()
    }
  }

  /**
   * Opens all sockets; traffic arrives from now on.
   * @throws the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL) where one cannot be bound
   */
  async open(handler: TrafficHandler): Promise<void> {
    const { listeners, log, framing, streamLimits } = this.#options
    // What a datagram led to leaves as soon as it is handled: an immediate for each of them would cost more than the
    // writes to the journal that it could put together, as long as datagrams come one by one.
    const receive = (message: string, flow: Flow) => {
      this.#receiving = true
      handler.receive(message, flow)
      this.#receiving = false
      this.flush()
    }
    const tcp = new TcpConnections(handler, framing, streamLimits, log)
    this.#tcp = tcp
    this.#addressTimer = setInterval(() => this.#addresses.refresh(), addressTime)
    this.#addressTimer.unref()
    const opened = listeners.map((listener, index) => {
      if (listener.transport === 'TCP') {
        this.#udp.push(null)
        return tcp.listen(listener, index)
      }
      const udp = new UdpListener(listener, index, receive, log)
      this.#udp.push(udp)
      return udp.open()
    })
    await Promise.all(opened)
  }

  send(flow: Flow, message: string, listener: SendFailureListener | null): void {
    const place = this.#queued++
    this.#flows[place] = flow
    this.#messages[place] = message
    this.#failures[place] = listener
    if (this.#scheduled || this.#receiving) return
    this.#scheduled = true
    setImmediate(this.#flushTurn)
  }

  advertised(flow: Flow): string {
    return this.#addresses.advertised(flow.listener, flow.address)
  }

  listenerFor(transport: Transport, address: string): number {
    return this.#addresses.listenerFor(transport, address)
  }

  /** Writes the records and lets all queued messages leave now: at the end of a turn, and before the process ends. */
  flush(): void {
    this.#options.beforeSend()
    const count = this.#queued
    if (count === 0) return
    const flows = this.#flows
    const messages = this.#messages
    const failures = this.#failures
    // A failure told below may queue another message: it belongs to the next turn, after that turn's records.
    this.#flows = this.#leavingFlows
    this.#messages = this.#leavingMessages
    this.#failures = this.#leavingFailures
    this.#queued = 0
    for (let place = 0; place < count; place++) {
      this.#leave(flows[place]!, messages[place]!, failures[place]!)
      flows[place] = null
      messages[place] = ''
      failures[place] = null
    }
    this.#leavingFlows = flows
    this.#leavingMessages = messages
    this.#leavingFailures = failures
  }

  /** Connections open now. */
  get connections(): number {
    return this.#tcp?.count ?? 0
  }

  /** Lets what is queued leave and closes all sockets. */
  async close(): Promise<void> {
    this.flush()
    if (this.#addressTimer !== null) clearInterval(this.#addressTimer)
    await Promise.all([...this.#udp.map((udp) => udp?.close()), this.#tcp?.close()])
  }

  #leave(flow: Flow, message: string, failure: SendFailureListener | null): void {
    if (flow.transport === 'UDP') {
      const udp = this.#udp[flow.listener]
      if (udp == null || message.length > largestDatagram) {
        this.#options.log.warn({ bytes: message.length, listener: flow.listener }, 'A message cannot be sent by UDP')
        failure?.sendFailed()
      } else udp.send(message, flow.address, flow.port)
      return
    }
    const listener = this.#options.listeners[flow.listener]
    if (flow.transport !== 'TCP' || listener?.transport !== 'TCP' || this.#tcp === null) failure?.sendFailed()
    else this.#tcp.send(flow, listener, message, failure)
  }
}
