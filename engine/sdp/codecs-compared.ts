/** What two session descriptions have in common, in words for people. */
import type { Codec, MediaDescription, SessionDescription } from './session-description.ts'

/** What comes beside sound, and says nothing of whether parties understand each other. */
const besides: ReadonlySet<string> = new Set(['TELEPHONE-EVENT', 'CN', 'RED'])

/** `PCMA, G722`: codecs of its sound; '' where it has none, or declines it. */
export function codecNames(description: SessionDescription | null): string {
  const stream = soundOf(description)
  return stream === undefined || stream.port === 0 ? '' : soundsOf(stream).map(nameOf).join(', ')
}

/** Whether both take some codec of sound; false too where one of them has none. */
export function shareCodec(one: SessionDescription, other: SessionDescription): boolean {
  const [theirs, ours] = [soundOf(one), soundOf(other)]
  if (theirs === undefined || ours === undefined || theirs.port === 0 || ours.port === 0) return false
  return soundsOf(theirs).some((codec) => soundsOf(ours).some((same) => isSame(codec, same)))
}

/** Milliseconds of sound in a packet as wished; 0 where nothing is said. */
export function packetTimeOf(description: SessionDescription): number {
  return soundOf(description)?.packetTime ?? 0
}

/** The first stream of sound. */
function soundOf(description: SessionDescription | null): MediaDescription | undefined {
  return description?.media.find(({ kind }) => kind === 'audio')
}

function soundsOf({ codecs }: MediaDescription): Codec[] {
  return codecs.filter(({ name }) => name !== '' && !besides.has(name))
}

function isSame(one: Codec, other: Codec): boolean {
  return one.name === other.name && one.clockRate === other.clockRate
}

function nameOf({ name, clockRate, payloadType }: Codec): string {
  if (name === '') return `type ${payloadType}`
  return clockRate === 8000 ? name : `${name}/${clockRate}`
}
