import type { Logger } from 'pino'
import type { Flow, Network, SendFailureListener, Transport } from '../sip/transport.ts'
import type { Addresses } from './addresses.ts'
import type { DatagramReceiver, MessageKeeper, UdpListener } from './datagram.ts'
import { largestDatagram } from './datagram.ts'
import type { Listener } from './listener.ts'
import type { FramingFactory, StreamLimits } from './stream-connection.ts'
import type { TrafficHandler } from './streams.ts'
import { StreamConnections } from './streams.ts'
import type { UdpSocketChoice, UdpSocketKind } from './udp.ts'
import { udpListener, udpSocketKind } from './udp.ts'

export interface NetworkOptions {
  readonly listeners: readonly Listener[]
  readonly addresses: Addresses
  readonly framing: FramingFactory
  readonly streamLimits: StreamLimits
  readonly udpSocket: UdpSocketChoice
  /** Keeps what is sent for ladders; `null`: nobody does. */
  readonly keeper: MessageKeeper | null
  /** Called once a turn before its messages leave: the journal writes what the turn recorded. */
  readonly beforeSend: () => void
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
}

/** Longer datagrams may be cut into fragments on their way (RFC 3261 §18.1.1), in bytes. */
const surelyWhole = 1300

/** How often the machine's addresses are looked at again, and whether datagrams were lost. */
const lookTime = 60_000

/**
 * The machine's network: sockets, and the outbox between them and the core.
 *
 * `send` only queues. When what was received together has been handled (a batch, or one datagram where the socket gives
 * them one by one), `beforeSend` writes the records with one write, then the messages leave in order. What timers and
 * streams lead to is put together until the turn of the event loop ends.
 */
export class SocketNetwork implements Network {
  readonly #options: NetworkOptions
  readonly #addresses: Addresses
  readonly #udp: (UdpListener | null)[] = []
  /** Which socket carries UDP here, and why. */
  readonly udpSocket: UdpSocketKind
  #streams: StreamConnections | null = null
  #lookTimer: NodeJS.Timeout | null = null
  /** The outbox: three columns, reused from turn to turn. */
  #flows: (Flow | null)[] = []
  #messages: string[] = []
  #failures: (SendFailureListener | null)[] = []
  /** The columns of the turn that is leaving, while new messages are queued in the others. */
  #leavingFlows: (Flow | null)[] = []
  #leavingMessages: string[] = []
  #leavingFailures: (SendFailureListener | null)[] = []
  /** Datagrams known to be lost. */
  #drops = 0
  #queued = 0
  /** Something is queued that leaves by another way than UDP: then all is kept one by one, in the order in which it leaves. */
  #mixed = false
  #scheduled = false
  /** Messages handed in since the start. */
  sent = 0
  /** Messages that could not be sent by UDP. */
  dropped = 0
  /** Messages sent by UDP that are longer than what surely passes in one piece. */
  long = 0
  /** Datagrams are being handled, after which all is flushed. */
  #receiving = false
  readonly #flushTurn: () => void

  /** @throws Error with one line for people where the socket asked for is not there */
  constructor(options: NetworkOptions) {
    this.#options = options
    this.udpSocket = udpSocketKind(options.udpSocket)
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
    const { listeners, addresses, log, framing, streamLimits, keeper } = this.#options
    // What a batch led to leaves as soon as it is handled, without another turn of the event loop. When a handler
    // throws, nothing of its batch leaves: the process ends, and what is not in the journal was never answered.
    const receiver: DatagramReceiver = {
      receive: (message, flow) => {
        this.#receiving = true
        handler.receive(message, flow)
      },
      received: () => {
        this.#receiving = false
        this.flush()
      },
    }
    const isOwnHost = (host: string) => addresses.isOwnHost(host)
    const streams = new StreamConnections({ handler, framing, limits: streamLimits, isOwnHost, log })
    this.#streams = streams
    this.#lookTimer = setInterval(() => this.#look(), lookTime)
    this.#lookTimer.unref()
    const opened = listeners.map((listener, index) => {
      if (listener.transport !== 'UDP') {
        this.#udp.push(null)
        return streams.listen(listener, index)
      }
      const udp = udpListener(this.udpSocket, listener, index, receiver, log, keeper)
      this.#udp.push(udp)
      return udp.open()
    })
    await Promise.all(opened)
  }

