import type { MediaPlay, MediaSession, SoundSource } from '../../../media/protocol.ts'
import { browserProtocol } from '../../sdp/browser-session.ts'
import type { Codec, MediaDescription, SessionDescription } from '../../sdp/session-description.ts'
import { parseSessionDescription } from '../../sdp/session-description.ts'
import { isDtls, isReadableRtp, protocolWith } from '../../sdp/srtp-keys.ts'
import type { LocalSound } from '../local-call.ts'
import type { Media, SoundReport } from './media.ts'
import { toldPort } from './media.ts'
import type { SoundSide } from './sound-side.ts'
import type { Sounds } from './sounds.ts'
import { isBrowserLike } from './sounds.ts'

/** What we offer where the phone makes no offer: G.711 of both laws, and keys (RFC 4733). */
const offered: readonly Codec[] = [
  { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1, parameters: '' },
  { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1, parameters: '' },
  { payloadType: 101, name: 'TELEPHONE-EVENT', clockRate: 8000, channels: 1, parameters: '0-16' },
]

/** What the server itself says in a call that it has answered: one stream of G.711, whose other end is a media process. */
export class ServerSound implements LocalSound {
  readonly #sounds: Sounds
  readonly #media: Media
  readonly #callId: string
  readonly #id: string
  readonly #side: SoundSide
  readonly #sessionId: number
  /** Where in the phone's descriptions the stream stands. */
  #track: number
  #version: number
  #echoes: boolean
  #plays: number
  /** Called once when what is played has been heard. */
  #done: (() => void) | null
  #over: boolean

  /**
   * @param callId of the call whose record tells how it was heard
   * @param id of the session
   * @param sessionId for the o= line
   */
  constructor(sounds: Sounds, media: Media, callId: string, id: string, side: SoundSide, sessionId: number) {
    this.#sounds = sounds
    this.#media = media
    this.#callId = callId
    this.#id = id
    this.#side = side
    this.#sessionId = sessionId
    this.#track = 0
    this.#version = 0
    this.#echoes = false
    this.#plays = 0
    this.#done = null
    this.#over = false
  }

  /** Whether the phone and the media process know of each other. */
  get isOpen(): boolean {
    return this.#side.own !== null
  }

  // --- for the call

