import type { Callee, GroupMember, RingGroup, Trunk, User } from '../config/snapshot.ts'
import type { Attempt, Live, Target, TollCharge, TollCounter, TrunkState } from '../router/decision.ts'
import { asksForNoCallWaiting } from '../router/dialled.ts'
import { keyOf } from '../router/toll-fraud.ts'
import type { Party } from './services.ts'
import type { OutsideCall, TollUse } from './toll-use.ts'

/** What a call can take: a line of a user, a channel of a trunk, one of a user's forwards to outside, one of a PBX's calls. */
export type UsageKind = 'line' | 'channel' | 'forward' | 'pbx'

/** One thing taken. Given back exactly once, by whoever holds it. */
export type Holding = CountedHolding | OutsideCall

export interface CountedHolding {
  readonly kind: UsageKind
  /** Id of the user or trunk. */
  readonly id: string
}

/** Who is registered: the part of the present that is not about calls. */
export interface Registered {
  registered(user: User): boolean
}

/** Likewise, how trunks are. */
export interface TrunkStates {
  state(trunk: Trunk): TrunkState
}

/** Counts what calls use at this moment; answers the router's questions about the present. */
export class Usage implements Live {
  readonly #counts: Readonly<Record<UsageKind, Map<string, number>>>
  readonly #registered: Registered
  readonly #trunks: TrunkStates
  readonly #now: () => number
  readonly #toll: TollUse
  /** When users' last calls ended, by id: of this process, as ring groups want to know. */
  readonly #idleSince = new Map<string, number>()
  /** Who answered the last call of a group: user id or number, by the group's key. */
  readonly #lastAnswered = new Map<string, string>()

  /** @param now milliseconds since the epoch */
  constructor(registered: Registered, trunks: TrunkStates, now: () => number, toll: TollUse) {
    this.#counts = { line: new Map(), channel: new Map(), forward: new Map(), pbx: new Map() }
    this.#registered = registered
    this.#trunks = trunks
    this.#now = now
    this.#toll = toll
  }

  take(kind: UsageKind, id: string): CountedHolding {
    const counts = this.#counts[kind]
    counts.set(id, (counts.get(id) ?? 0) + 1)
    return { kind, id }
  }

  /** A call that counts against limits on toll fraud. */
  takeOutside(charge: TollCharge): OutsideCall {
    return this.#toll.begin(charge)
  }

  /** One that the process before this one knew, and that was answered. */
  resumeOutside(id: string): OutsideCall {
    const call = this.#toll.resume(id)
    this.#toll.answered(call)
    return call
  }

  /** Whoever uses this talks now. */
  talks(holding: Holding): void {
    if (holding.kind === 'outside') this.#toll.answered(holding)
  }

  give(holding: Holding): void {
    if (holding.kind === 'outside') {
      this.#toll.over(holding)
      return
    }
    const counts = this.#counts[holding.kind]
    const left = (counts.get(holding.id) ?? 0) - 1
    if (left > 0) counts.set(holding.id, left)
    else {
      counts.delete(holding.id)
      if (holding.kind === 'line') this.#idleSince.set(holding.id, this.#now())
    }
  }

  /** Somebody answered a call of a group. */
  answered(group: RingGroup, target: Target): void {
    this.#lastAnswered.set(group.key, target.kind === 'user' ? target.user.id : target.e164)
  }

  /** Ids of the users who are in calls. */
  usersInCalls(): IterableIterator<string> {
    return this.#counts.line.keys()
  }

  count(kind: UsageKind, id: string): number {
    return this.#counts[kind].get(id) ?? 0
  }

  /** Nothing is in use. */
  get idle(): boolean {
    const { line, channel, forward, pbx } = this.#counts
    return line.size === 0 && channel.size === 0 && forward.size === 0 && pbx.size === 0 && this.#toll.idle
  }

  registered(user: User): boolean {
    return this.#registered.registered(user)
  }

  linesInUse(user: User): number {
    return this.count('line', user.id)
  }

  channelsInUse(trunk: Trunk): number {
    return this.count('channel', trunk.id)
  }

  trunkState(trunk: Trunk): TrunkState {
    return this.#trunks.state(trunk)
  }

  outsideForwards(by: Callee): number {
    return this.count('forward', keyOf(by))
  }

  tollUse(key: string, counter: TollCounter, day: number): number {
    return this.#toll.use(key, counter, day)
  }

  /** All that somebody has used of limits on toll fraud, by `counter/day`. */
  tollUses(key: string): Readonly<Record<string, number>> {
    return this.#toll.uses(key)
  }

  limitReached(placer: Callee, key: string, counter: TollCounter): void {
    this.#toll.limitReached(placer, key, counter)
  }

  lastAnswered(group: RingGroup): number {
    const last = this.#lastAnswered.get(group.key)
    return last === undefined ? 0 : group.members.findIndex((member) => nameOf(member) === last) + 1
  }

  idleSince(user: User): number {
    return this.#idleSince.get(user.id) ?? 0
  }
}

function nameOf(member: GroupMember): string {
  return member.kind === 'user' ? member.userId : member.number
}

/** What the caller uses: a channel of his trunk, or a line; all that he has left where he wants no second call meanwhile. */
export function callerHoldings(usage: Usage, attempt: Attempt, party: Party): Holding[] {
  const { caller } = attempt
  if (caller.kind === 'trunk') return [usage.take('channel', party.id)]
  const holdings = [usage.take('line', party.id)]
  const { pbx } = caller.user
  if (pbx.simultaneousCalls > 0) holdings.push(usage.take('pbx', pbx.id))
  if (asksForNoCallWaiting(attempt.dialled, caller.user)) {
    while (usage.linesInUse(caller.user) < caller.user.lines) holdings.push(usage.take('line', party.id))
  }
  return holdings
}

/**
 * Sides of two calls are brought together: a PBX that counted both calls counts one from now on.
 * @returns what the side that comes goes on holding
 */
export function countedOnce(usage: Usage, comes: readonly Holding[], stays: readonly Holding[]): readonly Holding[] {
  const isCounted = (one: Holding): boolean =>
    one.kind === 'pbx' && stays.some(({ kind, id }) => kind === 'pbx' && id === one.id)
  if (!comes.some(isCounted)) return comes
  for (const holding of comes) if (isCounted(holding)) usage.give(holding)
  return comes.filter((holding) => !isCounted(holding))
}

/** Holdings in one line, for the journal. */
export function saveHoldings(holdings: readonly Holding[]): string {
  let text = ''
  for (const holding of holdings) text += `${text === '' ? '' : ','}${holding.kind}:${holding.id}`
  return text
}

/** Takes again what `saveHoldings` wrote. */
export function restoreHoldings(text: string, usage: Usage): Holding[] {
  const holdings: Holding[] = []
  for (const item of text.split(',')) {
    const colon = item.indexOf(':')
    const kind = item.slice(0, colon)
    if (kind === 'line' || kind === 'channel' || kind === 'forward' || kind === 'pbx') {
      holdings.push(usage.take(kind, item.slice(colon + 1)))
    } else if (kind === 'outside') holdings.push(usage.resumeOutside(item.slice(colon + 1)))
  }
  return holdings
}
