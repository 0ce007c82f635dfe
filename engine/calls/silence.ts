/**
 * Session descriptions (RFC 8866) of a server that has nothing to say: streams that are taken, so that the call stands,
 * and along which nothing goes.
 */
import type { MediaDescription } from '../sdp/session-description.ts'
import { isRtp, isSecure, parseSessionDescription } from '../sdp/session-description.ts'
import type { Random } from '../sip/transport.ts'
import type { LocalSound } from './local-call.ts'

/** The discard protocol's: a port that stands for none, of a stream that is not declined (RFC 8866 §5.14). */
const noPort = 9

/** What most phones can take, for an offer of ours. */
const offeredFormats = '8 0 101'
const offeredCodecs = 'a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n'

/** A call in which the server says nothing, and takes no sound (RFC 3264 §6.1: inactive). */
export class Silence implements LocalSound {
  readonly #random: Random
  readonly #origin: string
  #version = 0

  constructor(random: Random) {
    this.#random = random
    // A number of at most 62 bits that the peer can keep apart from those of other calls (RFC 8866 §5.2).
    this.#origin = String(Math.floor(random.fraction() * 2 ** 48))
  }

  describe(offer: string, told: (description: string) => void): void {
    this.#version++
    const head = `v=0\r\no=- ${this.#origin} ${this.#version} IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n`
    if (offer === '') {
      told(`${head}m=audio ${noPort} RTP/AVP ${offeredFormats}\r\n${offeredCodecs}a=inactive\r\n`)
      return
    }
    const offered = parseSessionDescription(offer)
    let text = head
    let taken = 0
    for (const stream of offered?.media ?? []) {
      const crypto = taken === 0 ? this.#acceptable(stream) : null
      if (crypto === null) text += `m=${stream.kind} 0 ${stream.protocol} ${stream.formats.join(' ')}\r\n`
      else {
        taken++
        text += `m=audio ${noPort} ${stream.protocol} ${stream.formats.join(' ')}\r\n${codecLines(stream)}${crypto}a=inactive\r\n`
      }
    }
    told(taken === 0 ? '' : text)
  }

  answered(): void {
    // Whatever it is: nothing is sent there.
  }

  ended(): void {
    // There is nothing to give back.
  }

  /** The lines with our key for a stream that can be taken, '' for one that needs none; `null`: it cannot be. */
  #acceptable(stream: MediaDescription): string | null {
    // What a browser offers has to be agreed by DTLS, for which somebody has to be there (RFC 5763).
    if (stream.kind !== 'audio' || stream.port === 0 || !isRtp(stream) || stream.hasFingerprint) return null
    if (!isSecure(stream)) return ''
    const crypto = stream.cryptos.find(({ suite }) => suite.startsWith('AES_CM_128_HMAC_SHA1_'))
    // 30 bytes of key and salt in base64, which these characters are a part of (RFC 4568 §6.1).
    return crypto === undefined ? null : `a=crypto:${crypto.tag} ${crypto.suite} inline:${this.#random.token(40)}\r\n`
  }
}

/** What the stream says of its payload types. */
function codecLines(stream: MediaDescription): string {
  let lines = ''
  for (const line of stream.lines) {
    if (line.startsWith('a=rtpmap:') || line.startsWith('a=fmtp:')) lines += `${line}\r\n`
  }
  return lines
}
