import type { PacketPorts } from '../ports/packet-ports.ts'
import { sequenceOf, ssrcOf } from '../rtp/rtp-header.ts'

/** Packets may be lost between the first two: these many at most. */
const mostMissing = 4

/**
 * The first packet from where a peer behind NAT may be. It is heard once a second one follows it from there: a single one
 * may be anybody's, and must be neither heard nor lost.
 */
export class Candidate {
  readonly port: number
  /** Milliseconds. */
  readonly arrival: number
  readonly #ssrc: number
  readonly #sequence: number
  readonly #packet: Buffer

  constructor(port: number, arrival: number, memory: Buffer, place: number, length: number) {
    this.port = port
    this.arrival = arrival
    this.#ssrc = ssrcOf(memory, place)
    this.#sequence = sequenceOf(memory, place)
    this.#packet = Buffer.from(memory.subarray(place, place + length))
  }

  /** Whether this packet goes on where the first one stopped. */
  isFollowedBy(port: number, memory: Buffer, place: number): boolean {
    const missing = (sequenceOf(memory, place) - this.#sequence - 1) & 0xffff
    return port === this.port && ssrcOf(memory, place) === this.#ssrc && missing <= mostMissing
  }

  /** Puts the packet back into memory, to be handled as if it came now. */
  restore(ports: PacketPorts): { readonly place: number; readonly length: number } {
    const place = ports.place()
    this.#packet.copy(ports.memory, place)
    return { place, length: this.#packet.length }
  }
}
