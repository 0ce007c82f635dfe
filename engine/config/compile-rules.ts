/** Compiles block lists and forwarding, once every user that they may name exists. */
import type { Draft } from './compile.ts'
import type { DocumentBlockList, DocumentDestination, DocumentForwardingRule } from './document.ts'
import type { BlockList, BlockTreatment, Destination, Forwarding, ForwardingRule, Pbx } from './snapshot.ts'
import { userId } from './user-id.ts'

/** Gives the account, PBXs and users of the draft their rules. */
export function compileRules(draft: Draft): void {
  const { account, document } = draft
  account.blockList = blockList(draft, document.account.blockList, `account ${account.name}`, null)
  for (const source of document.pbxs) {
    const pbx = draft.pbxs.get(source.id)
    if (pbx !== undefined) pbx.blockList = blockList(draft, source.blockList, `PBX ${pbx.name}`, pbx)
  }
  for (const source of document.users ?? []) {
    if (source.blockList === undefined && source.forwarding === undefined) continue
    const user = draft.users.get(userId(source))
    if (user === undefined) continue
    user.blockList = blockList(draft, source.blockList, user.displayName, user.pbx)
    user.forwarding = forwarding(draft, source.forwarding)
  }
}

function blockList(
  draft: Draft,
  source: DocumentBlockList | undefined,
  owner: string,
  pbx: Pbx | null,
): BlockList | null {
  if (source === undefined || source.callers.length === 0) return null
  const users = new Set<string>()
  const numbers = new Set<string>()
  const prefixes: string[] = []
  const ranges: { first: string; last: string }[] = []
  for (const entry of source.callers) {
    const dash = entry.indexOf('-')
    if (entry === 'anonymous') continue
    if (entry.endsWith('*')) prefixes.push(entry.slice(0, -1))
    else if (dash >= 0) ranges.push({ first: entry.slice(0, dash), last: entry.slice(dash + 1) })
    else if (entry.startsWith('+')) numbers.add(entry)
    else for (const id of holders(draft, entry, pbx)) users.add(id)
  }
  return {
    name: `block list of ${owner}`,
    callers: { anonymous: source.callers.includes('anonymous'), users, numbers, prefixes, ranges },
    treatment: treatment(draft, source.treatment),
    tellAnonymousCallers: source.tellAnonymousCallers ?? false,
  }
}

/** The user whom an extension means, seen from a PBX: its own, dial code + extension, or (from no PBX) the only one. */
function holders(draft: Draft, digits: string, pbx: Pbx | null): string[] {
  const own = pbx?.usersByExtension.get(digits)
  if (own !== undefined) return [own.id]
  for (const length of draft.account.dialCodeLengths) {
    const other = draft.account.pbxsByDialCode.get(digits.slice(0, length))
    const user = other?.usersByExtension.get(digits.slice(length))
    if (user !== undefined) return [user.id]
  }
  return draft.account.pbxs.flatMap((other) => other.usersByExtension.get(digits)?.id ?? [])
}

function treatment(draft: Draft, source: DocumentBlockList['treatment']): BlockTreatment {
  if (source === undefined) return { kind: 'busy' }
  return source.asWhenBusy ? { kind: 'asWhenBusy' } : destination(draft, source)
}

function forwarding(
  draft: Draft,
  source: Readonly<Partial<Record<keyof Forwarding, DocumentForwardingRule | undefined>>> | undefined,
): Forwarding | null {
  if (source === undefined) return null
  const rules: Forwarding = {
    all: rule(draft, source.all, 'Forward all calls'),
    notReachable: rule(draft, source.notReachable, 'Forward when not reachable'),
    busy: rule(draft, source.busy, 'Forward when busy'),
    noAnswer: rule(draft, source.noAnswer, 'Forward when not answered'),
  }
  return Object.values(rules).every((found) => found === null) ? null : rules
}

function rule(draft: Draft, source: DocumentForwardingRule | undefined, name: string): ForwardingRule | null {
  if (source === undefined || source.enabled === false) return null
  return { name: source.name ?? name, destination: destination(draft, source.to) }
}

function destination(draft: Draft, source: DocumentDestination): Destination {
  const user = source.user === undefined ? undefined : draft.users.get(source.user)
  if (user !== undefined) return { kind: 'user', user }
  if (source.number !== undefined) return { kind: 'number', number: source.number }
  return { kind: 'busy' }
}
