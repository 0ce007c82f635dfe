import type { User } from '../../config/snapshot.ts'
import { Dialog } from '../../sip/dialog.ts'
import { heldAnswer } from '../held-answer.ts'
import { Leg } from '../leg.ts'
import { partyOfUser } from '../party.ts'
import type { CallServices } from '../services.ts'
import { SessionTimer } from '../session-timer.ts'
import { LegOffer } from '../transfer/leg-offer.ts'
import { attemptOfUser, placeCall, ringBack } from '../transfer/place-call.ts'
import type { PlacedAnswer } from '../transfer/placed-answer.ts'
import type { PlacedOwner } from '../transfer/placed-caller.ts'
import { Transfer } from '../transfer/transfer.ts'

/**
 * Click to dial: the user's phones ring, and when he answers, whoever he wants is called for him. While that rings he is
 * alone in a call of his, on hold.
 */
export class DialOrder implements PlacedOwner {
  readonly #services: CallServices
  readonly #user: User
  readonly #to: string
  /** In the place of somebody who has asked for the call and left. */
  readonly #nobody: Leg

  constructor(services: CallServices, user: User, to: string) {
    this.#services = services
    this.#user = user
    this.#to = to
    this.#nobody = nobody(services, user)
  }

  /** @returns id of the call that rings him; '' where he cannot be rung */
  start(): string {
    const shown = { user: this.#to, name: '', anonymous: false }
    const placed = { parent: '', leg: this.#nobody, transfers: 0 }
    return ringBack(this.#services, this, placed, this.#user, shown)?.id ?? ''
  }

  placedProgressed(): void {
    // Nobody waits.
  }

  placedAnswered(answer: PlacedAnswer): void {
    const services = this.#services
    const attempt = attemptOfUser(services, this.#user.id, this.#to, '')
    const call = answer.join(this.#nobody, null)
    answer.acknowledge({ type: 'application/sdp', body: heldAnswer(LegOffer.describedIn(answer.response).body) })
    if (attempt === null) {
      call.hangUp('')
      return
    }
    const transfer = new Transfer(services, call, answer.leg, null, 'end')
    transfer.rings(placeCall(services, transfer, transfer.placedFor, attempt, false))
  }

  placedFailed(): void {
    // He does not want to, or is not there.
  }
}

function nobody({ clock, random, network }: CallServices, user: User): Leg {
  const flow = { transport: 'UDP', listener: 0, address: '127.0.0.1', port: 9, connection: 0 } as const
  const here = `<sip:${network.advertised(flow)}>`
  const dialog = new Dialog({
    callId: random.token(24),
    localTag: random.token(12),
    remoteTag: random.token(12),
    localAddress: here,
    remoteAddress: here,
    remoteTarget: here.slice(1, -1),
    routeSet: [],
    localSequence: 0,
    remoteSequence: 0,
    flow,
  })
  const leg = new Leg(dialog, partyOfUser(user), new SessionTimer(clock.now()), [])
  leg.hungUp = true
  return leg
}
