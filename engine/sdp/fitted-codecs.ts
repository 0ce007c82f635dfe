/**
 * Formats that one party has and the other does not, where a relay between them makes up for it: the other law of G.711, and
 * keys as events (RFC 4733). What is added to an offer is taken back from its answer, so each side sees what fits to its own.
 */
import { payloadTypeOf } from './narrow-codecs.ts'
import type { Codec, MediaDescription, SessionDescription } from './session-description.ts'

const events = 'TELEPHONE-EVENT'
/** Payload types without a fixed meaning (RFC 3551 §6). */
const [firstDynamic, lastDynamic] = [96, 127]
const usualEventType = 101

const laws: readonly Codec[] = [
  { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1, parameters: '' },
  { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1, parameters: '' },
]

/** Offers both laws of G.711 where one is offered. */
export function withBothLaws(description: SessionDescription): SessionDescription {
  return eachSound(description, (stream) => {
    const offered = laws.filter((law) => has(stream, law))
    const missing = laws.find((law) => !has(stream, law))
    return offered.length !== 1 || missing === undefined ? stream : withFormat(stream, missing)
  })
}

/** Keys are to come another way than as events. */
export function withoutEvents(description: SessionDescription): SessionDescription {
  return eachSound(description, (stream) => without(stream, ({ name }) => name === events))
}

/** Keys may come as events. */
export function withEvents(description: SessionDescription): SessionDescription {
  return eachSound(description, (stream) => {
    if (stream.port === 0 || stream.codecs.length === 0 || stream.codecs.some(({ name }) => name === events))
      return stream
    const payloadType = freeType(stream)
    const format = { payloadType, name: events, clockRate: 8000, channels: 1, parameters: '0-15' }
    return payloadType < 0 ? stream : withFormat(stream, format)
  })
}

/**
 * An answer as the party that has made the offer can take it: without the law that only we had offered, in that of its own
 * where the other side takes no other.
 */
export function fittingAnswer(answer: SessionDescription, offer: SessionDescription): SessionDescription {
  return eachSound(answer, (stream, index) => {
    const asked = offer.media[index]
    if (asked === undefined || stream.port === 0) return stream
    const added = laws.filter((law) => has(stream, law) && !has(asked, law))
    const own = laws.find((law) => has(asked, law))
    if (added.length === 0 || own === undefined) return stream
    const fitting = has(stream, own) ? stream : withFormat(stream, own, true)
    return without(fitting, (codec) => added.some((law) => isSame(law, codec)))
  })
}

/** The description itself where nothing changes. */
function eachSound(
  description: SessionDescription,
  change: (stream: MediaDescription, index: number) => MediaDescription,
): SessionDescription {
  const media = description.media.map((stream, index) => (stream.kind === 'audio' ? change(stream, index) : stream))
  return media.every((stream, index) => stream === description.media[index]) ? description : { ...description, media }
}

function has({ codecs }: MediaDescription, law: Codec): boolean {
  return codecs.some((codec) => isSame(codec, law))
}

function isSame(one: Codec, other: Codec): boolean {
  return one.name === other.name && one.clockRate === other.clockRate && one.channels === other.channels
}

function freeType({ codecs }: MediaDescription): number {
  const isFree = (type: number) => !codecs.some(({ payloadType }) => payloadType === type)
  if (isFree(usualEventType)) return usualEventType
  for (let type = firstDynamic; type <= lastDynamic; type++) if (isFree(type)) return type
  return -1
}

function withFormat(stream: MediaDescription, codec: Codec, isFirst = false): MediaDescription {
  const { payloadType, name, clockRate, parameters } = codec
  const format = String(payloadType)
  if (stream.formats.includes(format)) return stream
  const lines = [...stream.lines, `a=rtpmap:${format} ${name === events ? 'telephone-event' : name}/${clockRate}`]
  if (parameters !== '') lines.push(`a=fmtp:${format} ${parameters}`)
  const { codecs, formats } = stream
  return isFirst
    ? { ...stream, lines, codecs: [codec, ...codecs], formats: [format, ...formats] }
    : { ...stream, lines, codecs: [...codecs, codec], formats: [...formats, format] }
}

function without(stream: MediaDescription, goes: (codec: Codec) => boolean): MediaDescription {
  const gone = new Set(stream.codecs.filter(goes).map(({ payloadType }) => String(payloadType)))
  if (gone.size === 0) return stream
  return {
    ...stream,
    codecs: stream.codecs.filter((codec) => !goes(codec)),
    formats: stream.formats.filter((format) => !gone.has(format)),
    lines: stream.lines.filter((line) => !gone.has(payloadTypeOf(line) ?? '')),
  }
}
