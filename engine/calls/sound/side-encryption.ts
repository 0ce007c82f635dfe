import type { SideKeys } from '../../../media/protocol.ts'
import type { MediaDescription } from '../../sdp/session-description.ts'
import { isSecure } from '../../sdp/session-description.ts'
import type { SdesKey, SrtpSuite } from '../../sdp/srtp-keys.ts'
import { cryptoValue, hasKeys, isReadableRtp, srtpSuites, usableKey } from '../../sdp/srtp-keys.ts'
import type { Flow, Random } from '../../sip/transport.ts'
import { isPrivate } from '../../sip/transport.ts'

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const digits = '0123456789abcdefghijklmnopqrstuvwxyz'
/** Characters of 30 bytes. */
const keyLength = 40

/** One stream's. */
interface StreamKeys {
  /** Ours, by suite: they stay for as long as the session lasts, because the stream they are for goes on. */
  readonly own: Partial<Record<SrtpSuite, string>>
  /** Tag of the line that was taken, and the keys of both directions; `null`: in the clear, or nothing is agreed. */
  agreed: { readonly tag: number; readonly keys: SideKeys } | null
  /** Both sides said that it is encrypted, and their keys do not fit: nothing may be sent. */
  isBroken: boolean
}

/** As the journal has it. */
export interface SavedEncryption {
  readonly wanted: boolean | null
  readonly streams: readonly (StreamKeys | null)[]
}

/**
 * Encryption of one party's sound, which ends with us: the other party's is its own (docs/media.md). Keys are offered and
 * taken only where signalling is encrypted, or everybody on the way could read them (docs/trust.md).
 */
export class SideEncryption {
  /** What the party signals is encrypted. */
  readonly isPrivate: boolean
  /** Whether it is to be offered keys; `null`: where the other party's sound is encrypted too. */
  wanted: boolean | null
  readonly #random: Random
  /** Which streams of our newest offer had keys. */
  readonly #offered: boolean[]
  #streams: (StreamKeys | null)[]

  constructor(flow: Flow, random: Random) {
    this.isPrivate = isPrivate(flow)
    this.wanted = null
    this.#random = random
    this.#offered = []
    this.#streams = []
  }

  /** @returns `null` where nothing is to be kept */
  save(): SavedEncryption | null {
    if (this.wanted === null && this.#streams.length === 0) return null
    return { wanted: this.wanted, streams: this.#streams }
  }

  /** Goes on from what the journal has. */
  resume({ wanted, streams }: SavedEncryption): void {
    this.wanted = wanted
    this.#streams = [...streams]
  }

  /** The keys in force; `null`: it goes in the clear. */
  keysOf(track: number): SideKeys | null {
    return this.#streams[track]?.agreed?.keys ?? null
  }

  /** It is said to be encrypted and has no keys that fit: nothing goes there, least of all in the clear. */
  isBroken(track: number): boolean {
    return this.#streams[track]?.isBroken === true
  }

  /** What of the party's own stream is encrypted by keys that we take. */
  encrypts(stream: MediaDescription): boolean {
    return this.isPrivate && hasKeys(stream)
  }

  /** Whether an offer of the party's can be taken: keys that it insists on have to be usable, and came unread. */
  takes(stream: MediaDescription): boolean {
    if (stream.port === 0 || !isReadableRtp(stream) || !isSecure(stream)) return true
    return this.isPrivate && usableKey(stream) !== null
  }

  /** Whether a stream is offered to this party with keys. @param otherIsEncrypted between the other party and us */
  offersKeys(track: number, otherIsEncrypted: boolean): boolean {
    const offers = this.isPrivate && (this.wanted ?? otherIsEncrypted)
    this.#offered[track] = offers
    return offers
  }

  /** It has refused our offer: it may take one with keys instead, or one without. @returns whether there is another */
  changeMind(): boolean {
    this.wanted = !this.#offered.includes(true)
    return this.isPrivate
  }

  /** Lines of an offer to this party, the preferred one first. */
  offered(track: number): string[] {
    return srtpSuites.map((suite, index) => cryptoValue({ tag: index + 1, suite, key: this.#ownKey(track, suite) }))
  }

  /** The line of our answer to its offer; none where that is in the clear. */
  answered(track: number): string[] {
    const agreed = this.#streams[track]?.agreed ?? null
    return agreed === null ? [] : [cryptoValue({ tag: agreed.tag, ...agreed.keys.ours })]
  }

  /** Its offer is in force. */
  offerTaken(track: number, stream: MediaDescription): void {
    const theirs = this.encrypts(stream) && stream.port !== 0 ? usableKey(stream) : null
    this.#agree(track, theirs, theirs?.tag ?? 0, theirs === null && isReadableRtp(stream) && isSecure(stream))
    if (stream.port !== 0) this.wanted = theirs !== null
  }

  /** Its answer to our offer is in force. */
  answerTaken(track: number, stream: MediaDescription): void {
    if (stream.port === 0) return
    const offeredKeys = this.#offered[track] === true
    const theirs = offeredKeys ? usableKey(stream) : null
    // §5.1.3: it answers one of our lines.
    const isOurs = theirs !== null && srtpSuites[theirs.tag - 1] === theirs.suite
    const isBroken = !isOurs && isReadableRtp(stream) && (isSecure(stream) || offeredKeys)
    this.#agree(track, isOurs ? theirs : null, theirs?.tag ?? 0, isBroken)
    if (!isBroken) this.wanted = isOurs
  }

  #agree(track: number, theirs: SdesKey | null, tag: number, isBroken: boolean): void {
    if (theirs === null && !isBroken && (this.#streams[track] ?? null) === null) return
    const stream = this.#stream(track)
    stream.isBroken = isBroken
    if (theirs === null) {
      stream.agreed = null
      return
    }
    const { suite, key } = theirs
    stream.agreed = { tag, keys: { ours: { suite, key: this.#ownKey(track, suite) }, theirs: { suite, key } } }
  }

  #ownKey(track: number, suite: SrtpSuite): string {
    const { own } = this.#stream(track)
    own[suite] ??= this.#newKey()
    return own[suite]
  }

  #stream(track: number): StreamKeys {
    while (this.#streams.length < track) this.#streams.push(null)
    let stream = this.#streams[track] ?? null
    if (stream === null) {
      stream = { own: {}, agreed: null, isBroken: false }
      this.#streams[track] = stream
    }
    return stream
  }

  /** 30 bytes nobody can guess. */
  #newKey(): string {
    const chance = this.#random.token(2 * keyLength)
    let key = ''
    // Of 1296 pairs of characters 20 or 21 lead to each of 64: as good as six bits.
    for (let at = 0; at < chance.length; at += 2) {
      key += base64[(digits.indexOf(chance[at] ?? '') * 36 + digits.indexOf(chance[at + 1] ?? '')) % 64]
    }
    return key
  }
}
