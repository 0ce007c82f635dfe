import type { MediaRecording, MediaSession, MediaSide } from '../../../media/protocol.ts'
import { sessionDescriptionIn } from '../../sdp/body-part.ts'
import { fittingAnswer, withBothLaws, withEvents, withoutEvents } from '../../sdp/fitted-codecs.ts'
import { besideSound, narrowCodecs } from '../../sdp/narrow-codecs.ts'
import { preferCodecs } from '../../sdp/prefer-codecs.ts'
import type { MediaDescription, SessionDescription } from '../../sdp/session-description.ts'
import { isRtp, parseSessionDescription } from '../../sdp/session-description.ts'
import { isDtls, isReadableRtp } from '../../sdp/srtp-keys.ts'
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { ownCopy } from '../../sip/own-copy.ts'
import type { Media, SoundPorts, SoundReport } from './media.ts'
import type { RecordingTerms } from './recording-terms.ts'
import type { SoundSide } from './sound-side.ts'

/** Streams of a call that pass through us; more are declined. */
const mostTracks = 3
/** What recordings are made of (docs/recordings.md). */
const recordedSounds: ReadonlySet<string> = new Set(['PCMU', 'PCMA', 'G722'])

/** A sound, and the body of the INVITE that offers it. */
export interface OfferedSound {
  readonly sound: Sound
  readonly body: string
}

/** Who says something of a session that passes through us. */
export interface PassingSound {
  readonly sound: Sound
  readonly from: SoundSide
}

/** Told what media reports of a call's sound. */
export interface SoundOwner {
  soundReported(report: SoundReport): void
  /** A party pressed a key and told it by INFO. */
  digitPressed(side: SoundSide, digit: string): void
}

/**
 * The sound between two parties that passes through us: takes what one says of its session, writes it for the other with
 * our ports in place, and tells the media process. Offers count from their answer on (RFC 3264 §4), so a refused one
 * changes nothing.
 */
export class Sound {
  /** Also the name of the first stream's session. */
  id: string
  readonly caller: SoundSide
  readonly callee: SoundSide
  /** Of the first stream, as digits and what is played are. */
  recording: MediaRecording | null
  join: MediaSession['join']
  /** Keys are listened for, even where they come as tones. */
  wantsDigits: boolean
  /** Who may have it recorded; `null` before the call is answered, and where nobody may. */
  terms: RecordingTerms | null
  /** Somebody's mode asks for it: only codecs that recordings understand are offered. */
  mayBeRecorded: boolean
  /** The callee is on the left channel of recordings: he was the caller when they began. */
  isMirrored: boolean
  /** Who has come into the conversation and has not agreed on a session yet: then his mode counts too. */
  newcomer: 'caller' | 'callee' | null
  /** Codecs that the callee is offered, the preferred one first; none: all that the caller has. */
  codecs: readonly string[]
  /** Ids of its recordings so far. */
  readonly recordings: string[]
  /** Who is told what media reports of it; `null`: nobody. */
  owner: SoundOwner | null
  /** The caller's side is that of other forks too: it is here from the first answer on, and its ports are not ours to give. */
  #sharesCaller: boolean
  #callerIsHere: boolean
  readonly #media: Media
  /** Ports of the sound whose session goes on here: those of the parties have to be in the same process. */
  #held: SoundPorts | null
  /** Which places in the descriptions have a session that media was told of. */
  readonly #told: boolean[]
  #over: boolean
  /** The journal does not have it as it is. */
  unsaved: boolean

  /** @param sharesCaller the caller's side is that of other forks too, and takes one answer (docs/calls.md, singleDialog) */
  constructor(media: Media, id: string, caller: SoundSide, callee: SoundSide, sharesCaller: boolean) {
    this.id = id
    this.caller = caller
    this.callee = callee
    this.recording = null
    this.join = 'relay'
    this.wantsDigits = false
    this.terms = null
    this.mayBeRecorded = false
    this.isMirrored = false
    this.newcomer = null
    this.codecs = []
    this.recordings = []
    this.owner = null
    this.#sharesCaller = sharesCaller
    this.#callerIsHere = !sharesCaller
    this.#media = media
    this.#held = null
    this.#told = []
    this.#over = false
    this.unsaved = true
  }

  soundReported(report: SoundReport): void {
    this.owner?.soundReported(report)
  }

  other(side: SoundSide): SoundSide {
    return side === this.caller ? this.callee : this.caller
  }

