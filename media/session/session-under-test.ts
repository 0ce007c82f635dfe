/** Sessions without sockets or time: ports, clock and engine of tests. */

import { ToneSource } from '../announcements/tone-source.ts'
import type { PacketPorts } from '../ports/packet-ports.ts'
import { addressText, PeerAddress } from '../ports/packet-ports.ts'
import type { MediaFormat, MediaReport, MediaSession, MediaSide } from '../protocol.ts'
import { MediaSessions } from './media-sessions.ts'
import type { MediaWorld } from './media-world.ts'

const packetBytes = 2112

export interface SentPacket {
  /** Of the socket it was sent from. */
  readonly from: number
  readonly to: string
  readonly bytes: Buffer
}

/** Ports that keep what is sent through them. */
class KeptPorts implements PacketPorts {
  readonly memory = Buffer.alloc(packetBytes * 64)
  readonly senders = new Int32Array(8)
  readonly packetBytes = packetBytes
  readonly failures = 0
  readonly flows = null
  readonly sent: SentPacket[] = []
  /** Port of the machine by number; `null` where it is free. */
  readonly bound: (number | null)[] = []
  /** These cannot be had. */
  readonly inUse = new Set<number>()
  #made = 0

  bind(_address: string, port: number, failed: (why: string) => void): number {
    if (this.inUse.has(port)) {
      failed('EADDRINUSE')
      return -1
    }
    const free = this.bound.indexOf(null)
    const number = free < 0 ? this.bound.length : free
    this.bound[number] = port
    return number
  }

  unbind(port: number): void {
    this.bound[port] = null
  }

  takeRecorderMemory(): null {
    return null
  }

  giveBackRecorderMemory(): void {}

  address(text: string, port: number): PeerAddress | null {
    const parts = text.split('.').map(Number)
    const address = new PeerAddress()
    address.port = port
    if (text.includes(':')) {
      address.family = 6
      address.word0 = text.length
    } else if (parts.length === 4) {
      address.family = 4
      address.word0 = Buffer.from(parts).readInt32LE(0)
    } else return null
    return address
  }

  place(): number {
    this.#made = (this.#made % 63) + 1
    return this.#made * packetBytes
  }

  send(port: number, to: PeerAddress, place: number, length: number): void {
    const bytes = Buffer.from(this.memory.subarray(place, place + length))
    this.sent.push({ from: this.bound[port] ?? 0, to: `${addressText(to)}:${to.port}`, bytes })
  }

  flush(): void {
    this.#made = 0
  }

  close(): void {}
}

export const pcmu: MediaFormat = { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1 }
export const pcma: MediaFormat = { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1 }
export const events: MediaFormat = { payloadType: 101, name: 'TELEPHONE-EVENT', clockRate: 8000, channels: 1 }

export function sideOf(name: string, port: number, changes: Partial<MediaSide> = {}): MediaSide {
  return {
    id: name,
    local: { address: '192.0.2.1', port, rtcpPort: port + 1 },
    remote: { address: '198.51.100.7', port: port + 20_000, rtcpPort: port + 20_001 },
    behindNat: null,
    negotiation: 1,
    sends: true,
    hears: true,
    sending: [pcmu, events],
    taking: [pcmu, events],
    packetTime: 20,
    keys: null,
    inbandDigits: false,
    play: null,
    ...changes,
  }
}

export function sessionOf(sides: readonly MediaSide[], changes: Partial<MediaSession> = {}): MediaSession {
  return { id: 'call', sides, join: 'relay', recording: null, ...changes }
}

/** What a recorder is told, in words. */
export interface Told {
  readonly lines: string[]
  readonly payloads: Buffer[]
}

/** A media process in name only. */
export class MediaUnderTest {
  readonly ports = new KeptPorts()
  readonly reports: MediaReport[] = []
  readonly recorder: Told = { lines: [], payloads: [] }
  readonly sessions: MediaSessions
  readonly world: MediaWorld & { now: number }
  #random = 1
  #source = 0

  constructor() {
    const { lines, payloads } = this.recorder
    const ports = this.ports
    this.world = {
      ports,
      now: 1000,
      asAt: (time, work) => {
        const { now } = this.world
        this.world.now = time
        work()
        this.world.now = now
      },
      wallClock: () => 1_800_000_000_000 + this.world.now,
      random: () => {
        this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) >>> 0
        return this.#random
      },
      newSource: () => this.#source++,
      report: (report) => this.reports.push(report),
      openSource: (source, loop) => new ToneSource(source.kind === 'tones' ? source.tones : [], loop),
      openRecorder: (recording) => {
        lines.push(`open ${recording.id}`)
        return {
          packet(channel, format, timestamp, sequence, payload) {
            lines.push(`${channel} ${format.name} ${sequence} ${timestamp}`)
            payloads.push(Buffer.from(payload))
          },
          tapFor: () => -1,
          sourceChanged: (channel) => lines.push(`changed ${channel}`),
          change: (changed) => lines.push(changed.state),
          erase: (channel, since, until) => lines.push(`erase ${channel} ${until - since}`),
          tick: () => undefined,
          end: () => lines.push('end'),
        }
      },
    }
    this.sessions = new MediaSessions(this.world)
  }

  /** A packet comes to a port of ours. */
  receive(port: number, from: string, bytes: Buffer): void {
    const { ports } = this
    const [host = '', remote = ''] = from.split(':')
    const sender = ports.address(host, Number(remote))
    if (sender === null) throw new Error(from)
    ports.senders[1] = sender.port
    ports.senders[3] = sender.word0
    bytes.copy(ports.memory, 0)
    this.sessions.received(ports.bound.indexOf(port), 0, 0, bytes.length)
  }

  /** Time goes on, by ticks of 20 ms. */
  pass(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed += 20) {
      this.world.now += 20
      this.sessions.tick()
    }
  }

  /** Takes what has been sent since it was last asked. */
  takeSent(): SentPacket[] {
    return this.ports.sent.splice(0)
  }

  reported<Kind extends MediaReport['report']>(kind: Kind): (MediaReport & { readonly report: Kind })[] {
    return this.reports.filter((one): one is MediaReport & { readonly report: Kind } => one.report === kind)
  }
}

/** An RTP packet of 20 ms of G.711. */
export function rtp(sequence: number, changes: { payloadType?: number; ssrc?: number; payload?: Buffer } = {}): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = changes.payloadType ?? 0
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE((sequence * 160) >>> 0, 4)
  header.writeUInt32BE(changes.ssrc ?? 0x1000, 8)
  return Buffer.concat([header, changes.payload ?? Buffer.alloc(160, 0x55)])
}
