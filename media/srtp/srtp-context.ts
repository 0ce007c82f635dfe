import type { KeyObject } from 'node:crypto'
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { SrtpKey } from '../protocol.ts'
import { putWord, sequenceOf, ssrcOf, word } from '../rtp/rtp-header.ts'
import { CounterCipher } from './counter-cipher.ts'
import { ReplayWindow } from './replay-window.ts'
import { deriveKeys, readInlineKey, rtcpLabels, rtpLabels } from './srtp-keys.ts'

/** Sources that one direction may have at a time; a new one takes the place of the oldest. */
const mostSources = 4
/** RFC 4568 §6.2: RTCP has the long tag in both suites. */
const rtcpTagBytes = 10
/** Between RTCP's packet and its tag: whether it is encrypted, and its index (RFC 3711 §3.4). */
const rtcpIndexBytes = 4
/** What protecting a packet adds at most. */
export const srtpGrowth = rtcpTagBytes + rtcpIndexBytes

interface Source {
  readonly ssrc: number
  /** Times that the sequence number went round, and the highest one of the present round; -1 before the first. */
  rollovers: number
  highest: number
  readonly seen: ReplayWindow
  readonly seenReports: ReplayWindow
  /** RTCP packets sent. */
  reports: number
}

const tag = Buffer.alloc(rtcpTagBytes)

/** One direction of a secure stream: AES_CM_128_HMAC_SHA1_80 or _32 with keys from SDP (RFC 3711, RFC 4568). */
export class SrtpContext {
  readonly #tagBytes: number
  readonly #cipher: CounterCipher
  readonly #authentication: KeyObject
  readonly #rtcpCipher: CounterCipher
  readonly #rtcpAuthentication: KeyObject
  readonly #sources: Source[] = []

  /** @throws RangeError where the key is not 30 bytes in base64 */
  constructor({ suite, key }: SrtpKey) {
    const master = readInlineKey(key)
    if (master === null) throw new RangeError('An SRTP key must be 30 bytes in base64')
    const rtp = deriveKeys(master.key, master.salt, rtpLabels)
    const rtcp = deriveKeys(master.key, master.salt, rtcpLabels)
    this.#tagBytes = suite === 'AES_CM_128_HMAC_SHA1_32' ? 4 : 10
    this.#cipher = new CounterCipher(rtp.cipher, rtp.salt)
    this.#authentication = createSecretKey(rtp.authentication)
    this.#rtcpCipher = new CounterCipher(rtcp.cipher, rtcp.salt)
    this.#rtcpAuthentication = createSecretKey(rtcp.authentication)
  }

