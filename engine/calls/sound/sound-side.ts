import type { MediaFormat, MediaPlay, MediaSide, PreparedEdge } from '../../../media/protocol.ts'
import type { Trunk } from '../../config/snapshot.ts'
import type { BrowserEnd } from '../../sdp/browser-session.ts'
import {
  answeringSetup,
  browserEnd,
  browserLines,
  browserProtocol,
  streamName as streamNameOf,
} from '../../sdp/browser-session.ts'
import type { StreamPlace } from '../../sdp/place-session.ts'
import { placeSession } from '../../sdp/place-session.ts'
import type { Codec, MediaDescription, SessionDescription } from '../../sdp/session-description.ts'
import { isNowhere } from '../../sdp/session-description.ts'
import { isReadableRtp, protocolWith } from '../../sdp/srtp-keys.ts'
import type { Flow, Random } from '../../sip/transport.ts'
import type { Media, SoundPorts } from './media.ts'
import { toldPort } from './media.ts'
import { SideEncryption } from './side-encryption.ts'

/** Milliseconds of sound in a packet where nothing is agreed (RFC 3551 §4.5). */
const usualPacketTime = 20

/** Phones behind one contact that are told apart. */
const mostTags = 16

/**
 * One party's end of a call's sound: our ports that it sends to, what it says of its session, and what it was told. It
 * goes with the party when a transfer brings it together with another.
 */
export class SoundSide {
  readonly id: string
  /** Where the party signals. */
  readonly flow: Flow
  /** It is behind address translation: what its descriptions say of addresses leads nowhere. */
  readonly behindNat: boolean
  /** Of what goes between it and us. */
  readonly encryption: SideEncryption
  /** By the place of the stream in its descriptions; `null` for what does not pass through us. */
  readonly ports: (SoundPorts | null)[]
  /** Its newest description that an answer has brought into force. */
  own: SessionDescription | null
  /** The other party's newest that it was told and that is in force. */
  told: SessionDescription | null
  /** Its offer, while that has no answer. */
  offer: SessionDescription | null
  /** What it was offered itself, while it has not answered: the other side's offer with what we make up for. */
  offered: SessionDescription | null
  /** It is a browser: ICE, and keys by DTLS (docs/media.md). */
  isBrowser: boolean
  /** Of a browser: by which its sound comes to us. It goes with it to every other party, because its keys do. */
  edge: PreparedEdge | null
  /** Of a browser: by which it knows its stream (RFC 5888); '' before it has told. */
  streamName: string
  /** How keys come from it and go to it; of trunks that want it otherwise than phones and carrier agree. */
  dtmf: Trunk['dtmf']
  /** What it hears of ours once; `null`: nothing. */
  announcement: MediaPlay | null
  /** What it hears whenever there is no announcement, such as music on hold. */
  music: MediaPlay | null
  /** It takes one answer to its first offer and no other: the first is repeated (docs/calls.md, singleDialog). */
  stable: boolean
  #lastPorts: SoundPorts | null
  readonly #sessionId: number
  #version: number
  /** What it was told last, with the version in it, and under which tag of whoever said it. */
  #said: string
  #saidVersion: number
  #saidUnder: string
  /** What it was told before under other tags: of several phones behind one contact each has a session with it. */
  #saidBefore: Map<string, { readonly text: string; readonly version: number }> | null
  #negotiation: number

  /** @param sessionId a number by chance, below 2^31 */
  constructor(id: string, flow: Flow, behindNat: boolean, sessionId: number, random: Random) {
    this.id = id
    this.flow = flow
    this.behindNat = behindNat
    this.encryption = new SideEncryption(flow, random)
    this.ports = []
    this.own = null
    this.told = null
    this.offer = null
    this.offered = null
    this.isBrowser = false
    this.edge = null
    this.streamName = ''
    this.dtmf = 'RFC4733'
    this.announcement = null
    this.music = null
    this.stable = false
    this.#lastPorts = null
    this.#sessionId = sessionId
    this.#version = 0
    this.#said = ''
    this.#saidVersion = 0
    this.#saidUnder = ''
    this.#saidBefore = null
    this.#negotiation = 0
  }

