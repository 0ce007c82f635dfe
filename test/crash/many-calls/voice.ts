import dgram from 'node:dgram'
import { loopback } from '../../wire/ports.ts'

/** A tenth of what a phone sends: enough to be recorded, and 200 of them leave the processors to the server. */
const packetEvery = 200
/** Samples of the silence in a packet, and what PCMU has for silence. */
const samples = 160
const silence = 0xff

/** What a phone says: silence, as RTP (RFC 3550), to whom a session description names. */
export class Voice {
  readonly #socket: dgram.Socket
  #timer: NodeJS.Timeout | null = null

  private constructor(socket: dgram.Socket) {
    this.#socket = socket
  }

  static async open(): Promise<Voice> {
    const socket = dgram.createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind({ address: loopback, port: 0 }, resolve))
    // What is heard does not matter here.
    socket.on('message', () => undefined)
    return new Voice(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Speaks from now on to where this description says. */
  speakTo(description: string): void {
    const address = /^c=IN IP4 (\S+)/m.exec(description)?.[1] ?? loopback
    const port = Number(/^m=audio (\d+)/m.exec(description)?.[1] ?? 0)
    const packet = Buffer.alloc(12 + samples, silence)
    let sequence = 0
    this.#timer = setInterval(() => {
      packet.fill(0, 0, 12)
      packet[0] = 0x80
      packet.writeUInt16BE(sequence & 0xffff, 2)
      packet.writeUInt32BE((sequence * samples) >>> 0, 4)
      packet.writeUInt32BE(this.port, 8)
      sequence++
      this.#socket.send(packet, port, address)
    }, packetEvery)
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}
