import type { ParkSlot, User } from '../../config/snapshot.ts'
import type { Decision, FeatureRequest } from '../../router/decision.ts'
import { Confirmation } from '../confirmation.ts'
import { Conversation } from '../conversation.ts'
import { shownLines } from '../identity.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import { languageOf } from '../sound/spoken-language.ts'
import type { TakenInvite } from '../taken-invite.ts'
import { DepartingLeg } from '../transfer/departing-leg.ts'
import { Joining } from '../transfer/joining.ts'
import type { ReferReports } from '../transfer/refer-reports.ts'
import type { Transfer } from '../transfer/transfer.ts'
import { Fetching } from './fetching.ts'
import type { ParkedOwner } from './parked-call.ts'
import { ParkedCall, parkKey } from './parked-call.ts'

/** Why a call cannot be parked. */
export interface ParkRefusal {
  readonly status: number
  readonly phrase: string
}

/** What is shown of a parked call. */
export interface ParkedView {
  readonly slot: string
  readonly extension: string
  readonly name: string
  /** Id of the call, and who waits. */
  readonly call: string
  readonly parked: string
  /** Who parked it. */
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

const allTaken: ParkRefusal = { status: 486, phrase: 'All Park Slots Are Taken' }
const taken: ParkRefusal = { status: 486, phrase: 'This Park Slot Is Taken' }
const noSlots: ParkRefusal = { status: 404, phrase: 'This PBX Has No Park Slots' }
const nothingToPark: ParkRefusal = { status: 404, phrase: 'You Hold No Call To Park' }
const nobodyThere: ParkRefusal = { status: 404, phrase: 'Nobody Is Parked There' }
const beingFetched: ParkRefusal = { status: 486, phrase: 'This Call Is Being Fetched' }
const notNow: ParkRefusal = { status: 491, phrase: 'The Call Cannot Be Parked Now' }

/** Parked calls by their slots (docs/feature-codes.md). */
export class Parking implements ParkedOwner {
  readonly #services: CallServices
  readonly #bySlot = new Map<string, ParkedCall>()
  /** Slots that are taken for calls which are still coming to rest. */
  readonly #promised = new Set<string>()

  constructor(services: CallServices) {
    this.#services = services
  }

  left(parked: ParkedCall): void {
    if (this.#bySlot.get(parked.slot.id) === parked) this.#bySlot.delete(parked.slot.id)
  }

  *views(): Generator<ParkedView> {
    for (const { call, leg, slot, since } of this.#bySlot.values()) {
      yield {
        slot: slot.id,
        extension: slot.extension,
        name: slot.name,
        call: call.id,
        parked: leg.party.title,
        by: call.other(leg).party.title,
        since,
      }
    }
  }

  // --- by codes

  /** The park code, or the extension of a slot: a call waits there and is fetched, or the one that he holds is parked. */
  byCode({ user, dialled }: FeatureRequest, invite: TakenInvite): void {
    const there = dialled === '' ? undefined : this.#parkedAt(user, dialled)
    if (there !== undefined) {
      this.#fetch(user, there, invite)
      return
    }
    const held = this.#heldBy(user)
    const slot = held === null ? nothingToPark : this.#slotFor(user.pbx.id, dialled)
    if (held === null || 'status' in slot) {
      const { status, phrase } = 'status' in slot ? slot : nothingToPark
      invite.refuse(status, phrase, '')
      return
    }
    const park = this.#park(held.call, held.leg, slot, null, null, (refusal) => {
      if (!invite.open) return
      if (refusal !== null) {
        invite.refuse(refusal.status, refusal.phrase, '')
        return
      }
      const title = `Parked in ${slot.extension}`
      const words = { prompt: 'parkedIn', digits: slot.extension, language: languageOf(user) } as const
      const confirmation = new Confirmation(this.#services.localSounds, title, words)
      invite.answerHere('park', confirmation, [], shownLines(title, invite.dialled, user.pbx.domain))
    })
    park.start()
  }

  /** The code that fetches, with a slot behind it. */
  fetchByCode({ user, dialled }: FeatureRequest, invite: TakenInvite): void {
    const there = this.#parkedAt(user, dialled)
    if (there === undefined) invite.refuse(nobodyThere.status, nobodyThere.phrase, '')
    else this.#fetch(user, there, invite)
  }

