/** Offers only what somebody takes, the preferred codec first (RFC 3264 §5.1). */
import { besideSound, narrowCodecs } from './narrow-codecs.ts'
import type { Codec, MediaDescription, SessionDescription } from './session-description.ts'

/**
 * @param names of codecs as in rtpmap, in capital letters, the preferred one first; a stream of audio without any of them stays
 * as it is
 */
export function preferCodecs(description: SessionDescription, names: readonly string[]): SessionDescription {
  const narrowed = narrowCodecs(description, new Set(names), besideSound)
  return { ...narrowed, media: narrowed.media.map((stream) => preferred(stream, names)) }
}

function preferred(stream: MediaDescription, names: readonly string[]): MediaDescription {
  if (stream.kind !== 'audio' || !stream.codecs.some(({ name }) => names.includes(name))) return stream
  const placeOf = ({ name }: Codec) => (names.includes(name) ? names.indexOf(name) : names.length)
  const codecs = stream.codecs.toSorted((one, other) => placeOf(one) - placeOf(other))
  return { ...stream, codecs, formats: codecs.map(({ payloadType }) => String(payloadType)) }
}
