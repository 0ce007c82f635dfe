import type { PeerAddress } from '../ports/packet-ports.ts'
import { senderPort } from '../ports/packet-ports.ts'
import type { MediaSide, SideStatistics } from '../protocol.ts'
import { ReceivedStream } from '../rtp/received-stream.ts'
import {
  hasMarker,
  isRtcp,
  payloadBytes,
  payloadOffset,
  payloadTypeOf,
  rtpHeaderBytes,
  sequenceOf,
  ssrcOf,
  timestampOf,
} from '../rtp/rtp-header.ts'
import { SentStream } from '../rtp/sent-stream.ts'
import type { FrameSource } from '../session-sound.ts'
import { srtpGrowth } from '../srtp/srtp-context.ts'
import { SrtpPair } from '../srtp/srtp-pair.ts'
import { Candidate } from './candidate.ts'
import { EarlyPackets, senderWords } from './early-packets.ts'
import type { KnownFormat, Route } from './format-table.ts'
import { formatTable, preferredLaw } from './format-table.ts'
import { Latch } from './latch.ts'
import type { MediaWorld } from './media-world.ts'
import { SideControl } from './side-control.ts'
import { SideDigits } from './side-digits.ts'
import { latchTo } from './side-peer.ts'
import { frameSamples, frameTime } from './side-player.ts'
import { SideSound } from './side-sound.ts'
import type { Drops } from './side-statistics.ts'
import { noDrops, sideStatistics } from './side-statistics.ts'

/** Packets of one side in a tenth of a second: 20 ms of sound each are five, video may be a hundred. More are dropped. */
const mostInWindow = 300
const windowTime = 100
/** A side that is played to over the other party, and gets nothing from it for so long, is sent what is played alone. */
const silentAfter = 60
/** Longest packet of sound made here, in frames. */
const mostFrames = 5

/** What a side tells its session. */
export interface SideOwner {
  /** A packet of the side has come that is not for its flow: what that has counted is taken back first. */
  endFlow(side: Side): void
  /** A packet of the side was passed on by its flow, and is handed up to be listened to. */
  listened(side: Side, place: number, length: number): void
  /** A packet of sound or a telephone event that was taken from the side, whole and decrypted. */
  heard(side: Side, known: KnownFormat, place: number, length: number, offset: number, bytes: number): void
  /** What the side sends has nothing to do with what it sent before. */
  sourceChanged(side: Side): void
  digit(side: Side, digit: string, by: 'event' | 'tone'): void
  /** The packet just heard, and what came before it, is the tone of a key. */
  keyHeard(side: Side): void
  latched(side: Side, address: PeerAddress): void
  failed(side: Side, why: string): void
  played(side: Side, play: string, fault: string): void
}

/** One leg: its ports, its peer, and the streams in both directions. */
export class Side {
  readonly id: string
  owner: SideOwner
  state: MediaSide
  /** How what it sends reaches the other side, by payload type. */
  routes: readonly (Route | null)[] = []
  /** Names the numbering of what it sends. */
  stretch: number
  readonly received = new ReceivedStream()
  readonly sent: SentStream
  readonly dropped: Drops = noDrops()
  readonly #world: MediaWorld
  readonly #latch = new Latch()
  readonly #srtp = new SrtpPair()
  readonly #control: SideControl
  readonly #digits: SideDigits
  #rtp = -1
  #rtcp = -1
  #candidate: Candidate | null = null
  /** What came before it was known from whom; `null`: nothing. */
  #early: EarlyPackets | null = null
  #formats: readonly (KnownFormat | null)[]
  #negotiation = -1
  readonly #sound: SideSound
  #lastPassed = -1
  #framesDue = 0
  #window = 0
  #inWindow = 0

  constructor(world: MediaWorld, owner: SideOwner, state: MediaSide) {
    this.#world = world
    this.owner = owner
    this.id = state.id
    this.state = state
    this.stretch = world.newSource()
    this.sent = new SentStream({ ssrc: world.random(), sequence: world.random(), timestamp: world.random() })
    this.#control = new SideControl(world, this.#srtp)
    this.#digits = new SideDigits((digit, by) => this.owner.digit(this, digit, by))
    this.#formats = formatTable(state.sending)
    this.#sound = new SideSound(world, (play, fault) => this.owner.played(this, play, fault))
    this.#bind()
    this.#takeState(state, null)
  }

