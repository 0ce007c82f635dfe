import type { Leg } from './leg.ts'
import { restOf } from './leg.ts'
import type { CallServices } from './services.ts'

/** A call that ends: its sides, and its state for the journal. */
export interface EndingCall {
  readonly id: string
  readonly caller: Leg
  readonly callee: Leg
  save(): string
}

/**
 * The end of an answered call: a BYE to each side that has not hung up, as soon as its answer is acknowledged. While an
 * ACK is waited for, the next process must know that the call is over.
 */
export class ConversationEnding {
  readonly #services: CallServices
  readonly #call: EndingCall

  constructor(services: CallServices, call: EndingCall) {
    this.#services = services
    this.#call = call
  }

  /**
   * @param by has ended its side; `null`: we end both
   * @param reason whole lines of the BYEs
   */
  start(by: Leg | null, reason: string): void {
    if (by !== null) {
      passUnacknowledged(by)
      // §13.3.1.4: whoever has not acknowledged our answer may not have it yet, and waits for it though he hung up.
      by.hungUp = true
      if (by.answer === null) this.settle(by)
    }
    for (const leg of [this.#call.caller, this.#call.callee]) {
      if (leg === by || leg.hungUp) continue
      // §15: whoever answered may not hang up before his answer is acknowledged.
      if (leg.answer !== null) leg.byeWanted = reason
      else this.#bye(leg, reason)
    }
    this.#saveRest()
  }

  /** The answer of a leg is acknowledged or given up: it is told goodbye, or forgotten. */
  settle(leg: Leg): void {
    if (leg.byeWanted !== null) this.#bye(leg, leg.byeWanted)
    else if (leg.hungUp) {
      this.#services.calls.unregister(leg.dialog.localTag)
      this.#saveRest()
    }
  }

  #bye(leg: Leg, reason: string): void {
    leg.byeWanted = null
    passUnacknowledged(leg)
    const { calls, obligations } = this.#services
    // Until it is answered, a BYE that crosses ours still belongs to this dialog.
    obligations.bye(leg.dialog, reason, () => calls.unregister(leg.dialog.localTag))
    this.#saveRest()
  }

  #saveRest(): void {
    const { journal } = this.#services
    const { id, caller, callee } = this.#call
    if (restOf(caller) + restOf(callee) === '--') journal.remove('call', id)
    else journal.put('call', id, this.#call.save())
  }
}

/** A late offer whose answer will never come: the other side is owed its ACK all the same. */
function passUnacknowledged(leg: Leg): void {
  const { lateAnswer } = leg
  leg.lateAnswer = null
  lateAnswer?.pass('', '')
}
