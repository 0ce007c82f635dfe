import type { PacketPorts } from '../ports/packet-ports.ts'

/** Packets kept of one side: a third of a second of sound. The newest ones count. */
const mostKept = 16
/** What came longer ago, in milliseconds, belongs to nothing that begins now. */
const longestKept = 500
/** Words of a sender in the table of senders. */
export const senderWords = 8

export interface EarlyPacket {
  readonly packet: Buffer
  /** Milliseconds. */
  readonly arrival: number
  readonly sender: Int32Array
}

/**
 * Packets of a side whose peer is not known yet. Who answers speaks at once, and his first packet overtakes his answer, which
 * has to pass through the engine: so what came a moment ago is kept until it is known whom to listen to.
 */
export class EarlyPackets {
  #kept: EarlyPacket[] = []

  keep(ports: PacketPorts, entry: number, place: number, length: number, arrival: number): void {
    if (this.#kept.length === mostKept) this.#kept.shift()
    const packet = Buffer.from(ports.memory.subarray(place, place + length))
    this.#kept.push({ packet, arrival, sender: ports.senders.slice(entry, entry + senderWords) })
  }

  /** Those that are not too old, in the order in which they came; nothing is kept any more. */
  take(now: number): EarlyPacket[] {
    const kept = this.#kept
    this.#kept = []
    return kept.filter(({ arrival }) => now - arrival <= longestKept)
  }
}