  send(flow: Flow, message: string, listener: SendFailureListener | null): void {
    const place = this.#queued++
    this.sent++
    this.#flows[place] = flow
    this.#messages[place] = message
    this.#failures[place] = listener
    if (flow.transport !== 'UDP') this.#mixed = true
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
    const mixed = this.#mixed
    this.#mixed = false
    // What was received comes first in a ladder.
    if (mixed || count === 0) for (const udp of this.#udp) udp?.flush()
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
      this.#leave(flows[place]!, messages[place]!, failures[place]!, mixed)
      flows[place] = null
      messages[place] = ''
      failures[place] = null
    }
    for (const udp of this.#udp) udp?.flush()
    this.#leavingFlows = flows
    this.#leavingMessages = messages
    this.#leavingFailures = failures
  }

  /** Whether more waits in a socket than was taken when it was read last. */
  moreWaits(): boolean {
    let more = false
    for (const udp of this.#udp) if (udp?.moreWaits() === true) more = true
    return more
  }

  /** How full the fullest UDP socket is (0 to 1), and what all have lost; `null` where that cannot be known. */
  receiveQueue(): { readonly share: number; readonly bytes: number; readonly drops: number } | null {
    let found: { share: number; bytes: number; drops: number } | null = null
    for (const udp of this.#udp) {
      const queue = udp?.receiveQueue() ?? null
      if (queue === null) continue
      found ??= { share: 0, bytes: 0, drops: 0 }
      found.bytes += queue.bytes
      found.drops += queue.drops
      found.share = Math.max(found.share, queue.bytes / queue.room)
    }
    return found
  }

  /** Connections open now. */
  get connections(): number {
    return this.#streams?.count ?? 0
  }

  /** Looks at once whether certificates have changed. Never rejects. */
  async lookAtCertificates(): Promise<void> {
    await this.#streams?.lookAtCertificates()
  }

  /** Lets what is queued leave and closes all sockets. */
  async close(): Promise<void> {
    this.flush()
    if (this.#lookTimer !== null) clearInterval(this.#lookTimer)
    await Promise.all([...this.#udp.map((udp) => udp?.close()), this.#streams?.close()])
  }

  #look(): void {
    this.#addresses.refresh()
    const drops = this.receiveQueue()?.drops ?? 0
    const lost = drops - this.#drops
    this.#drops = drops
    if (lost <= 0) return
    this.#options.log.warn({ lost }, 'Datagrams were lost, because the receive buffer was full ("ringdown doctor")')
  }

  #leave(flow: Flow, message: string, failure: SendFailureListener | null, mixed: boolean): void {
    const { keeper, listeners, log } = this.#options
    if (flow.transport === 'UDP') {
      const udp = this.#udp[flow.listener]
      const byItself = udp?.keeps === true && !mixed
      if (!byItself) keeper?.sent(message, flow)
      if (udp == null || message.length > largestDatagram) {
        log.warn({ bytes: message.length, listener: flow.listener }, 'A message cannot be sent by UDP')
        this.dropped++
        failure?.sendFailed()
      } else {
        if (message.length > surelyWhole) this.long++
        udp.send(message, flow.address, flow.port, byItself)
      }
      return
    }
    keeper?.sent(message, flow)
    const listener = listeners[flow.listener]
    if (listener?.transport !== flow.transport || this.#streams === null) failure?.sendFailed()
    else this.#streams.send(flow, listener, message, failure)
  }
}
