/** Leaves only some codecs in an offer, so that whoever has to understand the sound can (RFC 3264 §5.1). */
import type { MediaDescription, SessionDescription } from './session-description.ts'

/** What may come beside codecs of sound: keys, and comfort noise. */
export const besideSound: ReadonlySet<string> = new Set(['TELEPHONE-EVENT', 'CN'])

/** Attributes that are about one payload type, which is the first thing in them. */
const ofPayloadType = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+)[ ]/

/** The payload type that a line is about; `undefined` where it is about none. */
export function payloadTypeOf(line: string): string | undefined {
  return ofPayloadType.exec(line)?.[1]
}

/**
 * @param sounds names of codecs that may stay, as in rtpmap; a stream of audio without any of them stays as it is
 * @param besides formats that are no codecs of sound and stay as well
 * @returns the description itself where nothing is to go
 */
export function narrowCodecs(
  description: SessionDescription,
  sounds: ReadonlySet<string>,
  besides: ReadonlySet<string>,
): SessionDescription {
  const media = description.media.map((stream) => narrowed(stream, sounds, besides))
  return media.every((stream, index) => stream === description.media[index]) ? description : { ...description, media }
}

function narrowed(
  stream: MediaDescription,
  sounds: ReadonlySet<string>,
  besides: ReadonlySet<string>,
): MediaDescription {
  const { kind, codecs, formats } = stream
  if (kind !== 'audio' || !codecs.some(({ name }) => sounds.has(name))) return stream
  const kept = codecs.filter(({ name }) => sounds.has(name) || besides.has(name))
  if (kept.length === formats.length) return stream
  const types = new Set(kept.map(({ payloadType }) => String(payloadType)))
  const lines = stream.lines.filter((line) => {
    const type = payloadTypeOf(line)
    return type === undefined || types.has(type)
  })
  return { ...stream, codecs: kept, formats: formats.filter((format) => types.has(format)), lines }
}
