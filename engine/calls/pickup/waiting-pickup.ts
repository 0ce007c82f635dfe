import type { User } from '../../config/snapshot.ts'
import type { UserTarget } from '../../router/decision.ts'
import { Header } from '../../sip/header-names.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { TakenInvite } from '../taken-invite.ts'

/**
 * Somebody takes a ringing call whose caller has not acknowledged a session that he was told: until he does, the call
 * may not be answered (RFC 3262 §3). It rings on meanwhile, and nobody else can take it.
 */
export class WaitingPickup {
  readonly taken: TakenInvite
  readonly by: User
  /** Where the call rang when it was to be taken. */
  readonly at: UserTarget

  /** @param givenUp called once where he who wants the call gives up */
  constructor(taken: TakenInvite, by: User, at: UserTarget, givenUp: () => void) {
    this.taken = taken
    this.by = by
    this.at = at
    taken.whenCancelled = givenUp
  }

  /** Somebody else has answered, or nobody can any more: as if it had come too late. */
  refuse(): void {
    this.taken.whenCancelled = null
    if (this.taken.request.has(Header.replaces)) this.taken.refuse(481, reasonPhrase(481), '')
    else this.taken.refuse(404, 'Nothing Rings There', '')
  }
}
