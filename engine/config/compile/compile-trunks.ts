/** Lays trunks out in the order in which calls try them. */
import type { TrunkBody } from '../entities/trunk.ts'
import type { NumberingPlan, Trunk, TrunksByPrefix } from '../snapshot.ts'

/** One trunk with its defaults filled in. */
export function compileTrunk(source: TrunkBody, numbering: NumberingPlan): Trunk {
  return {
    id: source.id,
    name: source.name,
    transport: source.transport ?? '',
    hosts: [
      { host: source.address, port: source.port ?? 0, priority: 0, weight: 1 },
      ...(source.hosts ?? []).map(({ host, port = 0, priority = 10, weight = 1 }) => ({
        host,
        port,
        priority,
        weight,
      })),
    ],
    domain: source.domain ?? '',
    credentials: compileCredentials(source),
    registration: compileRegistration(source),
    optionsSeconds: source.optionsSeconds ?? 30,
    trusted: source.trusted.map(({ address, port }) => ({ address, port: port ?? 0 })),
    channels: source.channels ?? 0,
    singleDialog: source.singleDialog ?? false,
    codecs: (source.codecs ?? []).map((name) => name.toUpperCase()),
    dtmf: source.dtmf ?? 'RFC4733',
    transfers: source.transfers ?? false,
    prefixes: source.prefixes.map((prefix) => (prefix === '+' ? '' : prefix)),
    priority: source.priority ?? 100,
    weight: source.weight ?? 0,
    numberFormat: source.numberFormat ?? 'e164',
    callerNumberFormat: source.callerNumberFormat ?? 'e164',
    callerIdHeaders: source.callerIdHeaders ?? ['P-Asserted-Identity', 'From'],
    diversionHeader: source.diversionHeader ?? 'both',
    dialledNumberIn: source.dialledNumberIn ?? 'Request-URI',
    emergencyCountries: source.emergencyCountries ?? (source.emergency === 'first' ? [numbering.country] : []),
    numbering,
    forwardedCallerId: source.forwardedCallerId ?? 'original',
    longestCallMinutes: source.longestCallMinutes ?? 0,
  }
}

function compileCredentials({ authUserName, password }: TrunkBody): Trunk['credentials'] {
  return authUserName === undefined || password === undefined ? null : { userName: authUserName, password }
}

function compileRegistration({ registration, authUserName = '' }: TrunkBody): Trunk['registration'] {
  if (registration === undefined) return null
  const { registrar, port = 0, contactUser = authUserName, expiresSeconds = 3600 } = registration
  return { registrar, port, contactUser, expiresSeconds }
}

/** The lowest first; those of the same priority in the order of their ids. */
export function byPriority(trunks: readonly Trunk[]): Trunk[] {
  return [...trunks].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
}

/**
 * The table that longest-prefix search walks.
 *
 * @param trunks by priority
 */
export function* trunksByPrefix(trunks: readonly Trunk[]): Generator<void, TrunksByPrefix> {
  const byPrefix = new Map<string, Trunk[]>()
  for (const trunk of trunks) {
    let count = 0
    for (const prefix of new Set(trunk.prefixes)) {
      const others = byPrefix.get(prefix)
      if (others === undefined) byPrefix.set(prefix, [trunk])
      else others.push(trunk)
      if (++count % 1000 === 0) yield
    }
    yield
  }
  const lengths = new Set([...byPrefix.keys()].map((prefix) => prefix.length))
  return { lengths: [...lengths].sort((a, b) => b - a), trunks: byPrefix }
}

/**
 * Trunks that are marked for the country, then the others of the same country. Foreign ones take no such calls: what they
 * would reach is the emergency service of another country, or nobody.
 *
 * @param usable by priority, without those that refuse such calls
 */
export function emergencyTrunksFor(country: string, usable: readonly Trunk[]): Trunk[] {
  const marked = usable.filter((trunk) => trunk.emergencyCountries.includes(country))
  return [...marked, ...usable.filter((trunk) => trunk.numbering.country === country && !marked.includes(trunk))]
}
