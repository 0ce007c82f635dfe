import type { RemoteInfo, Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import type { LookupOptions } from 'node:dns'
import type { Logger } from 'pino'
import type { Flow } from '../sip/transport.ts'
import type { Listener } from './listener.ts'

/**
 * Room for outgoing datagrams: for about a hundred usual ones, or a single one of the largest. Small, so that what is
 * written again and again stays in the processor's cache.
 */
const slabBytes = 64 * 1024
/** Largest payload of a UDP datagram over IPv4. */
export const largestDatagram = 65_507
/** What may wait for a socket that takes no more; beyond it datagrams are dropped, as the network would. */
const waitingBytes = 8 * 1024 * 1024
/** Asked of the kernel, which gives what it allows (Linux: net.core.rmem_max): a second of peak traffic. */
const bufferBytes = 16 * 1024 * 1024
/** Shorter datagrams are keep-alives (CRLF, zeros; RFC 5626 §3.5, many phones) and not answered. */
const shortestMessage = 12

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** One UDP socket: datagrams in as binary strings, binary strings out. */
export class UdpListener {
  readonly #listener: Listener
  readonly #index: number
  readonly #receive: (message: string, flow: Flow) => void
  readonly #log: Pick<Logger, 'warn'>
  readonly #socket: Socket
  readonly #sent: (error: Error | null) => void
  #slab = Buffer.allocUnsafeSlow(slabBytes)
  #used = 0
  #sends = 0
  #congested = false
  #failures = 0
  #failuresLogged = 0

  constructor(
    listener: Listener,
    index: number,
    receive: (message: string, flow: Flow) => void,
    log: Pick<Logger, 'warn'>,
  ) {
    this.#listener = listener
    this.#index = index
    this.#receive = receive
    this.#log = log
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

  /**
   * Starts reading, from the inherited descriptor or a socket of our own.
   * Rejects with the system's error (EADDRINUSE, EACCES) where it cannot be bound.
   */
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

  /** Sends one datagram of at most `largestDatagram` bytes. Never throws; failures are counted. */
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

  /** Datagrams, of each 64th, that could not be sent since the start. */
  get failures(): number {
    return this.#failures
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
    // From port 0 (RFC 768) nobody can be answered, and the system takes no datagram to it.
    if (data.length < shortestMessage || remote.port === 0) return
    this.#receive(data.toString('latin1'), {
      transport: 'UDP',
      listener: this.#index,
      address: remote.address,
      port: remote.port,
      connection: 0,
    })
  }

  /** Logs the first failure and then each tenfold of them: a peer that is gone must not fill the disk. */
  #failed(error: Error): void {
    this.#failures++
    if (this.#failures < this.#failuresLogged * 10) return
    this.#failuresLogged = this.#failures
    this.#log.warn(
      { listener: this.#index, failures: this.#failures, error: error.message },
      'A datagram could not be sent',
    )
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