  /**
   * Encrypts a packet in place and puts its tag behind it: there must be room.
   * @param offset of the payload
   * @returns its length now
   */
  protect(memory: Buffer, place: number, length: number, offset: number): number {
    const ssrc = ssrcOf(memory, place)
    const sequence = sequenceOf(memory, place)
    const source = this.#sourceOf(ssrc) ?? this.#newSource(ssrc)
    const rollovers = roundOf(source, sequence)
    advance(source, sequence, rollovers)
    this.#cipher.apply(memory, place + offset, length - offset, ssrc, rollovers * 0x10000 + sequence)
    putWord(memory, place + length, rollovers)
    const digest = mac(this.#authentication, memory, place, length + 4)
    digest.copy(memory, place + length, 0, this.#tagBytes)
    return length + this.#tagBytes
  }

  /**
   * Proves and decrypts a packet in place.
   * @returns its length without the tag; -1 where it is not authentic, or was there before
   */
  unprotect(memory: Buffer, place: number, length: number, offset: number): number {
    const bytes = length - this.#tagBytes
    if (bytes < offset) return -1
    const ssrc = ssrcOf(memory, place)
    const sequence = sequenceOf(memory, place)
    const known = this.#sourceOf(ssrc)
    const rollovers = known === undefined ? 0 : roundOf(known, sequence)
    const index = rollovers * 0x10000 + sequence
    if (rollovers < 0 || known?.seen.allows(index) === false) return -1
    memory.copy(tag, 0, place + bytes, place + length)
    // The tag also covers how often the sequence number went round, which is not sent (RFC 3711 §4.2).
    putWord(memory, place + bytes, rollovers)
    if (!sameTag(mac(this.#authentication, memory, place, bytes + 4), this.#tagBytes)) return -1
    const source = known ?? this.#newSource(ssrc)
    source.seen.take(index)
    advance(source, sequence, rollovers)
    this.#cipher.apply(memory, place + offset, bytes - offset, ssrc, index)
    return bytes
  }

  /** Encrypts an RTCP packet in place; 14 bytes more. */
  protectRtcp(memory: Buffer, place: number, length: number): number {
    const ssrc = word(memory, place + 4)
    const source = this.#sourceOf(ssrc) ?? this.#newSource(ssrc)
    const index = source.reports++ % 0x8000_0000
    this.#rtcpCipher.apply(memory, place + 8, length - 8, ssrc, index)
    putWord(memory, place + length, 0x8000_0000 + index)
    const digest = mac(this.#rtcpAuthentication, memory, place, length + rtcpIndexBytes)
    digest.copy(memory, place + length + rtcpIndexBytes, 0, rtcpTagBytes)
    return length + rtcpIndexBytes + rtcpTagBytes
  }

  /** @returns the RTCP packet's length; -1 where it is not authentic, or was there before */
  unprotectRtcp(memory: Buffer, place: number, length: number): number {
    const bytes = length - rtcpIndexBytes - rtcpTagBytes
    if (bytes < 8) return -1
    const ssrc = word(memory, place + 4)
    const trailer = word(memory, place + bytes)
    const index = trailer & 0x7fff_ffff
    const known = this.#sourceOf(ssrc)
    if (known?.seenReports.allows(index) === false) return -1
    memory.copy(tag, 0, place + length - rtcpTagBytes, place + length)
    if (!sameTag(mac(this.#rtcpAuthentication, memory, place, bytes + rtcpIndexBytes), rtcpTagBytes)) return -1
    const source = known ?? this.#newSource(ssrc)
    source.seenReports.take(index)
    if (trailer >= 0x8000_0000) this.#rtcpCipher.apply(memory, place + 8, bytes - 8, ssrc, index)
    return bytes
  }

  #sourceOf(ssrc: number): Source | undefined {
    for (const source of this.#sources) if (source.ssrc === ssrc) return source
    return undefined
  }

  #newSource(ssrc: number): Source {
    if (this.#sources.length === mostSources) this.#sources.shift()
    const source: Source = {
      ssrc,
      rollovers: 0,
      highest: -1,
      seen: new ReplayWindow(),
      seenReports: new ReplayWindow(),
      reports: 0,
    }
    this.#sources.push(source)
    return source
  }
}

/** How often the sequence number has gone round for a packet (RFC 3711 §3.3.1); -1: before the beginning. */
function roundOf(source: Source, sequence: number): number {
  if (source.highest < 0) return source.rollovers
  const difference = sequence - source.highest
  if (difference > 0x8000) return source.rollovers - 1
  if (difference < -0x8000) return source.rollovers + 1
  return source.rollovers
}

function advance(source: Source, sequence: number, rollovers: number): void {
  if (rollovers > source.rollovers || (rollovers === source.rollovers && sequence > source.highest)) {
    source.rollovers = rollovers
    source.highest = sequence
  }
}

function mac(key: KeyObject, memory: Buffer, place: number, bytes: number): Buffer {
  return createHmac('sha1', key)
    .update(memory.subarray(place, place + bytes))
    .digest()
}

function sameTag(digest: Buffer, bytes: number): boolean {
  return timingSafeEqual(digest.subarray(0, bytes), tag.subarray(0, bytes))
}
