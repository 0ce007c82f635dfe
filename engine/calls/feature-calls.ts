import type { Attempt, FeatureRequest } from '../router/decision.ts'
import { FeatureDesk } from './feature-desk.ts'
import { Pickup } from './pickup/pickup.ts'
import type { CallServices } from './services.ts'
import { isLine, TestLine } from './sound/test-line.ts'
import type { TakenInvite } from './taken-invite.ts'
import type { UserChanges } from './user-changes.ts'

/** What becomes of a call to a feature code. */
export type FeatureStep =
  /** It goes on as this one. */
  | { readonly kind: 'dial'; readonly attempt: Attempt }
  /** Nobody is rung: `carryOut` takes it. */
  | { readonly kind: 'carryOut'; readonly feature: FeatureRequest }
  /** `null`: as the router decided. */
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string }
  | null

/** Calls to feature codes: the one place that knows who carries out which. */
export class FeatureCalls {
  readonly #services: CallServices
  readonly #desk: FeatureDesk
  readonly #pickup: Pickup

  constructor(services: CallServices, changes: UserChanges) {
    this.#services = services
    this.#desk = new FeatureDesk(services, changes)
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
    return this.#desk.changesSettings(name) || name === 'pickupExtension' || name === 'pickupGroup'
      ? { kind: 'carryOut', feature }
      : null
  }

  carryOut(feature: FeatureRequest, taken: TakenInvite): void {
    const { name, user } = feature
    if (isLine(name)) taken.answerHere(name, new TestLine(this.#services, name, user), [], '')
    else if (name === 'pickupExtension') this.#pickup.ofExtension(feature, taken)
    else if (name === 'pickupGroup') this.#pickup.ofGroup(feature, taken)
    else this.#desk.carryOut(feature, taken)
  }
}
