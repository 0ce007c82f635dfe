/**
 * Two sides of a conversation become one stream of stereo G.711, the caller left and the callee right. A ring holds what
 * may still change; what is older leaves in pieces. Pure: packets and times in, bytes out. This is the hot path of a
 * recorded call: a packet costs one pass over its bytes and no allocation.
 */

import type { Law } from '../sound/g711.ts'
import { encoded, recoded, silence } from '../sound/g711.ts'
import { decodeLowBand, LowBand } from '../sound/g722.ts'
import type { RecorderMemory } from './recorder-memory.ts'
import { firstSide, floor, left, origin, ownMemory, paused, ringSamples, sideWords } from './recorder-memory.ts'
import { horizon, longestPacket, SideTimeline } from './side-timeline.ts'

export type Side = 0 | 1

/** Payload types of RFC 3551 that are decoded; others are counted, and the channel is silent meanwhile. */
export const payload = { pcmu: 0, pcma: 8, g722: 9 } as const

const ringMask = ringSamples - 1
/** Stereo samples that leave together: 256 ms. */
export const pieceSamples = 2048
/** Samples a millisecond. */
const perMillisecond = 8
/** A WAV file holds 74 hours; what goes on longer than this is forgotten by somebody. Samples: 72 hours. */
const longestRecording = 72 * 3600 * 8000

export interface RecorderSink {
  /**
   * @param position of the first byte in the sound
   * @param bytes interleaved; they are the recorder's again when this returns
   */
  append(position: number, bytes: Uint8Array): void
}

export class ConversationRecorder {
  readonly #sink: RecorderSink
  /** Words and ring that the native code may have changed since (recorder-memory.ts). */
  readonly #memory: RecorderMemory
  readonly #words: Float64Array
  readonly #ring: Uint8Array
  /** That of the first packet. */
  #law: Law | null = null
  readonly #timelines: readonly [SideTimeline, SideTimeline]
  readonly #lowBands: [LowBand | null, LowBand | null] = [null, null]
  #pausedAt = Number.NaN
  readonly late: [number, number] = [0, 0]
  readonly undecoded: [number, number] = [0, 0]
  #tooLong = false

  constructor(sink: RecorderSink, memory: RecorderMemory = ownMemory()) {
    this.#sink = sink
    this.#memory = memory
    this.#words = memory.words
    this.#ring = memory.ring
    memory.words.fill(0)
    memory.words[origin] = Number.NaN
    this.#timelines = [new SideTimeline(memory.words, firstSide), new SideTimeline(memory.words, firstSide + sideWords)]
  }

  /**
   * By which the native code knows the memory into which it may lay packets of this kind by itself; -1: each has to be told
   * to `packet`.
   */
  tapFor(kind: number): number {
    return kind === (this.#law === 'A' ? payload.pcma : payload.pcmu) && this.#law !== null ? this.#memory.number : -1
  }

  /** `null` before the first packet. */
  get law(): Law | null {
    return this.#law
  }

  /** Time at which position 0 stands. */
  get #origin(): number {
    return this.#words[origin]!
  }

