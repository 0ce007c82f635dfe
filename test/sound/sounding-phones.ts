/** Sound of many phones in one process: each says frames that can be recognised, and knows what it has heard. */
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { differentFrames, frameOf } from './frames.ts'
import { rtpPacket } from './pcap.ts'

const frameTime = 20
const headerBytes = 12
let sources = 0

/** The sound of one phone: a port, what it says from there, and what comes to it. */
export class SoundingPhone {
  readonly socket: Socket = createSocket({ type: 'udp4', recvBufferSize: 262_144 })
  /** Where it sends to; port 0: it says nothing yet. */
  peer = { address: '', port: 0 }
  said = 0
  /** Frames of the other side, and packets that are none of them. */
  heard = 0
  foreign = 0
  /** Milliseconds: the longest time in which it heard nothing, since it heard something first. */
  longestGap = 0
  lastHeard = 0
  readonly #side: 0 | 1
  readonly #source = ++sources
  readonly #known: ReadonlySet<string>

  /** @param side of the recording: whose frames it says */
  constructor(side: 0 | 1) {
    this.#side = side
    const other = side === 0 ? 1 : 0
    this.#known = new Set(
      Array.from({ length: differentFrames }, (_, index) => frameOf(other, index).toString('latin1')),
    )
    this.socket.on('message', (packet) => this.#hear(packet))
  }

  async open(address: string): Promise<number> {
    this.socket.bind(0, address)
    await once(this.socket, 'listening')
    return this.socket.address().port
  }

  speak(): void {
    if (this.peer.port === 0) return
    const packet = rtpPacket(this.said, frameOf(this.#side, this.said), this.#source)
    this.said++
    this.socket.send(packet, this.peer.port, this.peer.address)
  }

  #hear(packet: Buffer): void {
    // Reports come to the port of sound as well where a phone has only one.
    if (packet.length < headerBytes || (packet[1]! >= 192 && packet[1]! <= 223)) return
    if (!this.#known.has(packet.toString('latin1', headerBytes))) {
      this.foreign++
      return
    }
    const now = performance.now()
    if (this.lastHeard > 0) this.longestGap = Math.max(this.longestGap, now - this.lastHeard)
    this.lastHeard = now
    this.heard++
  }
}

/** Lets all of them speak, a frame every 20 ms. @returns ends it */
export function speakTogether(phones: readonly SoundingPhone[]): () => void {
  let next = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    // What the machine did not give time for is not made up for at once, but for a little.
    if (now - next > 5 * frameTime) next = now
    for (; next <= now; next += frameTime) for (const phone of phones) phone.speak()
  }, frameTime / 2)
  return () => clearInterval(timer)
}
