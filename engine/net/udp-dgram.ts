import type { RemoteInfo, Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import type { LookupOptions } from 'node:dns'
import type { Logger } from 'pino'
import type { DatagramReceiver, ReceiveQueue, UdpListener } from './datagram.ts'
import { bufferBytes, SendFailureLog, shortestMessage } from './datagram.ts'
import type { Listener } from './listener.ts'

/**
 * Room for outgoing datagrams: for about a hundred usual ones, or a single one of the largest. Small, so that what is
 * written again and again stays in the processor's cache.
 */
const slabBytes = 64 * 1024
/** What may wait for a socket that takes no more; beyond it datagrams are dropped, as the network would. */
const waitingBytes = 8 * 1024 * 1024

/** What libuv reads from a socket before it looks at the others. */
const datagramsATurn = 32

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** A UDP socket of node:dgram: every datagram by itself. It works everywhere. */
export class DgramUdpListener implements UdpListener {
  readonly keeps = false
  readonly #listener: Listener
  readonly #index: number
  readonly #receiver: DatagramReceiver
  readonly #log: Pick<Logger, 'warn'>
  readonly #failureLog: SendFailureLog
  readonly #socket: Socket
  readonly #sent: (error: Error | null) => void
  #slab = Buffer.allocUnsafeSlow(slabBytes)
  #used = 0
  #sends = 0
  #congested = false
  #failures = 0
  #sinceAsked = 0

  constructor(listener: Listener, index: number, receiver: DatagramReceiver, log: Pick<Logger, 'warn'>) {
    this.#listener = listener
    this.#index = index
    this.#receiver = receiver
    this.#log = log
    this.#failureLog = new SendFailureLog(index, log)
    const version6 = listener.address.includes(':')
    this.#socket = createSocket({
      type: version6 ? 'udp6' : 'udp4',
      ipv6Only: version6,
      // Peers are IP addresses: answering at once saves a turn of the event loop for each datagram.
      lookup: (host: string, _options: LookupOptions, callback: LookupCallback) =>
        callback(null, host, version6 ? 6 : 4),
    })
    // One function for every datagram: a failure is counted, not traced to its message (transactions send again).
    this.#sent = (error) => {
      if (error !== null) this.#failed(error)
    }
    this.#socket.on('message', (data, remote) => this.#received(data, remote))
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject)
      this.#socket.once('listening', () => {
        this.#socket.off('error', reject)
        this.#socket.on('error', (error) => this.#failed(error))
        this.#enlargeBuffers()
        resolve()
      })
      if (this.#listener.descriptor !== null) this.#socket.bind({ fd: this.#listener.descriptor })
      else this.#socket.bind({ address: this.#listener.address, port: this.#listener.port, exclusive: true })
    })
  }

  send(message: string, address: string, port: number): void {
    if (port === 0) {
      this.#failed(new Error('there is no port 0'))
      return
    }
    if (this.#congested) {
      if (this.#socket.getSendQueueSize() > waitingBytes / 2) return
      this.#congested = false
    }
    if (this.#used + message.length > slabBytes) this.#renewSlab()
    const start = this.#used
    const length = this.#slab.write(message, start, 'latin1')
    this.#used += length
    // Being called back costs a turn of the tick queue for each datagram. What keeps sends from leaving (no route, a
    // firewall) concerns many, so every 64th is enough to notice it.
    this.#sends = (this.#sends + 1) & 63
    if (this.#sends === 0) this.#socket.send(this.#slab, start, length, port, address, this.#sent)
    else this.#socket.send(this.#slab, start, length, port, address)
  }

  /** What is sent leaves at once. */
  flush(): void {}

  /** Refusals are noticed for each 64th datagram only. */
  get failures(): number {
    return this.#failures
  }

  receiveQueue(): ReceiveQueue | null {
    return null
  }

  moreWaits(): boolean {
    const more = this.#sinceAsked >= datagramsATurn
    this.#sinceAsked = 0
    return more
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  /**
   * The slab may be written over only when the kernel has taken everything in it. While datagrams wait, they keep the
   * old slab alive and a new one takes its place.
   */
  #renewSlab(): void {
    this.#used = 0
    if (this.#socket.getSendQueueCount() === 0) return
    this.#slab = Buffer.allocUnsafeSlow(slabBytes)
    if (this.#socket.getSendQueueSize() > waitingBytes) {
      this.#congested = true
      this.#failed(new Error('the socket takes no more, datagrams are dropped'))
    }
  }

  #received(data: Buffer, remote: RemoteInfo): void {
    this.#sinceAsked++
    // From port 0 (RFC 768) nobody can be answered, and the system takes no datagram to it.
    if (data.length < shortestMessage || remote.port === 0) return
    this.#receiver.receive(data.toString('latin1'), {
      transport: 'UDP',
      listener: this.#index,
      address: remote.address,
      port: remote.port,
      connection: 0,
    })
    this.#receiver.received()
  }

  #failed(error: Error): void {
    this.#failures++
    this.#failureLog.failed(this.#failures, error.message)
  }

  #enlargeBuffers(): void {
    try {
      this.#socket.setRecvBufferSize(bufferBytes)
      this.#socket.setSendBufferSize(bufferBytes)
    } catch (error) {
      // Linux cuts the wish to what is allowed; other systems refuse, and their default stays.
      this.#log.warn({ listener: this.#index, error: String(error) }, 'Socket buffers stay at the system default')
    }
  }
}
