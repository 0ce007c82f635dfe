import type { Transport } from '../sip/transport.ts'
import { entryHead, headBytes, kinds, placeOf, segmentBytes, transports } from './ring-layout.ts'

export interface KeptMessage {
  readonly kind: 'received' | 'sent'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly transport: Transport
  /** Index of the listener. */
  readonly listener: number
  /** Of the other side. */
  readonly address: string
  readonly port: number
  /** Binary string; cut at `mostText`. */
  readonly text: string
  /** Characters it had. */
  readonly length: number
}

export interface CallBeginning {
  readonly kind: 'began'
  readonly at: number
  readonly id: string
  /** SIP Call-ID of the caller's leg. */
  readonly callId: string
}

/** Where somebody who follows the messages has got to. */
export interface RingPosition {
  readonly turn: number
  readonly offset: number
}

export const ringStart: RingPosition = { turn: 0, offset: 0 }

/** Copies out what a `MessageRing` in another thread has kept. */
export class RingReader {
  readonly #head: Int32Array
  readonly #memory: Buffer
  readonly #segments: number
  readonly #copy = Buffer.alloc(segmentBytes)

  constructor(memory: SharedArrayBuffer) {
    this.#segments = Math.floor(memory.byteLength / (segmentBytes + 8))
    const head = headBytes(this.#segments)
    this.#head = new Int32Array(memory, 0, this.#segments * 2)
    this.#memory = Buffer.from(memory, head)
  }

  /** The newest position: what comes later is behind it. */
  end(): RingPosition {
    let end = ringStart
    for (let segment = 0; segment < this.#segments; segment++) {
      const turn = Atomics.load(this.#head, segment * 2)
      if (turn > end.turn) end = { turn, offset: Atomics.load(this.#head, segment * 2 + 1) }
    }
    return end
  }

  /** Everything behind a position that is still there, oldest first. @returns how far it went, when it is done */
  *entries(from: RingPosition): Generator<KeptMessage | CallBeginning, RingPosition> {
    const turns = Array.from({ length: this.#segments }, (_, segment) => ({
      segment,
      turn: Atomics.load(this.#head, segment * 2),
    }))
    turns.sort((one, other) => one.turn - other.turn)
    let position = from
    for (const { segment, turn } of turns) {
      if (turn === 0 || turn < from.turn) continue
      const used = Atomics.load(this.#head, segment * 2 + 1)
      const begin = segment * segmentBytes
      this.#memory.copy(this.#copy, 0, begin, begin + used)
      if (Atomics.load(this.#head, segment * 2) !== turn) continue
      const offset = turn === from.turn ? from.offset : 0
      yield* entriesIn(this.#copy, offset, used)
      position = { turn, offset: used }
    }
    return position
  }
}

function* entriesIn(bytes: Buffer, offset: number, used: number): Generator<KeptMessage | CallBeginning> {
  let at = offset
  while (at + entryHead <= used) {
    const length = bytes.readUInt32LE(at + placeOf.length)
    // A segment was begun anew between the look at its turn and that at its length.
    if (length < entryHead || at + length > used) return
    yield entryAt(bytes, at, length)
    at += length
  }
}

function entryAt(bytes: Buffer, at: number, length: number): KeptMessage | CallBeginning {
  const textAt = at + entryHead + (bytes[at + placeOf.addressLength] ?? 0)
  const text = bytes.toString('latin1', textAt, at + length)
  const time = bytes.readDoubleLE(at + placeOf.time)
  const kind = bytes[at + placeOf.kind]
  if (kind === kinds.began) {
    const space = text.indexOf(' ')
    return { kind: 'began', at: time, id: text.slice(0, space), callId: text.slice(space + 1) }
  }
  return {
    kind: kind === kinds.received ? 'received' : 'sent',
    at: time,
    transport: transports[bytes[at + placeOf.transport] ?? 0] ?? 'UDP',
    listener: bytes[at + placeOf.listener] ?? 0,
    address: bytes.toString('latin1', at + entryHead, textAt),
    port: bytes.readUInt16LE(at + placeOf.port),
    text,
    length: bytes.readUInt32LE(at + placeOf.whole),
  }
}
