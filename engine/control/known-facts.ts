import type { TrunkState } from '../router/decision.ts'
import type { LiveFacts } from './protocol.ts'

/** What was answered so far, in a form that can be sent between threads. */
export type FactsSoFar = LiveFacts

export const noFacts: FactsSoFar = {
  registered: {},
  linesInUse: {},
  outsideForwards: {},
  channelsInUse: {},
  lastAnswered: {},
  idleSince: {},
  tollUse: {},
  trunkStates: {},
}

/**
 * The present moment as the engine told it, for the router, which asks without waiting: what is not known yet is noted,
 * to be fetched, and the same question put again until everything it asks about is known.
 */
export class KnownFacts {
  readonly #facts: FactsSoFar
  readonly #missingUsers = new Set<string>()
  readonly #missingTrunks = new Set<string>()

  constructor(facts: FactsSoFar) {
    this.#facts = facts
  }

  registered(user: { readonly id: string }): boolean {
    return this.#known(this.#facts.registered, user.id, this.#missingUsers) ?? false
  }

  linesInUse(user: { readonly id: string }): number {
    return this.#known(this.#facts.linesInUse, user.id, this.#missingUsers) ?? 0
  }

  outsideForwards(by: { readonly id: string; readonly key?: string }): number {
    return this.#known(this.#facts.outsideForwards, by.key ?? by.id, this.#missingUsers) ?? 0
  }

  lastAnswered(group: { readonly key: string }): number {
    return this.#known(this.#facts.lastAnswered, group.key, this.#missingUsers) ?? 0
  }

  idleSince(user: { readonly id: string }): number {
    return this.#known(this.#facts.idleSince, user.id, this.#missingUsers) ?? 0
  }

  tollUse(key: string, counter: string, day: number): number {
    return this.#known(this.#facts.tollUse, key, this.#missingUsers)?.[`${counter}/${day}`] ?? 0
  }

  channelsInUse(trunk: { readonly id: string }): number {
    return this.#known(this.#facts.channelsInUse, trunk.id, this.#missingTrunks) ?? 0
  }

  trunkState(trunk: { readonly id: string }): TrunkState {
    return this.#known(this.#facts.trunkStates, trunk.id, this.#missingTrunks) ?? 'up'
  }

  /** Ids that were asked about and are not known. */
  get missing(): { readonly users: readonly string[]; readonly trunks: readonly string[] } {
    return { users: [...this.#missingUsers], trunks: [...this.#missingTrunks] }
  }

  #known<Value>(values: Readonly<Record<string, Value>>, id: string, missing: Set<string>): Value | undefined {
    if (Object.hasOwn(values, id)) return values[id]
    missing.add(id)
    return undefined
  }
}

/** Adds an answer to what is known. Ids that the engine does not know are free and not registered. */
export function withFacts(
  known: FactsSoFar,
  answer: LiveFacts,
  users: readonly string[],
  trunks: readonly string[],
): FactsSoFar {
  const all = <Value>(
    before: Readonly<Record<string, Value>>,
    found: Readonly<Record<string, Value>>,
    none: Value,
  ) => ({
    ...before,
    ...Object.fromEntries(users.map((id) => [id, found[id] ?? none])),
  })
  const channels = Object.fromEntries(trunks.map((id) => [id, answer.channelsInUse[id] ?? 0]))
  const states = Object.fromEntries(trunks.map((id) => [id, answer.trunkStates[id] ?? 'up']))
  return {
    registered: all(known.registered, answer.registered, false),
    linesInUse: all(known.linesInUse, answer.linesInUse, 0),
    outsideForwards: all(known.outsideForwards, answer.outsideForwards, 0),
    channelsInUse: { ...known.channelsInUse, ...channels },
    lastAnswered: all(known.lastAnswered, answer.lastAnswered, 0),
    idleSince: all(known.idleSince, answer.idleSince, 0),
    tollUse: all(known.tollUse, answer.tollUse, {}),
    trunkStates: { ...known.trunkStates, ...states },
  }
}
