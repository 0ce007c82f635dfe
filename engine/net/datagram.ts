/** What UDP sockets are asked for, and what holds whichever kind of them serves (`udp.ts`). */
import type { Logger } from 'pino'
import type { Flow } from '../sip/transport.ts'

/** Largest payload of a UDP datagram over IPv4. */
export const largestDatagram = 65_507
/** Shorter datagrams are keep-alives (CRLF, zeros; RFC 5626 §3.5, many phones) and not answered. */
export const shortestMessage = 12
/** Asked of the kernel, which gives what it allows (Linux: net.core.rmem_max): a second of peak traffic. */
export const bufferBytes = 16 * 1024 * 1024

/** Who hears of what arrives. */
export interface DatagramReceiver {
  /** One message. `flow` may be shared by all datagrams of a peer. */
  receive(message: string, flow: Flow): void
  /** What arrived together has been handed over: now records are written and messages leave. */
  received(): void
}

/**
 * Keeps messages for ladders. A socket that can lays what it receives and sends into its memory by itself, a batch at a
 * time: laying in each message by a call of its own is 4 % of what a call costs.
 */
export interface MessageKeeper {
  /** As ladder/ring-layout.ts describes it. */
  readonly memory: SharedArrayBuffer
  /** Milliseconds since the epoch. */
  now(): number
  /** A message is let in. */
  received(message: string, flow: Flow): void
  /** A message leaves. */
  sent(message: string, flow: Flow): void
  /** A socket hands this message up next: where it is let in, it is not laid in but `keep` called. */
  offer(message: string, keep: () => void): void
}

/** One UDP socket: datagrams in as binary strings, binary strings out. */
export interface UdpListener {
  /**
   * Starts reading, from the inherited descriptor or a socket of our own.
   * Rejects with the system's error (EADDRINUSE, EACCES) where it cannot be bound.
   */
  open(): Promise<void>
  /**
   * Sends one datagram of at most `largestDatagram` bytes, with the next `flush` at the latest. Never throws; failures
   * are counted.
   * @param kept it is to be laid in for ladders, where this socket `keeps`
   */
  send(message: string, address: string, port: number, kept?: boolean): void
  /** Lets leave what was given to `send`, and lays in what was received and let in. */
  flush(): void
  /** Whether it lays in by itself what it carries. */
  readonly keeps: boolean
  /** Datagrams that are known to have been refused by the system or dropped since the start. */
  readonly failures: number
  /** How full the socket is; `null` where that cannot be known. One system call. */
  receiveQueue(): ReceiveQueue | null
  /** Whether, when it was read last, more waited than was taken; where that cannot be known, whether much came since asked. */
  moreWaits(): boolean
  /** Sends what is left, if that goes at once, and closes. */
  close(): Promise<void>
}

/** What waits in the system for us to read. */
export interface ReceiveQueue {
  /** Memory taken, with the system's own for each datagram. */
  readonly bytes: number
  /** How much of it may be taken; beyond it datagrams are lost. */
  readonly room: number
  /** Datagrams lost since the socket was bound because there was no room for them. */
  readonly drops: number
}

/** Logs the first datagram that cannot be sent and then each tenfold: a peer that is gone must not fill the disk. */
export class SendFailureLog {
  readonly #listener: number
  readonly #log: Pick<Logger, 'warn'>
  #logged = 0

  /** @param listener its index, for the log */
  constructor(listener: number, log: Pick<Logger, 'warn'>) {
    this.#listener = listener
    this.#log = log
  }

  /** @param failures how many there were since the start */
  failed(failures: number, error: string): void {
    if (failures < this.#logged * 10) return
    this.#logged = failures
    this.#log.warn({ listener: this.#listener, failures, error }, 'A datagram could not be sent')
  }
}