  /** The media process that has this sound; -1 while it has no ports. */
  get process(): number {
    return (this.#portsOf(this.caller) ?? this.#portsOf(this.callee) ?? this.#held)?.process ?? -1
  }

  /** Whether its media process can end SRTP. */
  get endsEncryption(): boolean {
    return this.#media.can(this.process, 'sdes')
  }

  // --- what the parties say

  /**
   * A party offers a session, or another one. @returns the body for the other party; `null` where the offer cannot be
   * passed on (488)
   */
  offered(from: SoundSide, message: SipMessage): string | null {
    // An answer to an INVITE of ours may come when the call has ended.
    if (this.#over) return null
    const read = readDescription(message)
    if (read === null) return null
    const to = this.other(from)
    if (!read.description.media.every((stream) => from.encryption.takes(stream))) return null
    if (from.own === null && this.#media.serves('browser')) from.isBrowser = read.description.media.some(isDtls)
    this.#takePorts(read.description)
    if (!hasAnyPort(to, read.description)) return null
    const usesKeys = read.description.media.some((stream) => from.encryption.encrypts(stream))
    if (usesKeys && !this.endsEncryption) return null
    from.offer = this.#narrowed(read.description, to)
    to.offer = null
    to.offered = this.#fittedOffer(read.description, from, to)
    const text = read.around(to.describe(to.offered, from, 'offer'))
    this.tell()
    return text
  }

  /**
   * A party answers the other's offer; both are in force now. @returns the body for the other party; '' where it is no
   * description that could be passed on
   */
  answered(from: SoundSide, message: SipMessage): string {
    const read = readDescription(message)
    if (read === null) return ''
    const to = this.other(from)
    this.#takePorts(read.description)
    const { offer } = to
    const offered = from.offered ?? offer
    const answer = offer === null ? read.description : this.#fittedAnswer(read.description, offer, from, to)
    to.offer = null
    from.offered = null
    this.#callerIsHere = true
    this.#agreeOnKeys(from, read.description, to, offer)
    from.agreed(read.description, offered)
    if (to.stable && to.told !== null) {
      // The first answer is all that it takes: media makes the best of what the others say.
      to.agreed(offer, to.told)
      this.tell()
      return to.saidLast
    }
    to.agreed(offer, answer)
    const text = read.around(to.describe(answer, from, 'answer', message.isRequest ? '' : message.toTag))
    this.tell()
    return text
  }

  /** A side insists on encryption and its keys are of no use. */
  get keysAreBroken(): boolean {
    return [this.caller, this.callee].some(({ encryption, ports }) => ports.some((_, at) => encryption.isBroken(at)))
  }

  #agreeOnKeys(from: SoundSide, answer: SessionDescription, to: SoundSide, offer: SessionDescription | null): void {
    for (const [track, stream] of answer.media.entries()) {
      from.encryption.answerTaken(track, stream)
      const offered = offer?.media[track]
      if (offered !== undefined && stream.port !== 0) to.encryption.offerTaken(track, offered)
    }
  }

  #narrowed(description: SessionDescription, to: SoundSide): SessionDescription {
    const sounds = this.mayBeRecorded ? narrowCodecs(description, recordedSounds, besideSound) : description
    return to === this.callee && this.codecs.length > 0 ? preferCodecs(sounds, this.codecs) : sounds
  }

  /** An offer as the other side gets it: with what we make up for between them. */
  #fittedOffer(description: SessionDescription, from: SoundSide, to: SoundSide): SessionDescription {
    const laws = this.#media.can(this.process, 'transcode') ? withBothLaws(description) : description
    return this.#withKeys(this.#narrowed(laws, to), from, to, true)
  }