  /**
   * A transfer to the park code or to a slot (REFER).
   * @param leg of whoever hands his call on; `decision`: where that leads; `reports`: what he is told of it
   * @returns whether it leads to a slot: then it is seen to here
   */
  byTransfer(call: Conversation, leg: Leg, decision: Decision, transfer: Transfer, reports: ReferReports): boolean {
    const feature = decision.kind === 'refuse' ? decision.feature : undefined
    if (feature === undefined || feature.name !== 'park') return false
    this.#services.routeNotes.take(decision)
    const slot = this.#slotFor(feature.user.pbx.id, feature.dialled)
    if ('status' in slot) transfer.placedFailed(slot.status, slot.phrase)
    else {
      const parked = (refusal: ParkRefusal | null) => {
        if (refusal !== null) transfer.placedFailed(refusal.status, refusal.phrase)
      }
      transfer.joins(this.#park(call, leg, slot, transfer, reports, parked))
    }
    return true
  }

  /**
   * An administrator's order: the other side of this user's call waits in a slot.
   * @param extension of the slot; '' for the first that is free
   * @returns `null` where that is done or under way
   */
  byOrder(call: Conversation, leg: Leg, user: User, extension: string): ParkRefusal | null {
    const slot = this.#slotFor(user.pbx.id, extension)
    if ('status' in slot) return slot
    const { log } = this.#services
    const done = (refusal: ParkRefusal | null) => {
      if (refusal !== null) log.info({ call: call.id, why: refusal.phrase }, 'A call could not be parked')
    }
    this.#park(call, leg, slot, null, null, done).start()
    return null
  }

  /**
   * An administrator's order: this user's phones ring, and he has whoever waits in the slot when he answers.
   * @returns id of the call that waits, or why not
   */
  fetchByOrder(user: User, extension: string): string | ParkRefusal {
    const there = this.#parkedAt(user, extension)
    if (there === undefined) return nobodyThere
    if (there.busy) return beingFetched
    there.fetchFor(user)
    return there.call.id
  }

  // --- after a restart

  /** Takes up what stood in the journal for a call that goes on. */
  restore(call: Conversation, value: string): void {
    const [slotId = '', since = '', rounds = ''] = value.split(' ')
    this.#services.journal.put('obligation', parkKey(call.id), value)
    this.#services.whenConfigured(() => {
      const leg = call.isAlone(call.caller) ? call.caller : call.isAlone(call.callee) ? call.callee : null
      if (leg === null || call.arrangement !== null) {
        this.#services.journal.remove('obligation', parkKey(call.id))
        return
      }
      const slot = this.#slotById(slotId)
      // Without the slot nobody could fetch it: it goes back to its parker.
      if (slot === undefined) {
        this.#services.journal.remove('obligation', parkKey(call.id))
        return
      }
      const parked = new ParkedCall(this.#services, this, call, leg, slot, Number(since), Number(rounds))
      this.#bySlot.set(slot.id, parked)
      parked.resume()
    })
  }

  // --- parts

  #fetch(user: User, parked: ParkedCall, invite: TakenInvite): void {
    if (parked.busy) invite.refuse(beingFetched.status, beingFetched.phrase, '')
    else Fetching.start(this.#services, parked, invite, [this.#services.usage.take('line', user.id)])
  }

  #parkedAt(user: User, extension: string): ParkedCall | undefined {
    const slot = this.#slots(user.pbx.id).find((one) => one.extension === extension)
    return slot === undefined ? undefined : this.#bySlot.get(slot.id)
  }

  #slots(pbx: string): readonly ParkSlot[] {
    return this.#services.snapshot.parkSlots.get(pbx) ?? []
  }

  #slotById(id: string): ParkSlot | undefined {
    for (const slots of this.#services.snapshot.parkSlots.values()) {
      const slot = slots.find((one) => one.id === id)
      if (slot !== undefined) return slot
    }
    return undefined
  }

  /** The slot with this extension, or where '' the first that is free. */
  #slotFor(pbx: string, extension: string): ParkSlot | ParkRefusal {
    const slots = this.#slots(pbx)
    if (slots.length === 0) return noSlots
    const isFree = ({ id }: ParkSlot) => !this.#bySlot.has(id) && !this.#promised.has(id)
    if (extension === '') return slots.find(isFree) ?? allTaken
    const slot = slots.find((one) => one.extension === extension)
    if (slot === undefined) return { status: 404, phrase: 'There Is No Such Park Slot' }
    return isFree(slot) ? slot : taken
  }

  /** The call that the user has put on hold last. */
  #heldBy(user: User): { readonly call: Conversation; readonly leg: Leg } | null {
    let newest: { readonly call: Conversation; readonly leg: Leg } | null = null
    for (const call of this.#services.calls.all()) {
      if (!(call instanceof Conversation) || call.arrangement !== null) continue
      for (const leg of [call.caller, call.callee]) {
        const { kind, id } = leg.party
        if (kind !== 'user' || id !== user.id || leg.heldSince === 0 || call.isAlone(leg)) continue
        if (newest === null || leg.heldSince > newest.leg.heldSince) newest = { call, leg }
      }
    }
    return newest
  }

  /**
   * Parks the other side of `call`, as soon as nothing is under way in it; `leg` leaves it.
   * @param transfer by which it is done; `null`: by none
   * @param done told once
   */
  #park(
    call: Conversation,
    leg: Leg,
    slot: ParkSlot,
    transfer: Transfer | null,
    reports: ReferReports | null,
    done: (refusal: ParkRefusal | null) => void,
  ): Joining {
    const waits = call.other(leg)
    this.#promised.add(slot.id)
    const sides = [
      { call, leg: waits },
      { call, leg },
    ]
    return new Joining(this.#services, sides, (settled) => {
      this.#promised.delete(slot.id)
      // Another phone may have taken the place of either side meanwhile.
      const same = call.caller === leg ? call.callee === waits : call.callee === leg && call.caller === waits
      if (!settled || !same || call.over || leg.hungUp || call.arrangement !== transfer) {
        done(notNow)
        return
      }
      transfer?.done()
      const parked = new ParkedCall(this.#services, this, call, waits, slot, this.#services.clock.now(), 0)
      this.#bySlot.set(slot.id, parked)
      call.vacate(leg)
      parked.begin()
      DepartingLeg.depart(this.#services, leg, reports)
      done(null)
    })
  }
}