  get #left(): number {
    return this.#words[left]!
  }

  get #floor(): number {
    return this.#words[floor]!
  }

  get tooLong(): boolean {
    return this.#tooLong
  }

  get paused(): boolean {
    return !Number.isNaN(this.#pausedAt)
  }

  /** Milliseconds of the recording so far. */
  milliseconds(now: number): number {
    if (Number.isNaN(this.#origin)) return 0
    return Math.max(0, (this.paused ? this.#pausedAt : now) - this.#origin)
  }

  /**
   * One RTP packet with sound; digits (RFC 4733) and comfort noise are not handed in.
   * @param kind payload type of RFC 3551, whichever the packet's own is
   * @param now of its arrival, in milliseconds of a clock that only goes forward
   */
  packet(side: Side, kind: number, sound: Uint8Array, timestamp: number, now: number): void {
    if (this.paused || this.#tooLong) return
    // One byte is one sample at 8 kHz in all three.
    const samples = sound.length
    if (kind !== payload.pcmu && kind !== payload.pcma && kind !== payload.g722) {
      this.undecoded[side]++
      return
    }
    if (samples <= 0 || samples > longestPacket) {
      this.late[side]++
      return
    }
    const law = this.#law ?? this.#begin(kind === payload.pcma ? 'A' : 'mu')
    if (Number.isNaN(this.#origin)) this.#words[origin] = now - samples / perMillisecond
    const timeline = this.#timelines[side]
    const heldUp = timeline.heldUp(timestamp, samples, Math.round((now - this.#origin) * perMillisecond))
    if (heldUp > 0 && timeline.first >= this.#left) this.#moveBack(side, heldUp)
    const arrived = Math.round((now - this.#origin) * perMillisecond)
    const before = timeline.end
    const position = timeline.place(timestamp, samples, arrived)
    if (position < 0 || position + samples <= this.#left) {
      this.late[side]++
      return
    }
    this.#leaveUpTo(arrived - horizon)
    const ring = this.#ring
    // A few samples that a slow clock leaves open are bridged by the last one before them.
    if (position > before && position - before <= 8 && before > this.#left && before > this.#floor) {
      const last = ring[((before - 1) & ringMask) * 2 + side] ?? 0
      for (let at = before; at < position; at++) ring[(at & ringMask) * 2 + side] = last
    }
    let skipped = Math.max(this.#left, this.#floor) - position
    if (skipped < 0) skipped = 0
    if (kind === payload.g722) {
      const band = this.#lowBands[side] ?? new LowBand()
      this.#lowBands[side] = band
      const table = encoded[law]
      for (let index = 0; index < samples; index++) {
        const sample = decodeLowBand(band, sound[index] ?? 0)
        if (index >= skipped) ring[((position + index) & ringMask) * 2 + side] = table[sample & 0xffff] ?? 0
      }
      return
    }
    const table = recoded[kind === payload.pcma ? 'A' : 'mu'][law]
    for (let index = skipped; index < samples; index++) {
      ring[((position + index) & ringMask) * 2 + side] = table[sound[index] ?? 0] ?? 0
    }
  }

  /**
   * The first packets of a stretch were held up, as by a network that lets go of all at once: it stood too late. As long as
   * nothing of it has left it is moved, so that no sample has to be left out. At the very beginning everything else moves.
   */
  #moveBack(side: Side, by: number): void {
    const timeline = this.#timelines[side]
    const { first, end } = timeline
    const back = Math.min(by, timeline.room, first - Math.max(this.#left, this.#floor))
    if (back > 0) {
      this.#shift(side, first, end, -back)
      timeline.moved(-back)
    }
    const other = this.#timelines[side === 0 ? 1 : 0]
    const forth = by - Math.max(0, back)
    if (forth <= 0 || this.#left > 0 || this.#floor > 0 || timeline.first > 0) return
    if (other.end + forth > ringSamples - longestPacket) return
    if (other.end > 0) {
      this.#shift(side === 0 ? 1 : 0, 0, other.end, forth)
      other.moved(forth)
    }
    this.#words[origin] = this.#origin - forth / perMillisecond
  }

  /** Moves what a channel holds from one place of the ring to another; silence stays behind. */
  #shift(channel: Side, from: number, to: number, by: number): void {
    const ring = this.#ring
    const quiet = silence[this.#law ?? 'mu']
    const kept = new Uint8Array(to - from)
    for (let at = from; at < to; at++) {
      const place = (at & ringMask) * 2 + channel
      kept[at - from] = ring[place]!
      ring[place] = quiet
    }
    for (let at = from; at < to; at++) ring[((at + by) & ringMask) * 2 + channel] = kept[at - from]!
  }

  /** Time stamps of a side have nothing to do with those before: what comes next stands where it arrives. */
  sourceChanged(side: Side): void {
    this.#timelines[side].reset()
    this.#lowBands[side] = null
  }

  /** To be called a few times a second, so that what is due leaves though nobody sends. */
  tick(now: number): void {
    if (Number.isNaN(this.#origin) || this.paused) return
    this.#leaveUpTo(Math.round((now - this.#origin) * perMillisecond) - horizon)
  }

  /** Takes back what one side said in the last moments, as a tone of a key that was heard in the sound. */
  erase(side: Side, since: number, until: number): void {
    if (Number.isNaN(this.#origin) || this.#law === null) return
    const from = Math.max(this.#left, Math.round((since - this.#origin) * perMillisecond))
    const to = Math.min(this.#left + ringSamples, Math.round((until - this.#origin) * perMillisecond))
    for (let at = from; at < to; at++) this.#ring[(at & ringMask) * 2 + side] = silence[this.#law]
  }

  /** Leaves out what comes until `resume`. */
  pause(now: number): void {
    if (this.paused) return
    this.#pausedAt = now
    this.#words[paused] = 1
    if (this.#law === null || Number.isNaN(this.#origin)) return
    const end = Math.max(this.#left, Math.round((now - this.#origin) * perMillisecond))
    this.#leave(end)
    this.#ring.fill(silence[this.#law])
    this.#words[floor] = end
  }

  resume(now: number): void {
    if (!this.paused) return
    if (!Number.isNaN(this.#origin)) this.#words[origin] = this.#origin + now - this.#pausedAt
    this.#pausedAt = Number.NaN
    this.#words[paused] = this.#tooLong ? 1 : 0
    for (const timeline of this.#timelines) {
      timeline.reset()
      // Before that is trimmed, not moved.
      timeline.end = this.#floor - longestPacket
    }
  }

  /** Everything leaves. Silence stands where the recording goes on after the last packet. */
  finish(now: number): void {
    if (Number.isNaN(this.#origin) || this.#law === null) return
    if (!this.paused && !this.#tooLong) {
      const ends = Math.max(this.#timelines[0].end, this.#timelines[1].end)
      this.#leave(Math.max(Math.round((now - this.#origin) * perMillisecond), Math.min(ends, this.#left + ringSamples)))
    }
    this.pause(now)
  }

  #begin(law: Law): Law {
    this.#law = law
    this.#ring.fill(silence[law])
    return law
  }

  #leaveUpTo(position: number): void {
    const pieces = Math.floor((position - this.#left) / pieceSamples)
    if (pieces > 0) this.#leave(this.#left + pieces * pieceSamples)
  }

  /** Hands out what stands before `position`, and makes its place silent. */
  #leave(position: number): void {
    const ring = this.#ring
    const quiet = silence[this.#law ?? 'mu']
    while (this.#left < position) {
      const at = (this.#left & ringMask) * 2
      const bytes = Math.min((position - this.#left) * 2, ring.length - at, pieceSamples * 2)
      const piece = ring.subarray(at, at + bytes)
      this.#sink.append(this.#left * 2, piece)
      piece.fill(quiet)
      this.#words[left] = this.#left + bytes / 2
    }
    if (this.#left <= longestRecording) return
    this.#tooLong = true
    this.#words[paused] = 1
  }
}
