/**
 * Where a server is that is known by its name (RFC 3263 §4). Asking the DNS is the business of whoever is handed in;
 * here is what is asked, what comes back, and in which order it is tried.
 */
import type { Random } from './transport.ts'

/** What requests can be sent by to a server that is known by name. */
export type ServerTransport = 'UDP' | 'TCP' | 'TLS'

export interface LocationQuery {
  /** Host name in lower case; an address needs no asking. */
  readonly host: string
  /** 0: as the DNS says, which is asked for SRV records. */
  readonly port: number
  /** '': as the DNS says, which is asked for NAPTR records. */
  readonly transport: ServerTransport | ''
}

export interface ServerLocation {
  readonly transport: ServerTransport
  /** IP address without brackets. */
  readonly address: string
  readonly port: number
  /** Lower ones are tried first. */
  readonly priority: number
  /** Share of the first tries among those of equal priority (RFC 2782). */
  readonly weight: number
}

export interface LocationAnswer {
  /** None where the name leads nowhere, or where that cannot be known now. */
  readonly locations: readonly ServerLocation[]
  /** How long the answer holds (s). */
  readonly seconds: number
  /** In words, where there are no locations; '' otherwise. */
  readonly problem: string
}

export interface ServerLocator {
  /** Calls `answered` once, now or later. Never throws. */
  locate(query: LocationQuery, answered: (answer: LocationAnswer) => void): void
}

/** Whether a host needs no name server. Host names do not consist of digits and dots alone. */
export function isLiteralAddress(host: string): boolean {
  return host.includes(':') || /^[0-9.]+$/.test(host)
}

/** RFC 3261 §19.1.2. */
export function defaultPort(transport: ServerTransport | ''): number {
  return transport === 'TLS' ? 5061 : 5060
}

/**
 * The order in which a request tries them: by priority, and among equal ones by chance with their weights, drawn anew
 * each time so that over many requests each gets its share (RFC 2782).
 */
export function inTryingOrder<Place extends { readonly priority: number; readonly weight: number }>(
  places: readonly Place[],
  random: Random,
): Place[] {
  if (places.length < 2) return [...places]
  const left = [...places].sort((a, b) => a.priority - b.priority)
  const ordered: Place[] = []
  while (left.length > 0) {
    const { priority } = left[0] as Place
    let equal = 1
    while (equal < left.length && left[equal]?.priority === priority) equal++
    const [next] = left.splice(equal === 1 ? 0 : drawn(left, equal, random), 1)
    if (next !== undefined) ordered.push(next)
  }
  return ordered
}

/** Which of the first `count`: those without weight have a very small chance while there are others (RFC 2782). */
function drawn(places: readonly { readonly weight: number }[], count: number, random: Random): number {
  let sum = 0
  for (let index = 0; index < count; index++) sum += share(places[index])
  let point = random.fraction() * sum
  for (let index = 0; index < count; index++) {
    point -= share(places[index])
    if (point < 0) return index
  }
  return count - 1
}

function share(place: { readonly weight: number } | undefined): number {
  return place === undefined || place.weight === 0 ? 0.01 : place.weight
}