  describe(offer: string, told: (description: string) => void): void {
    told(offer === '' ? this.#offer() : this.#answer(offer))
  }

  answered(description: string): void {
    const read = parseSessionDescription(description)
    if (read === null) return
    const stream = read.media[this.#track]
    if (stream !== undefined) this.#side.encryption.answerTaken(this.#track, stream)
    this.#agreed(read, null)
  }

  ended(): void {
    if (this.#over) return
    this.#over = true
    this.#done = null
    this.#sounds.forget(this.#id)
    if (this.isOpen) this.#sounds.figures.expect(this.#id, this.#callId, this.#side, null)
    if (this.#hasPorts) this.#media.close(this.#portsProcess, this.#id)
    this.#side.give(this.#media)
  }

  // --- what is heard

  /** Files or tones, in the place of what was heard before. `done`: once, when they have been heard to their end. */
  play(source: SoundSource, loop: boolean, done: (() => void) | null): void {
    this.#plays++
    this.#echoes = false
    this.#done = done
    const play: MediaPlay = { id: `${this.#id}-${this.#plays}`, source, how: 'replace', loop }
    this.#side.announcement = play
    this.#tell()
  }

  /** The phone hears itself. */
  echo(): void {
    this.#echoes = true
    this.#side.announcement = null
    this.#done = null
    this.#tell()
  }

  soundReported(report: SoundReport): void {
    if (report.report !== 'played' || report.play !== this.#side.announcement?.id) return
    this.#side.announcement = null
    const done = this.#done
    this.#done = null
    done?.()
    if (!this.#over && this.#side.announcement === null) this.#tell()
  }

  // --- parts

  #answer(text: string): string {
    const offer = parseSessionDescription(text)
    if (offer === null) return ''
    const { encryption } = this.#side
    const serves = this.#media.serves('browser')
    const track = offer.media.findIndex((one) => isTaken(one, serves) && encryption.takes(one))
    const stream = offer.media[track]
    if (stream === undefined) return ''
    this.#side.isBrowser = isDtls(stream)
    if (!this.#takePorts(track)) return ''
    const codec = stream.codecs.find(isG711)
    const events = stream.codecs.find(({ name, clockRate }) => name === 'TELEPHONE-EVENT' && clockRate === 8000)
    const codecs = [codec, events].filter((one) => one !== undefined)
    encryption.offerTaken(track, stream)
    const cryptos = encryption.answered(track)
    this.#side.own = offer
    const answer = this.#description(offer.media, codecs, directionFor(stream), stream.protocol, cryptos)
    this.#agreed(offer, answer)
    return answer
  }

  #offer(): string {
    const { encryption, flow } = this.#side
    // Who makes no offer is, by WebSocket, a browser as far as anybody knows.
    this.#side.isBrowser = this.#media.serves('browser') && isBrowserLike('user', flow)
    if (!this.#takePorts(this.#track)) return ''
    const keys = encryption.offersKeys(this.#track, false) && !this.#side.isBrowser
    const protocol = this.#side.isBrowser ? browserProtocol : protocolWith('RTP/AVP', keys)
    const cryptos = keys ? encryption.offered(this.#track) : []
    const text = this.#description([], offered, 'sendrecv', protocol, cryptos)
    this.#side.told = parseSessionDescription(text)
    return text
  }

  #agreed(own: SessionDescription, told: string | null): void {
    this.#side.agreed(own, told === null ? null : parseSessionDescription(told))
    this.#tell()
  }

  #takePorts(track: number): boolean {
    const { ports } = this.#side
    if ((ports[track] ?? null) !== null) return true
    if (this.#hasPorts) this.#side.give(this.#media)
    this.#track = track
    while (ports.length < track) ports.push(null)
    ports[track] = this.#side.takePorts(this.#media, track, null, false)
    return ports[track] !== null
  }

  /**
   * @param streams of the offer; none: ours is the only one
   * @param protocol of our stream, and its lines of keys
   */
  #description(
    streams: readonly MediaDescription[],
    codecs: readonly Codec[],
    direction: string,
    protocol: string,
    cryptos: readonly string[],
  ): string {
    const ports = this.#side.ports[this.#track]
    if (ports == null) return ''
    this.#version++
    const { shown } = ports
    const way = this.#side.browserLines(this.#track, streams.length === 0 ? 'offer' : 'answer')
    const family = shown.includes(':') ? 'IP6' : 'IP4'
    let text =
      `v=0\r\no=- ${this.#sessionId} ${this.#version} IN ${family} ${shown}\r\ns=-\r\nc=IN ${family} ${shown}\r\n` +
      `t=0 0\r\n${way.length === 0 ? '' : 'a=ice-lite\r\n'}`
    for (let track = 0; track < Math.max(1, streams.length); track++) {
      const stream = streams[track]
      if (track !== this.#track) {
        text += `m=${stream?.kind} 0 ${stream?.protocol} ${stream?.formats.join(' ')}\r\n`
        continue
      }
      const types = codecs.map(({ payloadType }) => payloadType).join(' ')
      text += `m=audio ${toldPort(ports)} ${protocol} ${types}\r\n`
      for (const { payloadType, name, clockRate, parameters } of codecs) {
        text += `a=rtpmap:${payloadType} ${name === 'TELEPHONE-EVENT' ? 'telephone-event' : name}/${clockRate}\r\n`
        if (parameters !== '') text += `a=fmtp:${payloadType} ${parameters}\r\n`
      }
      for (const line of way) text += `${line}\r\n`
      for (const crypto of cryptos) text += `a=crypto:${crypto}\r\n`
      text += `a=ptime:20\r\na=${direction}\r\n`
    }
    return text
  }

  get #hasPorts(): boolean {
    return (this.#side.ports[this.#track] ?? null) !== null
  }

  get #portsProcess(): number {
    return this.#side.ports[this.#track]?.process ?? -1
  }

  #tell(): void {
    if (this.#over || !this.isOpen || !this.#hasPorts) return
    const side = this.#side.mediaSide(this.#track, false)
    if (side === null) return
    const session: MediaSession = {
      id: this.#id,
      sides: [{ ...side, play: this.#side.announcement }],
      join: this.#echoes ? 'echo' : 'relay',
      recording: null,
    }
    this.#media.tell(this.#portsProcess, session)
  }
}

function isTaken(stream: MediaDescription, servesBrowsers: boolean): boolean {
  const isUnderstood = isReadableRtp(stream) || (servesBrowsers && isDtls(stream))
  return stream.kind === 'audio' && stream.port !== 0 && isUnderstood && stream.codecs.some(isG711)
}

function isG711({ name, clockRate }: Codec): boolean {
  return (name === 'PCMU' || name === 'PCMA') && clockRate === 8000
}

/** RFC 3264 §6.1 */
function directionFor({ direction }: MediaDescription): string {
  if (direction === 'sendonly') return 'recvonly'
  return direction === 'recvonly' ? 'sendonly' : direction
}
