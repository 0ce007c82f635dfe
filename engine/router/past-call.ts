/** A call that was decided once, from its record, so that the same questions can be put to the router again. */
import type { Callee, Device, RingGroup, Snapshot, Trunk, User } from '../config/snapshot.ts'
import type { AttemptReading } from './attempt-from-text.ts'
import type { Live, Outcome, Ring, Target, TollCounter, TrunkState } from './decision.ts'

/** What a record keeps for this (engine/records/call-record.ts). */
export interface PastCall {
  /** The user or trunk who called. */
  readonly caller: { readonly id: string }
  /** `null`: the router was not asked, or a version that did not keep this recorded the call. */
  readonly asked: PastCaller | null
  readonly dialled: string
  readonly domain: string
  /** Each answer of the router. */
  readonly steps: readonly PastStep[]
}

export type PastCaller =
  | { readonly kind: 'device'; readonly device: string }
  | {
      readonly kind: 'trunk'
      readonly number: string
      readonly name: string
      readonly anonymous: boolean
      readonly ownDiversions: number
    }

export interface PastStep {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  /** Kind of the outcome that led to it; '' at the first. */
  readonly after: string
  /** What else that outcome says: see `outcomeDetail` in engine/calls/route-notes.ts. */
  readonly detail: string
  /** Of the configuration that decided. */
  readonly revision: number
  /** What the router asked for, as `registered:anna=1`. */
  readonly facts: readonly string[]
  /** Whom it rang, as `user:ben` or `trunk:carrier:+44...`; none where it refused. */
  readonly targets: readonly string[]
}

/** The attempt, made by the people and phones of this snapshot; a message for people where they are not in it. */
export function attemptOfPast(snapshot: Snapshot, call: PastCall): AttemptReading {
  const { asked, caller, dialled, domain } = call
  if (asked === null) return { ok: false, message: 'Its record does not hold what the router was asked.' }
  if (asked.kind === 'trunk') {
    const trunk = snapshot.trunks.find(({ id }) => id === caller.id)
    if (trunk === undefined) return { ok: false, message: `There is no trunk ${caller.id} any more.` }
    const { number, name, anonymous, ownDiversions } = asked
    return {
      ok: true,
      attempt: { caller: { kind: 'trunk', trunk, number, name, anonymous }, dialled, domain, ownDiversions },
    }
  }
  const user = snapshot.users.get(caller.id)
  if (user === undefined) return { ok: false, message: `There is no user ${caller.id} any more.` }
  // A call depends on its phone by little more than its user: another of his phones stands for one that is gone.
  const device = deviceNamed(user, asked.device) ?? user.devices[0]
  if (device === undefined) return { ok: false, message: `${user.displayName} has no phone any more.` }
  return { ok: true, attempt: { caller: { kind: 'device', device, user }, dialled, domain, ownDiversions: 0 } }
}

function deviceNamed(user: User, sipUserName: string): Device | undefined {
  for (const device of user.devices) if (device.sipUserName === sipUserName) return device
  return undefined
}

/** How the ring before this step ended; `null` where the record says what this version does not know. */
export function outcomeOfPast(step: Pick<PastStep, 'after' | 'detail'>, ring: Ring): Outcome | null {
  const { after, detail } = step
  switch (after) {
    case 'busy':
    case 'noAnswer':
    case 'unreachable':
      return { kind: after }
    case 'trunkFailed':
      return {
        kind: 'trunkFailed',
        status: Number(detail.slice(0, 3)),
        reason: detail.slice(detail.indexOf(' ') + 1),
        rang: detail.charAt(3) === 'r',
      }
    case 'redirected': {
      const first = detail.indexOf(' ')
      const id = detail.slice(0, first)
      for (const target of ring.targets) {
        if (target.kind !== 'user' || target.user.id !== id) continue
        const ringing = detail.charAt(first + 1) === '1'
        return { kind: 'redirected', by: target.user, dialled: detail.slice(first + 3), ringing }
      }
      return null
    }
    default:
      return null
  }
}

/** Whether a ring is of those whom this step rang. */
export function isRingOf(ring: Ring, { targets }: PastStep): boolean {
  if (targets.length !== ring.targets.length) return false
  for (const [index, target] of ring.targets.entries()) if (!isNamed(target, targets[index] ?? '')) return false
  return true
}

function isNamed(target: Target, name: string): boolean {
  if (target.kind === 'user') {
    const { id } = target.user
    return name.length === id.length + 5 && name.startsWith('user:') && name.endsWith(id)
  }
  return name === `trunk:${target.trunk.id}:${target.number}`
}

/** How records name what was used of a limit against toll fraud. */
export function tollFact(key: string, counter: TollCounter, day: number): string {
  return `${counter}/${day}/${key}`
}

/** By the numbers that records have for them. */
export const trunkStates: readonly TrunkState[] = ['down', 'unregistered', 'up']

/** The present moment as it was: what was not asked then is taken to be reachable, free and idle. */
export class PastFacts implements Live {
  readonly #values = new Map<string, number>()
  /** Whether the last fact that was asked for is assumed. */
  isAssumed = false
  followed?: NonNullable<Live['followed']>

  forget(): void {
    this.#values.clear()
  }

  /** @param facts as `registered:anna=1`; of several about one thing the last counts */
  learn(facts: readonly string[]): void {
    for (const fact of facts) {
      const equals = fact.lastIndexOf('=')
      this.#values.set(fact.slice(0, equals), Number(fact.slice(equals + 1)))
    }
  }

  registered(user: User): boolean {
    return this.#value('registered', user.id, user.devices.length > 0 ? 1 : 0) !== 0
  }

  linesInUse(user: User): number {
    return this.#value('lines', user.id, 0)
  }

  channelsInUse(trunk: Trunk): number {
    return this.#value('channels', trunk.id, 0)
  }

  trunkState(trunk: Trunk): TrunkState {
    return trunkStates[this.#value('trunk', trunk.id, trunkStates.indexOf('up'))] ?? 'up'
  }

  outsideForwards(by: Callee): number {
    return this.#value('forwards', by.kind === 'user' ? by.id : by.key, 0)
  }

  lastAnswered(group: RingGroup): number {
    return this.#value('answered', group.key, 0)
  }

  idleSince(user: User): number {
    return this.#value('idle', user.id, 0)
  }

  tollUse(key: string, counter: TollCounter, day: number): number {
    return this.#value('toll', tollFact(key, counter, day), 0)
  }

  #value(fact: string, id: string, assumed: number): number {
    const known = this.#values.size === 0 ? undefined : this.#values.get(`${fact}:${id}`)
    this.isAssumed = known === undefined
    return known ?? assumed
  }
}
