/** Lays trunks out in the order in which calls try them. */
import type { DocumentTrunk } from './document.ts'
import type { Account, NumberingPlan, Trunk, TrunksByPrefix } from './snapshot.ts'

/** One trunk with its defaults filled in. */
export function compileTrunk(source: DocumentTrunk, account: Account, numbering: NumberingPlan): Trunk {
  return {
    id: source.id,
    name: source.name,
    account,
    transport: source.transport ?? 'UDP',
    address: source.address,
    port: source.port ?? 5060,
    trusted: source.trusted.map(({ address, port }) => ({ address, port: port ?? 0 })),
    channels: source.channels ?? 0,
    singleDialog: source.singleDialog ?? false,
    prefixes: source.prefixes.map((prefix) => (prefix === '+' ? '' : prefix)),
    priority: source.priority ?? 100,
    numberFormat: source.numberFormat ?? 'e164',
    emergency: source.emergency === 'first',
    numbering,
    forwardedCallerId: source.forwardedCallerId ?? 'original',
  }
}

/** The table that longest-prefix search walks. */
export function trunksByPrefix(trunks: readonly Trunk[]): TrunksByPrefix {
  const byPrefix = new Map<string, Trunk[]>()
  for (const trunk of byPriority(trunks)) {
    for (const prefix of trunk.prefixes) {
      const others = byPrefix.get(prefix)
      if (others === undefined) byPrefix.set(prefix, [trunk])
      else if (!others.includes(trunk)) others.push(trunk)
    }
  }
  const lengths = new Set([...byPrefix.keys()].map((prefix) => prefix.length))
  return { lengths: [...lengths].sort((a, b) => b - a), trunks: byPrefix }
}

/** Marked trunks before others and trunks of the country before foreign ones; never those that refuse such calls. */
export function emergencyTrunksFor(country: string, sources: ReadonlyMap<Trunk, DocumentTrunk>): Trunk[] {
  const usable = byPriority([...sources.keys()]).filter((trunk) => sources.get(trunk)?.emergency !== 'never')
  const rank = (trunk: Trunk) => (trunk.numbering.country === country ? 0 : 2) + (trunk.emergency ? 0 : 1)
  return usable.sort((a, b) => rank(a) - rank(b))
}

function byPriority(trunks: readonly Trunk[]): Trunk[] {
  return [...trunks].sort((a, b) => a.priority - b.priority)
}
