import type { Clock, Flow } from '../sip/transport.ts'
import { entryHead, headBytes, kinds, mostText, placeOf, segmentBytes, segmentsIn, transports } from './ring-layout.ts'

/**
 * Keeps the newest messages, in and out, in a fixed piece of memory outside the heap: what is kept costs a copy of its
 * bytes and nothing for the garbage collector. Another thread reads them back (`ladder-thread.ts`).
 */
export class MessageRing {
  /** For the thread that reads, and for sockets that lay in what they carry. */
  readonly memory: SharedArrayBuffer
  readonly #clock: Clock
  readonly #head: Int32Array
  readonly #bytes: Buffer
  readonly #segments: number
  /** What a socket is handing up, and keeps by itself when it is let in. */
  #offered = ''
  #keep: () => void = () => undefined

  /** @param bytes memory for all of it; half a megabyte at least */
  constructor(bytes: number, clock: Clock) {
    this.#segments = segmentsIn(bytes)
    const head = headBytes(this.#segments)
    this.memory = new SharedArrayBuffer(head + this.#segments * segmentBytes)
    this.#head = new Int32Array(this.memory, 0, head / 4)
    this.#head[this.#segments * 2] = -1
    this.#bytes = Buffer.from(this.memory, head)
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  offer(text: string, keep: () => void): void {
    this.#offered = text
    this.#keep = keep
  }

  received(text: string, flow: Flow): void {
    if (text === this.#offered && text !== '') {
      this.#offered = ''
      this.#keep()
    } else this.#write(kinds.received, text, flow)
  }

  sent(text: string, flow: Flow): void {
    this.#write(kinds.sent, text, flow)
  }

  /** @param callId SIP Call-ID of the caller's leg: those of the others begin with the call's own id */
  began(id: string, callId: string): void {
    this.#write(kinds.began, `${id} ${callId}`, null)
  }

  #write(kind: number, text: string, flow: Flow | null): void {
    const bytes = this.#bytes
    const address = flow === null ? '' : flow.address
    const addressLength = Math.min(address.length, 255)
    const textLength = Math.min(text.length, mostText)
    const length = entryHead + addressLength + textLength
    const segment = this.#segmentWithRoom(length)
    const used = this.#head[segment * 2 + 1] ?? 0
    const at = segment * segmentBytes + used
    bytes.writeUInt32LE(length, at + placeOf.length)
    bytes[at + placeOf.kind] = kind
    if (flow !== null) {
      bytes[at + placeOf.transport] = transports.indexOf(flow.transport)
      bytes[at + placeOf.listener] = flow.listener
      bytes.writeUInt16LE(flow.port, at + placeOf.port)
    }
    bytes[at + placeOf.addressLength] = addressLength
    bytes.writeDoubleLE(this.#clock.now(), at + placeOf.time)
    bytes.writeUInt32LE(text.length, at + placeOf.whole)
    // A call into native code costs more than these few characters.
    for (let i = 0; i < addressLength; i++) bytes[at + entryHead + i] = address.charCodeAt(i)
    bytes.write(text, at + entryHead + addressLength, textLength, 'latin1')
    Atomics.store(this.#head, segment * 2 + 1, used + length)
  }

  /** The segment that is filled; a new one where it has less room. */
  #segmentWithRoom(length: number): number {
    const head = this.#head
    const place = this.#segments * 2
    const current = head[place] ?? -1
    if (current >= 0 && (head[current * 2 + 1] ?? 0) + length <= segmentBytes) return current
    // 31 bits are 500 terabytes of messages.
    const turn = current < 0 ? 0 : (head[current * 2] ?? 0)
    const next = (current + 1) % this.#segments
    Atomics.store(head, next * 2 + 1, 0)
    Atomics.store(head, next * 2, turn + 1)
    head[place] = next
    return next
  }
}
