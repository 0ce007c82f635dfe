/** UDP ports as sessions want them: packets stand in one piece of memory, and are sent from where they stand. */
import type { RecorderMemory } from '../recording/recorder-memory.ts'

/** Where a packet came from or goes to, as the network has it: compared and copied word by word. */
export class PeerAddress {
  family: 0 | 4 | 6 = 0
  port = 0
  /** Number of the interface for link-local IPv6, else 0. */
  scope = 0
  word0 = 0
  word1 = 0
  word2 = 0
  word3 = 0

  /** Whether it is the IP address at `entry` of the table of senders; the port does not count. */
  sameHost(senders: Int32Array, entry: number): boolean {
    if (senders[entry + senderAddress] !== this.word0) return false
    if (this.family === 4) return true
    return (
      senders[entry + senderAddress + 1] === this.word1 &&
      senders[entry + senderAddress + 2] === this.word2 &&
      senders[entry + senderAddress + 3] === this.word3
    )
  }

  /** Another port of the same host. */
  withPort(port: number): PeerAddress {
    const other = Object.assign(new PeerAddress(), this)
    other.port = port
    return other
  }

  /** Whether nothing can be sent there: no address, the unspecified one (RFC 3264 §8.4, old style of hold), or port 0. */
  get isNowhere(): boolean {
    return (
      this.family === 0 ||
      this.port === 0 ||
      (this.word0 === 0 && (this.family === 4 || (this.word1 === 0 && this.word2 === 0 && this.word3 === 0)))
    )
  }
}

/** Where port and address of a sender stand, counted from its entry. */
export const senderPort = 1
export const senderAddress = 3

export interface PacketReceiver {
  /**
   * A packet has come. It may be changed in place, and sent from there until `batchEnded` returns.
   * @param port its number
   * @param entry where its sender stands in `senders`
   * @param place where it begins in `memory`
   * @param length 0 where it was longer than a packet may be
   */
  received(port: number, entry: number, place: number, length: number): void
  /** A packet has come, and has been passed on by its port's flow already: there is only to be listened to it. */
  listened(port: number, place: number, length: number): void
  /** What came together has been told. */
  batchEnded(): void
}

export interface PacketPorts {
  readonly memory: Buffer
  readonly senders: Int32Array
  /** Bytes that a packet may have, at any place. */
  readonly packetBytes: number
  /** Flows by number of their port (native-ports.ts); `null` where packets are all handed up. */
  readonly flows: Float64Array | null
  /** Packets that the system did not take, since the start. */
  readonly failures: number
  /**
   * Binds a port.
   * @param failed told, at once or later, why it cannot be had: one line for people
   * @returns its number; numbers are used again. -1 where it failed at once
   */
  bind(address: string, port: number, failed: (why: string) => void): number
  unbind(port: number): void
  /** Memory for a recorder that flows may lay packets into; `null` where there is none, or none is left. */
  takeRecorderMemory(): RecorderMemory | null
  /** It is nobody's any more, and no flow names it. */
  giveBackRecorderMemory(memory: RecorderMemory): void
  /** An address to send to; `null` where it is none. */
  address(text: string, port: number): PeerAddress | null
  /** Place for a packet that is made rather than received; it lasts until `flush`. */
  place(): number
  /** Sends a packet, at the latest with `flush`. Never waits: what the system does not take is lost. */
  send(port: number, to: PeerAddress, place: number, length: number): void
  flush(): void
  close(): void
}

/** The IP address as text. Its words are the network's bytes, in the machine's order. */
export function addressText(address: PeerAddress): string {
  const words = Int32Array.of(address.word0, address.word1, address.word2, address.word3)
  const bytes = Buffer.from(words.buffer)
  if (address.family === 4) return bytes.subarray(0, 4).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return groups.join(':') + (address.scope === 0 ? '' : `%${address.scope}`)
}
