/** Block lists and forwarding as calls follow them. Destinations that calls do not know yet are left out. */
import type { BlockListBody, DestinationBody, ForwardingRuleBody } from '../entities/routing.ts'
import type { BlockList, BlockTreatment, Destination, Forwarding, ForwardingRule } from '../snapshot.ts'

/**
 * @param owner for people: whose list it is
 * @param dialledFrom id of the PBX from which extensions in it are dialled; '' from none
 */
export function compileBlockList(
  source: BlockListBody | undefined,
  owner: string,
  dialledFrom: string,
): BlockList | null {
  if (source === undefined || source.callers.length === 0) return null
  const extensions = new Set<string>()
  const numbers = new Set<string>()
  const prefixes: string[] = []
  const ranges: { first: string; last: string }[] = []
  for (const entry of source.callers) {
    const dash = entry.indexOf('-')
    if (entry === 'anonymous') continue
    if (entry.endsWith('*')) prefixes.push(entry.slice(0, -1))
    else if (dash >= 0) ranges.push({ first: entry.slice(0, dash), last: entry.slice(dash + 1) })
    else if (entry.startsWith('+')) numbers.add(entry)
    else extensions.add(entry)
  }
  const anonymous = source.callers.includes('anonymous')
  return {
    name: `block list of ${owner}`,
    callers: { anonymous, extensions, dialledFrom, numbers, prefixes, ranges },
    treatment: compileTreatment(source.treatment),
    tellAnonymousCallers: source.tellAnonymousCallers ?? false,
  }
}

/** Whoever is blocked stays blocked, even where his calls cannot be sent to the place they should go to. */
function compileTreatment(source: BlockListBody['treatment']): BlockTreatment {
  if (source === undefined) return { kind: 'busy' }
  return source.asWhenBusy ? { kind: 'asWhenBusy' } : (compileDestination(source) ?? { kind: 'busy' })
}

export function compileForwarding(
  source: Readonly<Partial<Record<keyof Forwarding, ForwardingRuleBody | undefined>>> | undefined,
): Forwarding | null {
  if (source === undefined) return null
  const all = compileRule(source.all, 'Forward all calls')
  const notReachable = compileRule(source.notReachable, 'Forward when not reachable')
  const busy = compileRule(source.busy, 'Forward when busy')
  const noAnswer = compileRule(source.noAnswer, 'Forward when not answered')
  if (all === null && notReachable === null && busy === null && noAnswer === null) return null
  return { all, notReachable, busy, noAnswer }
}

function compileRule(source: ForwardingRuleBody | undefined, name: string): ForwardingRule | null {
  if (source === undefined || source.enabled === false) return null
  const destination = compileDestination(source.to)
  return destination === null ? null : { name: source.name ?? name, destination }
}

function compileDestination(source: DestinationBody): Destination | null {
  if (source.user !== undefined) return { kind: 'user', userId: source.user }
  if (source.number !== undefined) return { kind: 'number', number: source.number }
  return source.busy === true ? { kind: 'busy' } : null
}
