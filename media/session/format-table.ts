import type { MediaFormat } from '../protocol.ts'
import type { Law } from '../sound/g711.ts'
import { recoded } from '../sound/g711.ts'

const payloadTypes = 128

/** A format of one side, with what is asked of it for every packet. */
export interface KnownFormat {
  readonly format: MediaFormat
  /** RFC 4733. */
  readonly isEvent: boolean
  /** `null`: not G.711. */
  readonly law: Law | null
}

/** How packets of one payload type are passed on. */
export interface Route {
  readonly payloadType: number
  /** Bytes of the one G.711 law as those of the other; `null`: as they are. */
  readonly conversion: Uint8Array | null
  /** Of what is sent. */
  readonly law: Law | null
}

/** Formats by payload type. */
export function formatTable(formats: readonly MediaFormat[]): (KnownFormat | null)[] {
  const table = new Array<KnownFormat | null>(payloadTypes).fill(null)
  for (const format of formats) {
    if (format.payloadType < 0 || format.payloadType >= payloadTypes) continue
    table[format.payloadType] = { format, isEvent: format.name === 'TELEPHONE-EVENT', law: lawOf(format.name) }
  }
  return table
}

/** The law of a format's name; `null` where it is not G.711. */
export function lawOf(name: string): Law | null {
  return name === 'PCMA' ? 'A' : name === 'PCMU' ? 'mu' : null
}

function isSame(one: MediaFormat, other: MediaFormat): boolean {
  return one.name === other.name && one.clockRate === other.clockRate && one.channels === other.channels
}

/**
 * How what one side sends reaches the other: under the other's payload types (RFC 3264 §5.1: they may differ), G.711
 * converted where the other takes only the other law. Payload types that the other does not take have no route.
 */
export function routeTable(sending: readonly MediaFormat[], taking: readonly MediaFormat[]): (Route | null)[] {
  const table = new Array<Route | null>(payloadTypes).fill(null)
  for (const format of sending) {
    if (format.payloadType >= 0 && format.payloadType < payloadTypes)
      table[format.payloadType] = routeOf(format, taking)
  }
  return table
}

function routeOf(format: MediaFormat, taking: readonly MediaFormat[]): Route | null {
  const same = taking.find((other) => isSame(format, other))
  if (same !== undefined) return { payloadType: same.payloadType, conversion: null, law: lawOf(same.name) }
  const law = lawOf(format.name)
  const other = law === null ? null : preferredLaw(taking)
  if (law === null || other === null) return null
  return { payloadType: other.payloadType, conversion: recoded[law][other.law], law: other.law }
}

/** The G.711 that a side likes best; `null` where it takes none. */
export function preferredLaw(
  taking: readonly MediaFormat[],
): { readonly payloadType: number; readonly law: Law } | null {
  for (const { name, payloadType, clockRate, channels } of taking) {
    const law = lawOf(name)
    if (law !== null && clockRate === 8000 && channels === 1) return { payloadType, law }
  }
  return null
}
