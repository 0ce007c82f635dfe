import type { User } from '../../config/snapshot.ts'
import type { FeatureRequest, UserTarget } from '../../router/decision.ts'
import { mayPickUp } from '../../router/pickup-right.ts'
import { reasonPhrase } from '../../sip/response.ts'
import { RingingCall } from '../ringing-call.ts'
import type { CallServices } from '../services.ts'
import type { TakenInvite } from '../taken-invite.ts'

/** Takes calls that ring at others (docs/feature-codes.md). */
export class Pickup {
  readonly #services: CallServices

  constructor(services: CallServices) {
    this.#services = services
  }

  /** `**N`: the call that has rung longest at N. */
  ofExtension(feature: FeatureRequest, taken: TakenInvite): void {
    const { argument, user } = feature
    if (argument?.kind !== 'callee') {
      taken.refuse(404, reasonPhrase(404), '')
      return
    }
    const { callee } = argument
    const wanted = (target: UserTarget, group: string) =>
      callee.kind === 'user' ? target.user.id === callee.id : group === callee.key
    if (callee.kind === 'user' && !mayPickUp(user, callee)) {
      taken.refuse(403, 'You May Not Pick Up This Call', '')
      return
    }
    this.#pickUp(user, wanted, taken)
  }

  /** `*8`: the call that has rung longest at somebody of a pickup group of his. */
  ofGroup({ user }: FeatureRequest, taken: TakenInvite): void {
    if (user.pickupGroups.length === 0) {
      taken.refuse(404, 'You Are In No Pickup Group', '')
      return
    }
    this.#pickUp(
      user,
      ({ user: called }) => called.pickupGroups.some((group) => user.pickupGroups.includes(group)),
      taken,
    )
  }

  #pickUp(by: User, wanted: (target: UserTarget, group: string) => boolean, taken: TakenInvite): void {
    let forbidden = false
    // In the order in which they began.
    for (const call of this.#services.calls.all()) {
      if (!(call instanceof RingingCall)) continue
      const target = call.ringsAt(wanted)
      if (target === null || target.user.id === by.id) continue
      if (!mayPickUp(by, target.user)) {
        forbidden = true
        continue
      }
      call.pickUp(taken, by, target)
      return
    }
    if (forbidden) taken.refuse(403, 'You May Not Pick Up This Call', '')
    else taken.refuse(404, 'Nothing Rings There', '')
  }
}
