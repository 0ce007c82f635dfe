import { toneLead } from '../digits/tone-detector.ts'
import type { PeerAddress } from '../ports/packet-ports.ts'
import { addressText } from '../ports/packet-ports.ts'
import type { MediaFormat, MediaRecording, MediaSession, SessionStatistics, SideStatistics } from '../protocol.ts'
import type { RecorderMemory } from '../recording/recorder-memory.ts'
import { rtpHeaderBytes, sequenceOf, timestampOf } from '../rtp/rtp-header.ts'
import type { SessionRecorder } from '../session-sound.ts'
import { Flow } from './flow.ts'
import type { KnownFormat, Route } from './format-table.ts'
import { routeTable } from './format-table.ts'
import type { MediaWorld } from './media-world.ts'
import type { Side, SideOwner } from './side.ts'
import { frameTime } from './side-player.ts'

/** Sides that have left, whose counts are told at the end. */
const mostGone = 16
/** The beep of a recording (ETSI and FCC ask for about this). */
const beepTone = { frequencies: [1400], level: -18, milliseconds: 200 }

/** One conversation: its sides, who hears whom, and its recording. */
export class Session implements SideOwner {
  readonly id: string
  state: MediaSession
  sides: Side[] = []
  readonly #world: MediaWorld
  readonly #gone: SideStatistics[] = []
  #recorder: SessionRecorder | null = null
  #recording: MediaRecording | null = null
  #recorderMemory: RecorderMemory | null = null
  #nextBeep = 0
  /** What the native code passes on by itself, by the side that it comes from. */
  readonly #flows: [Flow | null, Flow | null] = [null, null]
  /** The formats of those, for the recorder. */
  readonly #flowing: [MediaFormat | null, MediaFormat | null] = [null, null]

  constructor(world: MediaWorld, state: MediaSession) {
    this.#world = world
    this.id = state.id
    this.state = state
  }

  /** Takes over what is ordered, once the sides are these. */
  update(state: MediaSession, sides: Side[]): void {
    this.endFlows()
    this.state = state
    for (const [channel, side] of sides.entries()) {
      // Another party on the channel: its numbers have nothing to do with those before.
      if (this.sides.length > 0 && this.sides[channel] !== side) this.#recorder?.sourceChanged(channel === 0 ? 0 : 1)
      side.owner = this
    }
    this.sides = sides
    const [first, second] = sides
    if (first !== undefined) first.routes = this.#routesOf(first, state.join === 'echo' ? first : second)
    if (second !== undefined) second.routes = this.#routesOf(second, state.join === 'echo' ? second : first)
    this.#record(state.recording)
  }

  /** A side leaves, to close or to be part of another session. */
  remove(side: Side): void {
    this.endFlows()
    this.sides = this.sides.filter((other) => other !== side)
    this.#gone.push(side.statistics())
    if (this.#gone.length > mostGone) this.#gone.shift()
  }

  /** Whether it has to be ticked: something is played, or what came early is to be taken. */
  get needsTicks(): boolean {
    return this.sides.some((side) => side.isPlaying || side.hasEarly)
  }

  get isRecorded(): boolean {
    return this.#recorder !== null
  }

  sendReports(): void {
    for (const side of this.sides) {
      if (!side.isReportDue) continue
      // Flows go on: a report reads what they count, and changes none of it.
      for (const flow of this.#flows) flow?.count()
      side.sendReport()
    }
  }

  endFlows(): void {
    this.#endFlow(0)
    this.#endFlow(1)
  }

  endFlow(side: Side): void {
    this.#endFlow(this.#channelOf(side))
  }

  #endFlow(channel: 0 | 1): void {
    this.#flows[channel]?.end()
    this.#flows[channel] = null
  }

  /** A packet that was passed on already, for the recorder. */
  listened(side: Side, place: number, length: number): void {
    const { memory } = this.#world.ports
    const channel = this.#channelOf(side)
    const format = this.#flowing[channel]
    if (format === null) return
    const payload = memory.subarray(place + rtpHeaderBytes, place + length)
    this.#recorder?.packet(
      channel,
      format,
      timestampOf(memory, place),
      sequenceOf(memory, place),
      payload,
      this.#world.now,
    )
  }

  /** Every 20 ms while it needs them. */
  tick(): void {
    for (const side of this.sides) side.tick()
  }