  /** For the journal: numbers of the o= line, and how often it has agreed. */
  get numbers(): readonly [sessionId: number, version: number, negotiation: number] {
    return [this.#sessionId, this.#version, this.#negotiation]
  }

  /** Goes on from what the journal has. */
  resume(version: number, negotiation: number): void {
    this.#version = version
    this.#negotiation = negotiation
  }

  /** An offer and its answer are in force: what its peer does from now on may come from elsewhere. */
  agreed(own: SessionDescription | null, told: SessionDescription | null): void {
    this.own = own ?? this.own
    this.told = told ?? this.told
    if (this.isBrowser) this.streamName = streamNameOf(own?.media[0]) || this.streamName
    this.#negotiation++
  }

  /**
   * The description of the other party as this one is told it: with our ports, and keys of ours where it has any.
   * @param from the other party's side
   * @param as whether it is an offer, or answers the one that this party has made
   * @param tag of whoever said it: what is said again under the same one is the same (RFC 3261 §13.2.1); '' where that is one
   */
  describe(other: SessionDescription, from: SoundSide, as: 'offer' | 'answer', tag = ''): string {
    if (tag !== '' && tag !== this.#saidUnder) this.#saysUnder(tag)
    const places = other.media.map((stream, index) => {
      const ours = this.ports[index] ?? null
      const port = ours === null ? 0 : toldPort(ours)
      if (this.isBrowser) return this.#toBrowser(index, port, as)
      if (from.isBrowser) return { port, protocol: this.#plainProtocol(index, as), cryptos: [] }
      if (port === 0 || !isReadableRtp(stream)) return { port, protocol: '', cryptos: [] }
      return as === 'offer' ? this.#offering(stream, index, port, from) : this.#answering(index, port)
    })
    const passing = this.isBrowser ? 'to-browser' : from.isBrowser ? 'from-browser' : 'none'
    const write = (version: number) =>
      placeSession(other, { sessionId: this.#sessionId, version }, this.#shown, places, passing)
    // RFC 3264 §8: one more with each change.
    if (this.#said === '' || write(this.#saidVersion) !== this.#said) {
      this.#saidVersion = ++this.#version
      this.#said = write(this.#version)
    }
    return this.#said
  }

  #toBrowser(track: number, port: number, as: 'offer' | 'answer'): StreamPlace {
    const lines = this.browserLines(track, as)
    return { port: lines.length === 0 ? 0 : port, protocol: browserProtocol, cryptos: [], lines }
  }

  /** What a browser is told of our way in a stream of ours; none where there is no edge for it. */
  browserLines(track: number, as: 'offer' | 'answer'): string[] {
    const edge = this.ports[track]?.edge
    const own = this.own?.media[track]
    if (edge?.browser === undefined) return []
    const setup = as === 'offer' || own === undefined ? 'actpass' : answeringSetup(this.#browserEnd(track).setup)
    const { address, port } = edge.outside
    return browserLines(edge.browser, setup, streamNameOf(own) || this.streamName, address, port)
  }

  #plainProtocol(track: number, as: 'offer' | 'answer'): string {
    return as === 'offer' ? 'RTP/AVP' : (this.own?.media[track]?.protocol ?? 'RTP/AVP')
  }

  /** Who has offered answers by itself: it begins the handshake, unless it wants to be waited for. */
  #endAsTold(track: number): BrowserEnd {
    const end = this.#browserEnd(track)
    return end.setup === 'actpass' ? { ...end, setup: 'active' } : end
  }

  #browserEnd(track: number): BrowserEnd {
    const stream = this.own?.media[track]
    const end = this.own === null || stream === undefined ? null : browserEnd(this.own, stream)
    return end ?? { ufrag: '', password: '', fingerprint: '', setup: '' }
  }

  /** How a stream is offered to it. */
  #offering(stream: MediaDescription, track: number, port: number, from: SoundSide): StreamPlace {
    const keys = this.encryption.offersKeys(track, from.encryption.encrypts(stream))
    const protocol = protocolWith(stream.protocol, keys)
    return { port, protocol, cryptos: keys ? this.encryption.offered(track) : [] }
  }

  /** How a stream that it has offered is answered: RFC 3264 §6.1, by the same protocol. */
  #answering(track: number, port: number): StreamPlace {
    return { port, protocol: this.own?.media[track]?.protocol ?? '', cryptos: this.encryption.answered(track) }
  }

