import type { FeatureName } from '../config/snapshot.ts'
import type { Attempt, FeatureRequest } from '../router/decision.ts'
import { FeatureDesk } from './feature-desk.ts'
import { Pickup } from './pickup/pickup.ts'
import type { CallServices } from './services.ts'
import { isLine, TestLine } from './sound/test-line.ts'
import type { TakenInvite } from './taken-invite.ts'
import type { UserChanges } from './user-changes.ts'
import { noUserChanges } from './user-changes.ts'

/** What becomes of a call to a feature code. */
export type FeatureStep =
  /** It goes on as this one. */
  | { readonly kind: 'dial'; readonly attempt: Attempt }
  /** Nobody is rung: `carryOut` takes it. */
  | { readonly kind: 'carryOut'; readonly feature: FeatureRequest }
  /** `null`: as the router decided. */
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string }
  | null

/** Codes that do something with calls there are. */
const onCalls: ReadonlySet<FeatureName> = new Set(['park', 'fetchParked', 'pickupExtension', 'pickupGroup'])

/** Calls to feature codes: the one place that knows who carries out which. */
export class FeatureCalls {
  readonly #services: CallServices
  readonly #desk: FeatureDesk
  readonly #pickup: Pickup

  constructor(services: CallServices, changes: UserChanges | null) {
    this.#services = services
    this.#desk = new FeatureDesk(services, changes ?? noUserChanges)
    this.#pickup = new Pickup(services)
  }

  decide(feature: FeatureRequest, attempt: Attempt): FeatureStep {
    const { name, user } = feature
    if (name === 'callReturn') {
      const next = this.#desk.callReturn(user, attempt)
      return typeof next === 'string' ? { kind: 'refuse', status: 404, reason: next } : { kind: 'dial', attempt: next }
    }
    // A line without a sound is none.
    if (isLine(name)) return this.#services.sounds.media?.available === true ? { kind: 'carryOut', feature } : null
    return this.#desk.changesSettings(name) || onCalls.has(name) ? { kind: 'carryOut', feature } : null
  }

  carryOut(feature: FeatureRequest, taken: TakenInvite): void {
    const { name, user } = feature
    if (isLine(name)) taken.answerHere(name, new TestLine(this.#services, name, user), [], '')
    else if (name === 'park') this.#services.parking.byCode(feature, taken)
    else if (name === 'fetchParked') this.#services.parking.fetchByCode(feature, taken)
    else if (name === 'pickupExtension') this.#pickup.ofExtension(feature, taken)
    else if (name === 'pickupGroup') this.#pickup.ofGroup(feature, taken)
    else this.#desk.carryOut(feature, taken)
  }
}