  /** A few times a second while it is recorded. */
  tickRecorder(): void {
    const { now } = this.#world
    const recorder = this.#recorder
    if (recorder === null) return
    recorder.tick(now)
    const recording = this.#recording
    if (recording === null || recording.beepSeconds === 0 || recording.state === 'paused' || now < this.#nextBeep)
      return
    this.#nextBeep = now + recording.beepSeconds * 1000
    this.endFlows()
    for (const side of this.sides) side.beep(this.#world.openSource({ kind: 'tones', tones: [beepTone] }, false))
  }

  statistics(last: boolean): SessionStatistics {
    this.endFlows()
    return {
      report: 'statistics',
      session: this.id,
      last,
      sides: [...this.#gone, ...this.sides.map((side) => side.statistics())],
    }
  }

  /** The recording ends; the sides are their owner's to close. */
  close(): void {
    this.endFlows()
    this.#record(null)
  }

  heard(side: Side, known: KnownFormat, place: number, length: number, offset: number, bytes: number): void {
    const { memory } = this.#world.ports
    if (this.#recorder !== null && !known.isEvent) {
      const payload = memory.subarray(place + offset, place + offset + bytes)
      const channel = this.#channelOf(side)
      const timestamp = timestampOf(memory, place)
      this.#recorder.packet(channel, known.format, timestamp, sequenceOf(memory, place), payload, this.#world.now)
    }
    const target = this.#target(side)
    if (target === undefined) return
    const route = side.routes[known.format.payloadType]
    if (route === null || route === undefined) {
      side.dropped.unknownPayload++
      return
    }
    target.pass(route, side.stretch, known.format.clockRate, known.isEvent, place, length, offset, bytes)
    if (!known.isEvent && route.conversion === null && target !== side)
      this.#beginFlow(side, target, known.format, route)
  }

  /** From the next packet on the native code passes on what this side sends, where nothing else is to be done with it. */
  #beginFlow(side: Side, target: Side, format: MediaFormat, { payloadType }: Route): void {
    const { flows } = this.#world.ports
    if (flows === null) return
    const channel = this.#channelOf(side)
    const recorder = this.#recorder
    const tap = recorder === null ? -1 : recorder.tapFor(format)
    const { payloadType: from, clockRate } = format
    const listening = recorder !== null
    this.#flows[channel] = Flow.begin(flows, side, target, from, payloadType, clockRate, listening, tap, channel)
    this.#flowing[channel] = format
  }

  sourceChanged(side: Side): void {
    this.#recorder?.sourceChanged(this.#channelOf(side))
  }

  digit(side: Side, digit: string, by: 'event' | 'tone'): void {
    this.#world.report({ report: 'digit', session: this.id, side: side.id, digit, by })
  }

  keyHeard(side: Side): void {
    const { now } = this.#world
    this.#recorder?.erase(this.#channelOf(side), now - toneLead, now + frameTime)
  }

  latched(side: Side, address: PeerAddress): void {
    const { port } = address
    this.#world.report({ report: 'latched', session: this.id, side: side.id, address: addressText(address), port })
  }

  failed(side: Side, why: string): void {
    this.#world.report({ report: 'sideFailed', session: this.id, side: side.id, why })
  }

  played(side: Side, play: string, fault: string): void {
    this.#world.report({ report: 'played', session: this.id, side: side.id, play, fault })
  }

  /** Its place among the sides, as in the recording. */
  #channelOf(side: Side): 0 | 1 {
    return this.sides[0] === side ? 0 : 1
  }

  #target(side: Side): Side | undefined {
    switch (this.state.join) {
      case 'relay':
        return this.sides[1 - this.#channelOf(side)]
      case 'echo':
        return side
      case 'apart':
        return undefined
      default:
        return this.state.join satisfies never
    }
  }

  #routesOf(from: Side, to: Side | undefined): Side['routes'] {
    return to === undefined ? [] : routeTable(from.state.sending, to.state.taking)
  }

  #record(recording: MediaRecording | null): void {
    const { now } = this.#world
    if (recording?.id !== this.#recording?.id) {
      this.#recorder?.end(now)
      this.#recorder = null
      const { ports } = this.#world
      if (this.#recorderMemory !== null) ports.giveBackRecorderMemory(this.#recorderMemory)
      this.#recorderMemory = null
      if (recording !== null) {
        this.#recorderMemory = ports.takeRecorderMemory()
        this.#recorder = this.#world.openRecorder(recording, now, this.#recorderMemory, (change) =>
          this.#world.report({ report: 'recording', session: this.id, ...change }),
        )
        this.#nextBeep = now
      }
    } else if (recording !== null) this.#recorder?.change(recording, now)
    this.#recording = recording
  }
}