  #saysUnder(tag: string): void {
    if (this.#saidUnder !== '') {
      this.#saidBefore ??= new Map()
      if (this.#saidBefore.size < mostTags) {
        this.#saidBefore.set(this.#saidUnder, { text: this.#said, version: this.#saidVersion })
      }
      const known = this.#saidBefore.get(tag)
      if (known !== undefined) {
        this.#said = known.text
        this.#saidVersion = known.version
      }
    }
    this.#saidUnder = tag
  }

  /** What it was told last, as it was. */
  get saidLast(): string {
    return this.#said
  }

  /**
   * Ports for one of its streams; `null` where none are free.
   * @param beside those that have to be in the same process
   */
  takePorts(media: Media, track: number, beside: SoundPorts | null, isBesideBrowser: boolean): SoundPorts | null {
    const door = this.isBrowser ? 'browser' : isBesideBrowser ? 'beside browser' : 'plain'
    const ports = media.take(this.flow, beside, door, this.isBrowser ? this.edge : null)
    if (this.isBrowser && track === 0) this.edge = ports?.edge ?? this.edge
    return ports
  }

  /** Ports that it has, or had before it gave them back. */
  get lastPorts(): SoundPorts | null {
    return this.ports.find((ports) => ports !== null) ?? this.#lastPorts
  }

  /** Gives all its ports back. */
  give(media: Media): void {
    for (const [track, ports] of this.ports.entries()) {
      if (ports !== null) media.give(ports)
      this.#lastPorts = ports ?? this.#lastPorts
      this.ports[track] = null
    }
  }

  get #shown(): string {
    for (const ports of this.ports) if (ports !== null) return ports.shown
    return '0.0.0.0'
  }

  /** As media is told it, for the stream at this place; `null` where that does not pass through us. */
  mediaSide(track: number, inbandDigits: boolean): MediaSide | null {
    const ports = this.ports[track] ?? null
    if (ports === null) return null
    const own = this.own?.media[track]
    const told = this.told?.media[track]
    const isThere = own !== undefined && own.port !== 0 && !this.encryption.isBroken(track)
    // Where a browser is, ICE finds out.
    const isSomewhere = own !== undefined && !isNowhere(own.address)
    const address = this.isBrowser && !isSomewhere ? this.flow.address : (own?.address ?? '')
    return {
      id: track === 0 ? this.id : `${this.id}.${track}`,
      local: ports.local,
      ...(ports.edge === undefined ? null : { edge: ports.edge }),
      remote: isThere ? { address, port: own.port, rtcpPort: own.rtcpPort } : null,
      behindNat: this.behindNat ? this.flow.address : null,
      negotiation: this.#negotiation,
      sends: isThere && own.direction !== 'recvonly' && own.direction !== 'inactive',
      hears: isThere && own.direction !== 'sendonly' && own.direction !== 'inactive' && (isSomewhere || this.isBrowser),
      sending: formatsOf(told),
      taking: formatsOf(own),
      packetTime: own?.packetTime || usualPacketTime,
      keys: this.encryption.keysOf(track),
      ...(this.isBrowser ? { browser: this.#endAsTold(track) } : null),
      inbandDigits: inbandDigits && !takesEvents(own),
      play: track === 0 ? (this.announcement ?? this.music) : null,
    }
  }
}

function formatsOf(stream: MediaDescription | undefined): MediaFormat[] {
  return (stream?.codecs ?? []).map(({ payloadType, name, clockRate, channels }) => ({
    payloadType,
    name,
    clockRate,
    channels,
  }))
}

/** Whether keys come as events (RFC 4733). */
function takesEvents(stream: MediaDescription | undefined): boolean {
  return stream?.codecs.some((codec: Codec) => codec.name === 'TELEPHONE-EVENT') ?? false
}
