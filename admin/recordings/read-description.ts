/** Descriptions of recordings as they lie on disk: what is missing or of another form in them does no harm. */
import type { RecordedParty, RecordingDescription } from '../../media/recording/recording-order.ts'
import { isRecordingId } from '../../media/recording/recording-order.ts'

type Fields = Readonly<Record<string, unknown>>

/** @returns `null` where it does not say where the sound is */
export function readDescription(text: string): RecordingDescription | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  const of = fieldsOf(read)
  const { id, file, law, sha256 } = of
  if (typeof id !== 'string' || !isRecordingId(id) || typeof sha256 !== 'string') return null
  // One folder and one name, so that it cannot lead out of the folder of recordings.
  if (typeof file !== 'string' || !/^[A-Za-z0-9-]{1,40}\/[A-Za-z0-9_-]{1,64}\.[a-z]{1,6}$/.test(file)) return null
  if (law !== 'mu' && law !== 'A') return null
  const direction = of['direction']
  return {
    version: 1,
    id,
    call: textOf(of['call']),
    direction: direction === 'incoming' || direction === 'outgoing' ? direction : 'internal',
    caller: partyOf(of['caller']),
    callee: partyOf(of['callee']),
    owners: listOf(of['owners']).filter((owner): owner is string => typeof owner === 'string'),
    ownedSince: timesOf(of['ownedSince']),
    trigger: of['trigger'] === 'on-demand' ? 'on-demand' : 'always',
    announced: announcedOf(of['announced']),
    policy: textOrNull(of['policy']),
    startedAt: numberOf(of['startedAt']),
    endedAt: numberOf(of['endedAt']),
    milliseconds: numberOf(of['milliseconds']),
    pauses: listOf(of['pauses']).map((pause) => {
      const { at, from, to } = fieldsOf(pause)
      return { at: numberOf(at), from: numberOf(from), to: to === null ? null : numberOf(to) }
    }),
    gaps: listOf(of['gaps']).map((gap) => {
      const { at, milliseconds, why } = fieldsOf(gap)
      const known = why === 'media-restart' || why === 'disk' ? why : 'overload'
      return { at: numberOf(at), milliseconds: numberOf(milliseconds), why: known }
    }),
    late: pairOf(of['late']),
    undecoded: pairOf(of['undecoded']),
    file,
    law,
    bytes: numberOf(of['bytes']),
    sha256,
    key: textOrNull(of['key']),
    cutShort: cutShortOf(of['cutShort']),
  }
}

function partyOf(value: unknown): RecordedParty {
  const of = fieldsOf(value)
  return {
    kind: of['kind'] === 'user' ? 'user' : 'outside',
    user: textOrNull(of['user']),
    name: textOf(of['name']),
    number: textOf(of['number']),
    site: textOrNull(of['site']),
    pbx: textOrNull(of['pbx']),
  }
}

function timesOf(value: unknown): { readonly [name: string]: number } {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, time]) => [name, numberOf(time)]))
}

function announcedOf(value: unknown): RecordingDescription['announced'] {
  return value === 'me' || value === 'remote-party' || value === 'both' ? value : 'neither'
}

function cutShortOf(value: unknown): RecordingDescription['cutShort'] {
  return value === 'media-restart' || value === 'disk' || value === 'too-long' ? value : null
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : ''
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 500) : null
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : 0
}

function pairOf(value: unknown): readonly [number, number] {
  const [first, second] = listOf(value)
  return [numberOf(first), numberOf(second)]
}
