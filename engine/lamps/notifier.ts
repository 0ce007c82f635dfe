import type { Dialog } from '../sip/dialog.ts'
import { requestWithin } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { leadingNumber } from '../sip/message.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import { isReliable } from '../sip/transaction/parts.ts'
import type { TimerHandle, TimerOwner } from '../sip/transport.ts'
import { transportParameter } from '../sip/uri.ts'
import type { SubscriptionServices } from './services.ts'
import type { Subscription, SubscriptionOwner } from './subscription.ts'
import type { SubscriptionCounters } from './subscription-counters.ts'
import type { WatchedStates } from './watched-states.ts'

/** NOTIFYs that leave in one go, between other events: about half a millisecond. */
const notifiesPerSlice = 40
/** So many failures in a row that are nobody's end, and the subscription is given up. */
const mostFailures = 5
/** How long a phone may ask us to wait (s). */
const longestWait = 600

/** Whose subscriptions they are. */
export interface NotifierOwner {
  /** Its phone does not want it any more, or cannot be told. */
  subscriptionLost(subscription: Subscription, why: string): void
  /** Its last NOTIFY has left. */
  subscriptionOver(subscription: Subscription): void
  /** Its connection is gone: another way to the phone. @returns false where there is none now */
  findFlow(subscription: Subscription): boolean
}

/**
 * Sends NOTIFYs: for each subscription one after the other, not too many, and each with the newest state (RFC 6665
 * §4.2.2). Many that change at once are told in slices.
 */
export class Notifier implements SubscriptionOwner, TimerOwner {
  readonly #services: SubscriptionServices
  readonly #states: WatchedStates
  readonly #counters: SubscriptionCounters
  readonly #owner: NotifierOwner
  #queue: Subscription[] = []
  #timer: TimerHandle | null = null

  constructor(
    services: SubscriptionServices,
    states: WatchedStates,
    counters: SubscriptionCounters,
    owner: NotifierOwner,
  ) {
    this.#services = services
    this.#states = states
    this.#counters = counters
    this.#owner = owner
  }

  /** Something may have changed: it is looked at when this turn is over. */
  want(subscription: Subscription): void {
    if (subscription.queued) return
    subscription.queued = true
    this.#queue.push(subscription)
    this.#timer ??= this.#services.clock.start(1, this, 'slice')
  }

  /** A NOTIFY leaves now, or as soon as the one before it is answered, whatever there is to say. */
  tell(subscription: Subscription): void {
    subscription.told = null
    this.#stopWaiting(subscription)
    this.#states.forget()
    this.#look(subscription, true)
  }

  /** It is over: nothing is waited for any more but the answer of a NOTIFY under way. */
  end(subscription: Subscription): void {
    this.#stopWaiting(subscription)
    this.#states.forget()
    this.#look(subscription, true)
  }

  timerFired(): void {
    this.#timer = null
    const slice = this.#queue.splice(0, notifiesPerSlice)
    this.#states.forget()
    for (const subscription of slice) {
      subscription.queued = false
      this.#look(subscription, false)
    }
    // With rests between: after a restart everybody is told, and calls come first.
    if (this.#queue.length > 0) this.#timer ??= this.#services.clock.start(2, this, 'slice')
  }

  answered(subscription: Subscription, response: SipMessage): void {
    const { status } = response
    if (status < 300) {
      subscription.failures = 0
      this.#goOn(subscription)
    } else if (isPassing(status)) {
      this.#failed(subscription, status, leadingNumber(response.header(Header.retryAfter)))
    } else this.#owner.subscriptionLost(subscription, String(status))
  }

  timedOut(subscription: Subscription): void {
    this.#owner.subscriptionLost(subscription, 'no answer')
  }

  /** The network did not take it. */
  notSent(subscription: Subscription): void {
    subscription.told = null
    if (!isReliable(subscription.dialog.flow)) {
      this.#failed(subscription, 0, 0)
      return
    }
    subscription.flowLost = true
    subscription.wanted = true
    if (++subscription.failures <= mostFailures) this.want(subscription)
  }

  notifyDue(subscription: Subscription): void {
    this.#states.forget()
    this.#look(subscription, false)
  }

  #goOn(subscription: Subscription): void {
    if (subscription.ended !== null || subscription.told === null) this.tell(subscription)
    else if (subscription.wanted) this.want(subscription)
  }