  /** The ports' numbers; where both share one, it stands twice. */
  get ports(): readonly [number, number] {
    return [this.#rtp, this.#rtcp]
  }

  /** Changes into this. The ports are those of before unless they are others. */
  update(state: MediaSide): void {
    const before = this.state
    this.state = state
    const { local } = state
    const moved =
      local.address !== before.local.address ||
      local.port !== before.local.port ||
      local.rtcpPort !== before.local.rtcpPort
    if (moved) {
      this.unbind()
      this.#bind()
    }
    this.#takeState(state, before)
  }

  /** Gives its ports back. It stays where it is asked for its statistics. */
  close(): void {
    this.unbind()
    this.#sound.close()
  }

  unbind(): void {
    const { ports } = this.#world
    if (this.#rtcp >= 0 && this.#rtcp !== this.#rtp) ports.unbind(this.#rtcp)
    if (this.#rtp >= 0) ports.unbind(this.#rtp)
    this.#rtp = -1
    this.#rtcp = -1
  }

  statistics(): SideStatistics {
    return sideStatistics(this, this.#control.reports, this.#world.now)
  }

  /** Where its peer is, where packets from and to it are plain RTP and nothing is played to it; else `null`. */
  get plainPeer(): PeerAddress | null {
    const isPlain = this.#srtp.isPlain && !this.#sound.isOn && this.#rtp >= 0
    return isPlain && !this.#latch.isOpen ? this.#latch.to : null
  }

  /** Whether every packet of its sound has to be looked into. */
  get needsSamples(): boolean {
    return this.#digits.needsSamples
  }

  saveWindow(flows: Float64Array, window: number, inWindow: number, most: number): void {
    flows[window] = this.#window
    flows[inWindow] = this.#inWindow
    flows[most] = mostInWindow
  }

  restoreWindow(flows: Float64Array, window: number, inWindow: number): void {
    this.#window = flows[window]!
    this.#inWindow = flows[inWindow]!
  }

  restoreSent(flows: Float64Array, at: number): void {
    this.sent.restore(flows, at)
    this.#lastPassed = this.sent.lastSent
  }

  /** Whether a report is to be sent, and can be. */
  get isReportDue(): boolean {
    return this.#rtcp >= 0 && this.#latchOfReports.to !== null && this.#control.isDue
  }

  /** A packet has come to one of its ports. */
  packet(port: number, entry: number, place: number, length: number): void {
    // Reports that have a port of their own leave the flow alone.
    if (port === this.#rtp) this.owner.endFlow(this)
    const { memory, senders } = this.#world.ports
    if (length < rtpHeaderBytes && (port === this.#rtp || length < 8)) {
      this.dropped.malformed++
      return
    }
    if (port !== this.#rtp || (this.#rtcp === this.#rtp && isRtcp(memory, place))) {
      this.#reportPacket(entry, place, length)
      return
    }
    if (this.#early !== null && this.state.remote !== null) this.#takeEarly(this.#early)
    const sender = this.#latch.judge(senders, entry)
    if (sender === 'stranger') {
      if (this.#latch.to !== null || this.#latch.isOpen) this.dropped.strangers++
      else this.#notWantedYet(entry, place, length)
      return
    }
    const now = this.#world.now
    if (now - this.#window >= windowTime) {
      this.#window = now
      this.#inWindow = 0
    }
    if (++this.#inWindow > mostInWindow) {
      this.dropped.late++
      return
    }
    const offset = payloadOffset(memory, place, length)
    if (offset < 0) {
      this.dropped.malformed++
      return
    }
    const known = this.#formats[payloadTypeOf(memory, place)]
    if (known === null || known === undefined) {
      this.dropped.unknownPayload++
      return
    }
    const { theirs } = this.#srtp
    if (theirs !== null) {
      const plain = theirs.unprotect(memory, place, length, offset)
      if (plain < 0) {
        this.dropped.refused++
        return
      }
      // Who has the key is the peer.
      if (sender === 'candidate') this.#found(senders[entry + senderPort]!)
      this.#valid(known, place, plain, offset)
    } else if (sender === 'peer' || this.#isFound(senders[entry + senderPort]!, place, length)) {
      this.#valid(known, place, length, offset)
    }
  }

  /** Whether it is known now from whom the packets are that came a moment before. */
  get hasEarly(): boolean {
    return this.#early !== null && this.state.remote !== null
  }

  /**
   * They are taken with the next tick, or before the next packet: an answer comes with several orders, and only all of them
   * say who hears it and whether it is recorded.
   */
  #takeEarly(early: EarlyPackets): void {
    this.#early = null
    const { ports, now } = this.#world
    // The first entry of the table may be that of a packet that is yet to be looked at.
    const first = ports.senders.slice(0, senderWords)
    for (const one of early.take(now)) {
      this.dropped.notWanted--
      const place = ports.place()
      one.packet.copy(ports.memory, place)
      ports.senders.set(one.sender)
      this.#world.asAt(one.arrival, () => this.packet(this.#rtp, 0, place, one.packet.length))
    }
    ports.senders.set(first)
  }

  /** Sends on what another side sent (or its own, as an echo): changed in place. */
  pass(
    route: Route,
    stretch: number,
    clockRate: number,
    isEvent: boolean,
    place: number,
    length: number,
    offset: number,
    bytes: number,
  ): void {
    const { ports, now } = this.#world
    const { memory } = ports
    const { to } = this.#latch
    if (to === null || !this.state.hears || this.#sound.replaces) return
    const start = place + offset
    if (route.conversion !== null) {
      const { conversion } = route
      for (let at = start; at < start + bytes; at++) memory[at] = conversion[memory[at]!]!
    }
    if (!isEvent) {
      this.#lastPassed = now
      if (this.#sound.isOn && route.law !== null) this.#sound.mixInto(memory, start, bytes, route.law)
    }
    const sequence = sequenceOf(memory, place)
    const timestamp = timestampOf(memory, place)
    const marker = hasMarker(memory, place)
    this.sent.pass(
      memory,
      place,
      length,
      bytes,
      stretch,
      marker,
      route.payloadType,
      sequence,
      timestamp,
      clockRate,
      now,
    )
    this.#send(to, place, length, offset)
  }

  /** Whether it makes sound of its own, and has to be ticked. */
  get isPlaying(): boolean {
    return this.#sound.isOn
  }

  /** Every 20 ms while it is playing. */
  tick(): void {
    if (this.#early !== null && this.state.remote !== null) this.#takeEarly(this.#early)
    if (this.#sound.isOn) this.#playFrame()
  }

  /** Sends the report that is due. */
  sendReport(): void {
    const { to } = this.#latchOfReports
    if (to !== null) this.#control.send(this.#rtcp, to, this.sent, this.received)
  }

  /** Plays something short over whatever the side hears. */
  beep(source: FrameSource): void {
    this.#sound.startBeep(source)
  }

  #bind(): void {
    const { ports } = this.#world
    const { address, port, rtcpPort } = this.state.local
    const failed = (what: string) => (why: string) => this.owner.failed(this, `${what} cannot be used: ${why}`)
    this.#rtp = ports.bind(address, port, failed(`RTP port ${port} of ${address}`))
    if (rtcpPort === port) this.#rtcp = this.#rtp
    else this.#rtcp = ports.bind(address, rtcpPort, failed(`RTCP port ${rtcpPort} of ${address}`))
  }

  #takeState(state: MediaSide, before: MediaSide | null): void {
    if (state.negotiation !== this.#negotiation) this.#negotiated(state)
    if (before === null || state.sending !== before.sending) this.#formats = formatTable(state.sending)
    this.#takeKeys(state, before)
    this.#sound.order(state.play)
    this.#digits.lookForTones(state.inbandDigits)
  }

  #negotiated(state: MediaSide): void {
    this.#negotiation = state.negotiation
    this.#candidate = null
    const fault = latchTo(this.#world, state, this.#latch, this.#control.latch)
    if (fault !== '') this.owner.failed(this, fault)
  }

  #takeKeys({ keys }: MediaSide, before: MediaSide | null): void {
    const fault = this.#srtp.take(keys, before?.keys ?? null)
    if (fault === '') return
    // Nothing may go out in the clear.
    this.#latch.fix(null)
    this.#control.latch.fix(null)
    this.owner.failed(this, fault)
  }

  /** Nobody may send yet, but for the one who is about to answer. */
  #notWantedYet(entry: number, place: number, length: number): void {
    this.dropped.notWanted++
    if (this.state.remote !== null) return
    this.#early ??= new EarlyPackets()
    this.#early.keep(this.#world.ports, entry, place, length, this.#world.now)
  }

  /** Reports that come to the port of sound go back to where that comes from (RFC 5761). */
  get #latchOfReports(): Latch {
    return this.#rtcp === this.#rtp ? this.#latch : this.#control.latch
  }

  /** Who may be the peer has sent a packet: whether he is. The first packet is kept until then, and comes first. */
  #isFound(port: number, place: number, length: number): boolean {
    const { ports } = this.#world
    const first = this.#candidate
    if (first === null || !first.isFollowedBy(port, ports.memory, place)) {
      if (first !== null) this.dropped.strangers++
      this.#candidate = new Candidate(port, this.#world.now, ports.memory, place, length)
      return false
    }
    this.#candidate = null
    this.#found(port)
    const kept = first.restore(ports)
    const known = this.#formats[payloadTypeOf(ports.memory, kept.place)]
    const offset = payloadOffset(ports.memory, kept.place, kept.length)
    if (known !== null && known !== undefined && offset >= 0) {
      this.#world.asAt(first.arrival, () => this.#valid(known, kept.place, kept.length, offset))
    }
    return true
  }

  #found(port: number): void {
    this.#latch.found(port)
    const { to } = this.#latch
    if (to !== null) this.owner.latched(this, to)
  }

  /** A packet of the peer, decrypted. */
  #valid(known: KnownFormat, place: number, length: number, offset: number): void {
    const { memory } = this.#world.ports
    const { now } = this.#world
    const bytes = payloadBytes(memory, place, length, offset)
    if (bytes < 0) {
      this.dropped.malformed++
      return
    }
    if (!this.state.sends) {
      this.dropped.notWanted++
      return
    }
    const timestamp = timestampOf(memory, place)
    const arrival = this.received.packet(
      ssrcOf(memory, place),
      sequenceOf(memory, place),
      timestamp,
      known.format.clockRate,
      length,
      now,
    )
    if (arrival === 'stray') {
      this.dropped.late++
      return
    }
    if (arrival === 'anew') {
      this.stretch = this.#world.newSource()
      this.owner.sourceChanged(this)
    }
    this.#digits.take(known, memory, place, place + offset, bytes, timestamp, now)
    this.owner.heard(this, known, place, length, offset, bytes)
    // What makes a key's tone is not kept (docs/trust.md), and is passed on all the same.
    if (this.#digits.isTone) this.owner.keyHeard(this)
  }

  #reportPacket(entry: number, place: number, length: number): void {
    const { senders } = this.#world.ports
    const latch = this.#latchOfReports
    const sender = latch.judge(senders, entry)
    if (sender === 'stranger') {
      this.dropped.strangers++
      return
    }
    const taken = this.#control.received(place, length, this.sent)
    if (taken !== 'taken') this.dropped[taken]++
    else if (sender === 'candidate' && this.#rtcp !== this.#rtp) latch.found(senders[entry + senderPort]!)
  }

  #send(to: PeerAddress, place: number, length: number, offset: number): void {
    const { ports } = this.#world
    if (this.#rtp < 0) return
    const { ours } = this.#srtp
    if (ours === null) {
      ports.send(this.#rtp, to, place, length)
      return
    }
    if (length + srtpGrowth > ports.packetBytes) return
    ports.send(this.#rtp, to, place, ours.protect(ports.memory, place, length, offset))
  }

  /** Sends a frame of what is played, where nothing of the other side carries it. */
  #playFrame(): void {
    const { now, ports } = this.#world
    const sound = this.#sound
    const { to } = this.#latch
    if (!sound.replaces && this.#lastPassed >= 0 && now - this.#lastPassed < silentAfter) return
    if (to === null || !this.state.hears) return
    const frames = Math.max(1, Math.min(mostFrames, Math.round(this.state.packetTime / frameTime)))
    if (++this.#framesDue < frames) return
    this.#framesDue = 0
    const format = preferredLaw(this.state.taking)
    const player = sound.play ?? sound.beep
    if (format === null || player === null) {
      sound.fail('The phone takes no G.711')
      return
    }
    const place = ports.place()
    const bytes = frames * frameSamples
    const length = rtpHeaderBytes + bytes
    ports.memory[place] = 0x80
    sound.fill(ports.memory, place + rtpHeaderBytes, bytes, format.law)
    const { stretch, sequence, timestamp } = player
    const { payloadType } = format
    this.sent.pass(ports.memory, place, length, bytes, stretch, false, payloadType, sequence, timestamp, 8000, now)
    player.sequence = (sequence + 1) & 0xffff
    player.timestamp = (timestamp + bytes) >>> 0
    this.#send(to, place, length, rtpHeaderBytes)
  }
}
