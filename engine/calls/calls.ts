import type { LampSource, Lamps } from '../lamps/lamp-dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import type { Flow } from '../sip/transport.ts'
import type { Leg } from './leg.ts'
import type { Party } from './services.ts'

/** Whoever stands behind one of our dialogs, or dialogs to be. */
export interface DialogOwner {
  /** A request inside the dialog with our tag `localTag`; never ACK or CANCEL. */
  requestReceived(request: SipMessage, flow: Flow, localTag: string): void
  ackReceived(ack: SipMessage, flow: Flow, localTag: string): void
  /** A 2xx to an INVITE of this dialog that no transaction waits for any more. */
  lateAnswerReceived(response: SipMessage, localTag: string): void
}

export type HeldBy = 'nobody' | 'caller' | 'callee' | 'both'

/** What is shown of a call. */
export interface CallView {
  readonly id: string
  readonly state: 'ringing' | 'answered'
  readonly caller: string
  readonly dialled: string
  /** Who rings or has answered. */
  readonly callee: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** 0 while it rings. */
  readonly answeredAt: number
  /** Which sides hold the other one. */
  readonly heldBy: HeldBy
  /** Extension of the park slot in which one side waits; left out where none does. */
  readonly parkedIn?: string
  /** Users and trunks on both sides. */
  readonly parties: readonly Party[]
}

export interface VisibleCall extends LampSource {
  view(): CallView
  /** Tells the lamps of everybody in it that they may show something else. */
  touchLamps(lamps: Lamps): void
  /** Ends it on all sides, by order. `reason`: whole lines of what is sent. */
  hangUp(reason: string): void
  /** A phone of the user that was reached by one of `lost` is reached by `flow` from now on. */
  phoneCameBack(userId: string, lost: readonly Flow[], flow: Flow): void
}

export type CallChange = 'started' | 'ringing' | 'answered' | 'held' | 'resumed' | 'parked' | 'unparked'

/** Who watches calls come and go. */
export interface CallWatcher {
  callChanged(event: CallChange, call: CallView): void
  /** `status`: final status that the caller got. */
  callEnded(call: CallView, status: number): void
}

const nobodyWatches: Lamps = { anyWatched: false, touched: () => undefined }

/** All calls there are, and whose dialog is whose. */
export class Calls {
  /** `null` while nobody watches: then nothing is made for it. */
  watcher: CallWatcher | null = null
  /** What phones watch. */
  lamps: Lamps = nobodyWatches
  readonly #byId = new Map<string, VisibleCall>()
  readonly #byLocalTag = new Map<string, DialogOwner>()

  /** By its id. */
  get(id: string): VisibleCall | undefined {
    return this.#byId.get(id)
  }

  get count(): number {
    return this.#byId.size
  }

  /** Dialogs known; zero when all is over. */
  get dialogs(): number {
    return this.#byLocalTag.size
  }

  /** Puts a call in, or in the place of its earlier stage. */
  set(id: string, call: VisibleCall): void {
    this.#byId.set(id, call)
    this.touchLamps(call)
    if (this.watcher !== null) {
      const view = call.view()
      this.watcher.callChanged(view.state === 'answered' ? 'answered' : 'started', view)
    }
  }

  /** Somebody's phone rings now. */
  rings(call: VisibleCall): void {
    if (this.watcher !== null) this.watcher.callChanged('ringing', call.view())
  }

  /** A side of a call holds the other, or speaks with it again. */
  holds(call: VisibleCall, leg: Leg): void {
    const held = leg.heldSince !== 0
    if (this.watcher !== null) this.watcher.callChanged(held ? 'held' : 'resumed', call.view())
    this.touchLamps(call)
  }

  /** A side of a call waits in a park slot from now on, or has left it. */
  parks(call: VisibleCall, parked: boolean): void {
    if (this.watcher !== null) this.watcher.callChanged(parked ? 'parked' : 'unparked', call.view())
  }

  /** What the lamps of those in this call show may have changed, besides what is said by `set` and `remove`. */
  touchLamps(call: VisibleCall): void {
    if (this.lamps.anyWatched) call.touchLamps(this.lamps)
  }

  /** `status`: final status that the caller got. */
  remove(id: string, status: number): void {
    if (this.watcher !== null || this.lamps.anyWatched) {
      const call = this.#byId.get(id)
      if (call !== undefined) {
        this.touchLamps(call)
        this.watcher?.callEnded(call.view(), status)
      }
    }
    this.#byId.delete(id)
  }

  register(localTag: string, owner: DialogOwner): void {
    this.#byLocalTag.set(localTag, owner)
  }

  unregister(localTag: string): void {
    this.#byLocalTag.delete(localTag)
  }

  ownerOf(localTag: string): DialogOwner | undefined {
    return this.#byLocalTag.get(localTag)
  }

  /** All calls, for lamps that somebody begins to watch. */
  all(): IterableIterator<VisibleCall> {
    return this.#byId.values()
  }

  *views(): Generator<CallView> {
    for (const call of this.#byId.values()) yield call.view()
  }
}