  /** Likewise the answer to an offer. */
  #fittedAnswer(answer: SessionDescription, offer: SessionDescription, from: SoundSide, to: SoundSide) {
    const asked = offer.media.some(({ codecs }) => codecs.some(({ name }) => name === 'TELEPHONE-EVENT'))
    return this.#withKeys(fittingAnswer(answer, offer), from, to, asked)
  }

  /** Keys as the other side takes them. `mayAdd`: events may be added, which become INFO for a carrier that takes only that. */
  #withKeys(description: SessionDescription, from: SoundSide, to: SoundSide, mayAdd: boolean): SessionDescription {
    if (from.dtmf === 'INFO' && to.dtmf === 'RFC4733' && this.#media.can(this.process, 'digits')) {
      return mayAdd ? withEvents(description) : description
    }
    return from.dtmf === 'RFC4733' && to.dtmf === 'RFC4733' ? description : withoutEvents(description)
  }

  /** Both sides have agreed on where it goes. */
  get isAgreed(): boolean {
    return this.caller.own !== null && this.callee.own !== null
  }

  /** The call is answered: from now on both sides are this sound's alone. */
  settle(): void {
    this.caller.stable = false
    this.#sharesCaller = false
  }

  /** A request with a description: the answer to an offer of the other party, else an offer. */
  said(from: SoundSide, message: SipMessage): string | null {
    return this.other(from).offer === null ? this.offered(from, message) : this.answered(from, message)
  }

  // --- what media is told

  /** All sessions as they are now. */
  tell(): void {
    if (this.#over) return
    const { process } = this
    if (process < 0) return
    this.unsaved = true
    for (const [track, session] of this.sessions().entries()) {
      if (session === null) continue
      this.#told[track] = true
      this.#media.tell(process, session)
    }
  }

  /** By the place of the stream in the descriptions. */
  sessions(): (MediaSession | null)[] {
    const sessions: (MediaSession | null)[] = []
    for (let track = 0; track < Math.max(this.caller.ports.length, this.callee.ports.length); track++) {
      const sides: MediaSide[] = []
      for (const side of this.#callerIsHere ? [this.caller, this.callee] : [this.callee]) {
        const told = side.mediaSide(track, this.wantsDigits && track === 0)
        if (told !== null) sides.push(told)
      }
      if (this.isMirrored) sides.reverse()
      const ports = this.caller.ports[track] ?? this.callee.ports[track] ?? null
      sessions.push(
        ports === null
          ? null
          : {
              id: track === 0 ? this.id : `${this.id}.${track}`,
              sides,
              join: this.join,
              recording: track === 0 ? this.recording : null,
            },
      )
    }
    return sessions
  }

  /** Its ports are to be in the process of these: a recording is written by one process. */
  stayBeside(ports: SoundPorts): void {
    this.#held = ports
  }

  /**
   * Takes over the session of another sound, which is over, with what was ordered of it. The parties are these, and have
   * ports of their own in the same process.
   */
  succeed(before: Sound): void {
    const { id, process } = this
    const isTold = this.#told[0] === true
    this.id = before.id
    this.recording = before.recording
    this.terms = before.terms
    this.wantsDigits = before.wantsDigits
    this.recordings.push(...before.recordings)
    this.#held = before.#portsOf(before.caller) ?? before.#portsOf(before.callee)
    if (before.#told[0] === true) {
      this.#told[0] = true
      before.#told[0] = false
    }
    before.close()
    if (!isTold) return
    // Its sides leave the session that they had before they became this one's.
    this.tell()
    this.#media.close(process, id)
  }

  /** Nothing passes any more. `kept`: a side that goes on elsewhere, with its ports. */
  close(kept: SoundSide | null = null): void {
    if (this.#over) return
    this.#over = true
    const { process } = this
    for (const [track, told] of this.#told.entries()) {
      if (told) this.#media.close(process, track === 0 ? this.id : `${this.id}.${track}`)
    }
    const shared = this.#sharesCaller ? this.caller : null
    for (const side of [this.caller, this.callee]) if (side !== kept && side !== shared) side.give(this.#media)
  }

  /** Both sides have ports for every stream of RTP in it. */
  #takePorts(description: SessionDescription): void {
    // An ACK may still bring an answer when the call has ended: nobody would give its ports back.
    if (this.#over) return
    for (const [track, stream] of description.media.entries()) {
      const passes = stream.port !== 0 && this.#passes(track, stream)
      const held = this.#portsOf(this.caller) ?? this.#portsOf(this.callee) ?? this.#held
      let one = this.caller.ports[track] ?? null
      let other = this.callee.ports[track] ?? null
      if (passes && (one === null || other === null)) {
        one ??= this.caller.takePorts(this.#media, track, other ?? held, this.callee.isBrowser)
        other ??= one === null ? null : this.callee.takePorts(this.#media, track, one, this.caller.isBrowser)
      }
      this.caller.ports[track] = one
      this.callee.ports[track] = other
    }
  }

  /** Of a browser only its sound: nothing of ours understands more (docs/media.md). */
  #passes(track: number, stream: MediaDescription): boolean {
    const { caller, callee } = this
    if (!caller.isBrowser && !callee.isBrowser) return track < mostTracks && isReadableRtp(stream)
    return track === 0 && stream.kind === 'audio' && isRtp(stream)
  }

  #portsOf(side: SoundSide): SoundPorts | null {
    for (const ports of side.ports) if (ports !== null) return ports
    return null
  }
}

/** Some stream of it passes, or none was wanted. */
function hasAnyPort(side: SoundSide, { media }: SessionDescription): boolean {
  return media.every(({ port }) => port === 0) || media.some((_, track) => (side.ports[track] ?? null) !== null)
}

interface ReadDescription {
  readonly description: SessionDescription
  /** The body with this text in the description's place. */
  around(text: string): string
}

function readDescription(message: SipMessage): ReadDescription | null {
  const { body } = message
  const part = sessionDescriptionIn(message.header(Header.contentType), body)
  if (part === null) return null
  // Kept for as long as the call lasts, without the message around it.
  const description = parseSessionDescription(ownCopy(body.slice(part.start, part.end)))
  if (description === null) return null
  const isWhole = part.start === 0 && part.end === body.length
  return { description, around: (text) => (isWhole ? text : body.slice(0, part.start) + text + body.slice(part.end)) }
}
