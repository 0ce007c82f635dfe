import type { Attempt, FeatureRequest } from '../router/decision.ts'
import { FeatureDesk } from './feature-desk.ts'
import type { CallServices } from './services.ts'
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
  readonly #desk: FeatureDesk

  constructor(services: CallServices, changes: UserChanges) {
    this.#desk = new FeatureDesk(services, changes)
  }

  decide(feature: FeatureRequest, attempt: Attempt): FeatureStep {
    const { name, user } = feature
    if (name === 'callReturn') {
      const next = this.#desk.callReturn(user, attempt)
      return typeof next === 'string' ? { kind: 'refuse', status: 404, reason: next } : { kind: 'dial', attempt: next }
    }
    return this.#desk.changesSettings(name) ? { kind: 'carryOut', feature } : null
  }

  carryOut(feature: FeatureRequest, taken: TakenInvite): void {
    this.#desk.carryOut(feature, taken)
  }
}
