import type { PeerAddress } from '../ports/packet-ports.ts'
import type { ReceivedStream } from '../rtp/received-stream.ts'
import type { SentStream } from '../rtp/sent-stream.ts'
import type { SrtpPair } from '../srtp/srtp-pair.ts'
import { Latch } from './latch.ts'
import type { MediaWorld } from './media-world.ts'
import { SideReports } from './side-reports.ts'

/** RTCP of one side (RFC 3550 §6): its reports in and out, encrypted where its sound is. */
export class SideControl {
  /** Where its reports come from and go to, unless they share the port of sound (RFC 5761). */
  readonly latch = new Latch()
  readonly reports: SideReports
  readonly #world: MediaWorld
  readonly #srtp: SrtpPair
  readonly #name: string

  constructor(world: MediaWorld, srtp: SrtpPair) {
    this.#world = world
    this.#srtp = srtp
    this.reports = new SideReports(world.now, this.#chance)
    // RFC 7022: a name that is the same for the stream's life and tells nobody where we are.
    this.#name = world.random().toString(36) + world.random().toString(36)
  }

  get isDue(): boolean {
    return this.reports.isDue(this.#world.now)
  }

  /** @returns whether it is one; else it is `refused` (not authentic) or `malformed` */
  received(place: number, length: number, sent: SentStream): 'taken' | 'refused' | 'malformed' {
    const { ports, now } = this.#world
    const { theirs } = this.#srtp
    const plain = theirs === null ? length : theirs.unprotectRtcp(ports.memory, place, length)
    if (plain < 0) return 'refused'
    const isOne = this.reports.received(ports.memory, place, plain, sent, this.#world.wallClock(), now)
    return isOne ? 'taken' : 'malformed'
  }

  /** Sends the report that is due. @param port of ours */
  send(port: number, to: PeerAddress, sent: SentStream, received: ReceivedStream): void {
    const { now, ports } = this.#world
    const place = ports.place()
    const wallClock = this.#world.wallClock()
    let length = this.reports.write(ports.memory, place, sent, received, this.#name, wallClock, now, this.#chance)
    const { ours } = this.#srtp
    if (ours !== null) length = ours.protectRtcp(ports.memory, place, length)
    ports.send(port, to, place, length)
  }

  get #chance(): number {
    return this.#world.random() / 0x1_0000_0000
  }
}
