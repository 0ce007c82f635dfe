import type { Callee, RingGroup, Trunk, User } from '../config/snapshot.ts'
import type { AskedCaller, RouteTaken } from '../records/call-events.ts'
import type { Attempt, Decision, Live, Outcome, Target, TollCounter, TrunkState } from '../router/decision.ts'
import { tollFact, trunkStates } from '../router/past-call.ts'
import { keyOf } from '../router/toll-fraud.ts'
import { encodeText } from './text.ts'

/**
 * Stands between the router and the present moment and notes what it asked and which rules decided, so that a call's
 * record can say why it went where it went. One for all calls: the router answers at once, and the notes are taken
 * before it is asked again.
 */
export class RouteNotes implements Live {
  readonly #live: Live
  #facts = ''
  #rules = ''

  constructor(live: Live) {
    this.#live = live
  }

  registered(user: User): boolean {
    const registered = this.#live.registered(user)
    this.#note('registered', user.id, registered ? 1 : 0)
    return registered
  }

  linesInUse(user: User): number {
    const lines = this.#live.linesInUse(user)
    this.#note('lines', user.id, lines)
    return lines
  }

  channelsInUse(trunk: Trunk): number {
    const channels = this.#live.channelsInUse(trunk)
    this.#note('channels', trunk.id, channels)
    return channels
  }

  trunkState(trunk: Trunk): TrunkState {
    const state = this.#live.trunkState(trunk)
    this.#note('trunk', trunk.id, trunkStates.indexOf(state))
    return state
  }

  outsideForwards(by: Callee): number {
    const forwards = this.#live.outsideForwards(by)
    this.#note('forwards', keyOf(by), forwards)
    return forwards
  }

  lastAnswered(group: RingGroup): number {
    const last = this.#live.lastAnswered(group)
    this.#note('answered', group.key, last)
    return last
  }

  idleSince(user: User): number {
    const since = this.#live.idleSince(user)
    this.#note('idle', user.id, since)
    return since
  }

  tollUse(key: string, counter: TollCounter, day: number): number {
    const used = this.#live.tollUse(key, counter, day)
    this.#note('toll', tollFact(key, counter, day), used)
    return used
  }

  limitReached(placer: Callee, key: string, counter: TollCounter): void {
    this.#live.limitReached?.(placer, key, counter)
  }

  followed(by: Callee, step: string, rule: string): void {
    this.#rules += `${this.#rules === '' ? '' : '\n'}${by.id}\t${step}\t${encodeText(rule)}`
  }

  /** What led to this decision; the notes begin anew. */
  take(decision: Decision): RouteTaken {
    const taken = { facts: this.#facts, rules: this.#rules, rings: ringsOf(decision), targets: targetsOf(decision) }
    this.#facts = ''
    this.#rules = ''
    return taken
  }

  #note(fact: string, id: string, value: number): void {
    this.#facts += this.#facts === '' ? `${fact}:${id}=${value}` : ` ${fact}:${id}=${value}`
  }
}

/** For people: who is rung, or '' where the call is refused. */
function ringsOf(decision: Decision): string {
  if (decision.kind !== 'ring') return ''
  const { targets } = decision
  const [only] = targets
  if (only !== undefined && targets.length === 1) return encodeText(titleOf(only))
  return encodeText(targets.map(titleOf).join(', '))
}

function targetsOf(decision: Decision): string {
  if (decision.kind !== 'ring') return ''
  let names = ''
  for (const target of decision.targets) names += names === '' ? targetName(target) : ` ${targetName(target)}`
  return names
}

/** A target for programs: engine/router/past-call.ts recognises it by this. */
function targetName(target: Target): string {
  return target.kind === 'user' ? `user:${target.user.id}` : `trunk:${target.trunk.id}:${target.number}`
}

/** A target for people: extension or number, and name. */
export function titleOf(target: Target): string {
  if (target.kind === 'trunk') return `${target.number} (${target.trunk.name})`
  return `${target.user.extension} ${target.user.displayName}`
}

/** Who asked the router, for the record: with it the same question can be put again. */
export function askedCaller({ caller, ownDiversions }: Attempt): AskedCaller {
  if (caller.kind === 'device') return { kind: 'device', device: caller.device.sipUserName }
  const { number, name, anonymous } = caller
  return { kind: 'trunk', number, name: encodeText(name), anonymous, ownDiversions }
}

/**
 * What an outcome says besides its kind, for the record: `503 Service Unavailable` of a trunk, `503r` where a phone rang before; who forwards by a phone,
 * whether it rang (1 or 0), and to what: `ben 0 1003`. Read by engine/router/past-call.ts. Of a phone that takes no session of
 * ours, what it was offered, which decides nothing: `488: offered PCMA`.
 */
export function outcomeDetail(outcome: Outcome, refusedSession = ''): string {
  switch (outcome.kind) {
    case 'busy':
    case 'noAnswer':
      return ''
    case 'unreachable':
      return refusedSession
    case 'trunkFailed':
      return `${outcome.status}${outcome.rang ? 'r' : ''} ${outcome.reason}`
    case 'redirected':
      return `${outcome.by.id} ${outcome.ringing ? 1 : 0} ${outcome.dialled}`
  }
}
