import type { ParkSlot, User } from '../../config/snapshot.ts'
import type { LampDialog } from '../../lamps/lamp-dialog.ts'
import { keyOfSlot } from '../../lamps/lamp-dialog.ts'
import type { SipMessage } from '../../sip/message.ts'
import { joinedKey } from '../../sip/own-copy.ts'
import type { TimerHandle, TimerOwner } from '../../sip/transport.ts'
import type { Arrangement } from '../arrangement.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import { Silence } from '../silence.ts'
import type { LegOfferOwner } from '../transfer/leg-offer.ts'
import { LegOffer, noDescription } from '../transfer/leg-offer.ts'
import type { Waiting } from '../transfer/transfer.ts'
import { ringBackTo, ringFor } from '../transfer/transfer.ts'

/** Who is rung so often and never answers does not want the call back: it ends. */
const mostRounds = 10

/** Where parked calls are kept. */
export interface ParkedOwner {
  /** The slot is free again. */
  left(parked: ParkedCall): void
}

/**
 * One side of an answered call that waits in a park slot until somebody fetches it. Whoever parked it has left and is
 * rung after a time; where he does not answer, the call waits on. It stands in the journal beside the call.
 */
export class ParkedCall implements Arrangement, TimerOwner, LegOfferOwner, Waiting {
  readonly call: Conversation
  /** Who waits. */
  readonly leg: Leg
  readonly slot: ParkSlot
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly #services: CallServices
  readonly #owner: ParkedOwner
  #rounds: number
  #timer: TimerHandle | null
  #hold: LegOffer | null
  #over: boolean
  /** Somebody fetches it at this moment, or is rung for it. */
  busy: boolean

  /** @param rounds how often its parker was rung already */
  constructor(
    services: CallServices,
    owner: ParkedOwner,
    call: Conversation,
    leg: Leg,
    slot: ParkSlot,
    since: number,
    rounds: number,
  ) {
    this.call = call
    this.leg = leg
    this.slot = slot
    this.since = since
    this.busy = false
    this.#services = services
    this.#owner = owner
    this.#rounds = rounds
    this.#timer = null
    this.#hold = null
    this.#over = false
  }

  get parkedIn(): string {
    return this.slot.extension
  }

  /** It is alone now: it is put on hold, and its time begins. */
  begin(): void {
    this.#arrange()
    this.#services.calls.parks(this.call, true)
    this.#startTimer(this.slot.ringBackSeconds * 1000)
    // With sound through us it goes on sending to us; without, it would go on sending to a phone that has hung up.
    if (this.leg.sound !== null) {
      this.call.playTo(this.leg, this.#music())
      return
    }
    new Silence(this.#services.random).describe('', (body) => {
      this.#hold = new LegOffer(this.#services, this.call, this.leg, { type: 'application/sdp', body }, this)
      this.#hold.start()
    })
  }

  /** Goes on after a restart. */
  resume(): void {
    this.#arrange()
    const waited = this.#services.clock.now() - this.since
    const period = this.slot.ringBackSeconds * 1000
    this.#startTimer(Math.max(1000, period * (this.#rounds + 1) - waited))
  }

  /** Somebody has it now, or it goes elsewhere. */
  leave(): void {
    if (this.#over) return
    this.#over = true
    this.#stop()
    this.call.arrange(null)
    this.#services.journal.remove('obligation', this.#key)
    this.#owner.left(this)
    this.#touchLamp()
    this.#services.calls.parks(this.call, false)
  }

  timerFired(): void {
    this.#timer = null
    if (this.busy) {
      this.#startTimer(1000)
      return
    }
    if (this.#rounds >= mostRounds) {
      this.call.hangUp('Reason: SIP;cause=480\r\n')
      return
    }
    this.#rounds++
    this.#isBusy()
    ringBackTo(this.#services, this.call, this.leg, this)
  }

  /** This user's phones ring, and whoever answers has it. Where nobody does it waits on. */
  fetchFor(user: User): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
    this.#isBusy()
    ringFor(this.#services, this.call, this.leg, user, this)
  }

  /** Whoever was rung for it does not answer: it waits on. */
  nobodyTook(): void {
    this.busy = false
    if (this.#over || this.call.over) return
    this.#arrange()
    this.#startTimer(this.slot.ringBackSeconds * 1000)
  }

  /** The parker has it back, or who waited has hung up. */
  over(): void {
    this.callEnded()
  }

  // --- for the call it is a side of

  otherLeft(): void {
    // The parker's own BYE crossed ours.
  }

  callEnded(): void {
    if (this.#over) return
    this.#over = true
    this.#stop()
    this.#services.journal.remove('obligation', this.#key)
    this.#owner.left(this)
    this.#touchLamp()
  }

  addLampDialogs(key: string, dialogs: LampDialog[]): void {
    if (key !== keyOfSlot(this.slot.id) || this.#over) return
    const { dialog } = this.leg
    dialogs.push({
      id: `${this.call.id}-parked`,
      state: 'confirmed',
      direction: 'recipient',
      callId: '',
      localTag: '',
      remoteTag: '',
      remote: dialog.remoteAddress,
      held: true,
    })
  }

  // --- the hold

  offerAccepted(_answer: SipMessage): void {
    this.#hold?.acknowledge(noDescription)
    this.#hold = null
    this.call.refreshed()
  }

  offerRefused(): void {
    // It goes on as it is: nobody hears what it says.
    this.#hold = null
  }

  // --- parts

  /** The slot's own, else that of its PBX. */
  #music(): string {
    const { musicOnHold, pbxId } = this.slot
    if (musicOnHold !== '') return musicOnHold
    for (const pbx of this.#services.snapshot.pbxsByDomain.values()) if (pbx.id === pbxId) return pbx.musicOnHold
    return ''
  }

  #arrange(): void {
    this.call.arrange(this)
    this.#services.journal.put('obligation', this.#key, `${this.slot.id} ${this.since} ${this.#rounds}`)
    this.#touchLamp()
  }

  #isBusy(): void {
    this.busy = true
    this.#hold?.withdraw()
    this.#hold = null
  }

  #startTimer(milliseconds: number): void {
    this.#timer = this.#services.clock.start(milliseconds, this, 'ring back')
  }

  #stop(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
    this.#hold?.withdraw()
    this.#hold = null
  }

  #touchLamp(): void {
    const { lamps } = this.#services.calls
    if (lamps.anyWatched) lamps.touched(keyOfSlot(this.slot.id), this.call)
  }

  get #key(): string {
    return parkKey(this.call.id)
  }
}

/** Under which the journal keeps where a call is parked. */
export function parkKey(callId: string): string {
  return joinedKey(['park', callId])
}