  /** It is tried again later, unless that was tried often enough. `seconds`: what the phone asks for; 0 or less: nothing */
  #failed(subscription: Subscription, status: number, seconds: number): void {
    if (++subscription.failures > mostFailures || subscription.ended !== null) {
      this.#owner.subscriptionLost(subscription, status === 0 ? 'cannot be reached' : String(status))
      return
    }
    subscription.told = null
    const wait = seconds > 0 ? Math.min(seconds, longestWait) : 2 ** subscription.failures
    subscription.timer = this.#services.clock.start(wait * 1000, subscription, 'again')
  }

  /** @param now whether what changed is told however much was told before */
  #look(subscription: Subscription, now: boolean): void {
    const { ended } = subscription
    subscription.wanted = true
    if (subscription.over || subscription.underWay !== null) return
    if (subscription.flowLost && !this.#owner.findFlow(subscription)) {
      if (ended !== null) this.#owner.subscriptionOver(subscription)
      return
    }
    if (subscription.timer !== null || !this.#services.ready) return
    subscription.wanted = false
    const state = this.#states.stateFor(subscription)
    if (state === subscription.told && ended === null) return
    if (!now && !this.#allows(subscription)) {
      subscription.wanted = true
      return
    }
    this.#send(subscription, state)
  }

  /** Takes one of the NOTIFYs that may leave; where there is none, one will leave later. */
  #allows(subscription: Subscription): boolean {
    const { clock } = this.#services
    const { burst, interval } = subscription.event
    const now = clock.now()
    const since = (now - subscription.allowedAt) / interval
    subscription.allowedAt = now
    subscription.allowance = Math.min(burst, subscription.allowance + since)
    if (subscription.allowance >= 1) {
      subscription.allowance--
      return true
    }
    const wait = Math.ceil((1 - subscription.allowance) * interval)
    subscription.timer = clock.start(wait, subscription, 'allowed')
    this.#counters.putOff++
    return false
  }

  #send(subscription: Subscription, state: string): void {
    const { network, random, transactions, clock, journal } = this.#services
    const { dialog, event, eventId, ended } = subscription
    if (ended === null && dialog.localSequence >= subscription.reserved) {
      journal.put('subscription', subscription.id, subscription.save())
    }
    const seconds = Math.max(0, Math.ceil((subscription.expiresAt - clock.now()) / 1000))
    const body = this.#states.bodyFor(subscription, state, dialog.localSequence)
    const headers =
      contactLine(network.advertised(dialog.flow), dialog) +
      `Event: ${event.name}${eventId === '' ? '' : `;id=${eventId}`}\r\n` +
      `Subscription-State: ${ended === null ? `active;expires=${seconds}` : `terminated;reason=${ended}`}\r\n` +
      (body === '' ? '' : `Content-Type: ${event.contentType}\r\n`)
    const request = requestWithin(dialog, 'NOTIFY', 70, headers, body, network, random)
    this.#counters.notified++
    subscription.told = state
    if (ended !== null) {
      transactions.sendRequest(request, dialog.flow, null)
      this.#owner.subscriptionOver(subscription)
      return
    }
    const underWay = new NotifyUnderWay(this, subscription)
    subscription.underWay = underWay
    transactions.sendRequest(request, dialog.flow, underWay)
  }

  #stopWaiting(subscription: Subscription): void {
    if (subscription.timer !== null) this.#services.clock.stop(subscription.timer)
    subscription.timer = null
  }
}

/** One NOTIFY, until it is answered; or until its connection is lost, when nobody waits for it any more. */
class NotifyUnderWay implements ClientTransactionUser {
  readonly #notifier: Notifier
  readonly #subscription: Subscription

  constructor(notifier: Notifier, subscription: Subscription) {
    this.#notifier = notifier
    this.#subscription = subscription
  }

  responseReceived(response: SipMessage): void {
    if (response.status >= 200 && this.#isOver()) this.#notifier.answered(this.#subscription, response)
  }

  timedOut(): void {
    if (this.#isOver()) this.#notifier.timedOut(this.#subscription)
  }

  transportFailed(): void {
    if (this.#isOver()) this.#notifier.notSent(this.#subscription)
  }

  /** @returns false if nobody waits for it */
  #isOver(): boolean {
    if (this.#subscription.underWay !== this) return false
    this.#subscription.underWay = null
    return true
  }
}

/** RFC 5057 §5.1: these concern the one request and leave the subscription as it is. */
function isPassing(status: number): boolean {
  return status === 491 || status === 500 || status === 503 || status === 504
}

/** Contact of our end. `advertised`: host and port by which the phone reaches us */
export function contactLine(advertised: string, dialog: Dialog): string {
  return `Contact: <sip:${advertised}${transportParameter(dialog.flow.transport)}>\r\n`
}
