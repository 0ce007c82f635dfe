import type { Codec, Direction, MediaDescription } from './session-description.ts'
import { isRtp, parseSessionDescription } from './session-description.ts'

/**
 * Answers one offer by another: two parties who have both offered, to us, are connected with each other, and neither is
 * asked again. Of the other's offer there remains what the first one can take (RFC 3264 §6): streams of the same sort in
 * the same place, codecs that both have, and a direction that suits both.
 *
 * @param offer of whoever gets the answer; binary string
 * @param other offer of the other party, whose addresses and keys the answer carries
 * @param setup who opens DTLS where both would (RFC 5763 §5): the other party as it is shown in this answer
 * @returns `null` where not one stream suits both
 */
export function crossedAnswer(offer: string, other: string, setup: 'active' | 'passive'): string | null {
  const mine = parseSessionDescription(offer)
  const theirs = parseSessionDescription(other)
  if (mine === null || theirs === null) return null
  let text = ''
  for (const line of theirs.lines) text += `${line}\r\n`
  let taken = 0
  for (const [index, stream] of mine.media.entries()) {
    const answer = answeringStream(stream, theirs.media[index], setup)
    if (answer !== null) taken++
    text += answer ?? `m=${stream.kind} 0 ${stream.protocol} ${stream.formats.join(' ')}\r\n`
  }
  return taken === 0 ? null : text
}

function answeringStream(
  offered: MediaDescription,
  other: MediaDescription | undefined,
  setup: 'active' | 'passive',
): string | null {
  if (other === undefined || offered.port === 0 || other.port === 0) return null
  if (offered.kind !== other.kind || offered.protocol !== other.protocol) return null
  const formats = isRtp(offered) ? sharedFormats(offered.codecs, other.codecs) : other.formats
  if (formats.length === 0) return null
  const [first = '', ...rest] = other.lines
  const [kind, port, protocol] = first.split(' ')
  let text = `${kind} ${port} ${protocol} ${formats.join(' ')}\r\n`
  for (const line of rest) {
    if (isDirection(line) || isAboutAnother(line, formats, isRtp(offered))) continue
    text += line === 'a=setup:actpass' ? `a=setup:${setup}\r\n` : `${line}\r\n`
  }
  return `${text}a=${directionFor(offered.direction, other.direction)}\r\n`
}

/** Payload types of the second, in its order, that stand for something the first has too; none without any sound. */
function sharedFormats(offered: readonly Codec[], other: readonly Codec[]): string[] {
  const shared = other.filter((codec) => offered.some((own) => isSame(own, codec)))
  return shared.some(({ name }) => name !== 'TELEPHONE-EVENT' && name !== 'CN')
    ? shared.map(({ payloadType }) => String(payloadType))
    : []
}

function isSame(one: Codec, other: Codec): boolean {
  if (one.name === '' && other.name === '') return one.payloadType === other.payloadType
  return one.name === other.name && one.clockRate === other.clockRate && one.channels === other.channels
}

/** `a=rtpmap:`, `a=fmtp:` and `a=rtcp-fb:` of a payload type that is not taken. */
function isAboutAnother(line: string, formats: readonly string[], ofRtp: boolean): boolean {
  if (!ofRtp) return false
  const about = /^a=(?:rtpmap|fmtp|rtcp-fb):([0-9]+) /.exec(line)
  return about !== null && !formats.includes(about[1] ?? '')
}

function isDirection(line: string): boolean {
  return line === 'a=sendrecv' || line === 'a=sendonly' || line === 'a=recvonly' || line === 'a=inactive'
}

/** What the other one does that the first one goes along with. */
function directionFor(offered: Direction, other: Direction): Direction {
  const sends = (other === 'sendrecv' || other === 'sendonly') && (offered === 'sendrecv' || offered === 'recvonly')
  const receives = (other === 'sendrecv' || other === 'recvonly') && (offered === 'sendrecv' || offered === 'sendonly')
  if (sends) return receives ? 'sendrecv' : 'sendonly'
  return receives ? 'recvonly' : 'inactive'
}
