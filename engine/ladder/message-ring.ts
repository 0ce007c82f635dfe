import type { Clock, Flow } from '../sip/transport.ts'
import { entryHead, headBytes, kinds, mostText, placeOf, segmentBytes, segmentsIn, transports } from './ring-layout.ts'

/**
 * Keeps the newest messages, in and out, in a fixed piece of memory outside the heap: what is kept costs a copy of its
 * bytes and nothing for the garbage collector. Another thread reads them back (`ladder-thread.ts`).
 */
export class MessageRing {
  /** For the thread that reads. */
  readonly memory: SharedArrayBuffer
  readonly #clock: Clock
  readonly #head: Int32Array
  readonly #bytes: Buffer
  readonly #segments: number
  #segment = -1
  #turn = 0
  /** Where the next entry goes, and where the segment began and ends. */
  #at = 0
  #begin = 0
  #end = 0

  /** @param bytes memory for all of it; half a megabyte at least */
  constructor(bytes: number, clock: Clock) {
    this.#segments = segmentsIn(bytes)
    const head = headBytes(this.#segments)
    this.memory = new SharedArrayBuffer(head + this.#segments * segmentBytes)
    this.#head = new Int32Array(this.memory, 0, this.#segments * 2)
    this.#bytes = Buffer.from(this.memory, head)
    this.#clock = clock
  }

  received(text: string, flow: Flow): void {
    this.#write(kinds.received, text, flow)
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
    if (this.#at + length > this.#end) this.#nextSegment()
    const at = this.#at
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
    this.#at = at + length
    Atomics.store(this.#head, this.#segment * 2 + 1, this.#at - this.#begin)
  }

  #nextSegment(): void {
    this.#segment = (this.#segment + 1) % this.#segments
    Atomics.store(this.#head, this.#segment * 2 + 1, 0)
    // 31 bits are 500 terabytes of messages.
    Atomics.store(this.#head, this.#segment * 2, ++this.#turn)
    this.#begin = this.#segment * segmentBytes
    this.#at = this.#begin
    this.#end = this.#begin + segmentBytes
  }
}
