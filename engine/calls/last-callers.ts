import type { Journal, RecoveredEntries } from '../records/entries.ts'
import type { ShownCaller } from '../router/decision.ts'
import { ownCopy } from '../sip/own-copy.ts'
import type { Clock, TimerOwner } from '../sip/transport.ts'

/** Who withheld his number. */
export const anonymousCaller = 'anonymous'

/** Between two writes (ms): a call costs no journal record of its own for this. */
const pause = 1000
/** As many users' last callers are known; then the ones that were called longest ago are forgotten. */
const mostUsers = 100_000

/**
 * Who called each user last, answered or not, as the user would dial him: for call return, and for blocking without a number.
 * Kept over restarts, but for the last second before a crash.
 */
export class LastCallers implements TimerOwner {
  readonly #clock: Clock
  readonly #journal: Journal
  /** By user id, oldest first. */
  readonly #callers = new Map<string, string>()
  readonly #unsaved = new Set<string>()
  #waits = false

  constructor(clock: Clock, journal: Journal) {
    this.#clock = clock
    this.#journal = journal
  }

  /** The user is being rung for this caller. */
  called(userId: string, caller: ShownCaller): void {
    const name = caller.anonymous ? anonymousCaller : caller.user
    const before = this.#callers.get(userId)
    if (before === name) return
    if (before !== undefined) this.#callers.delete(userId)
    // It may be a view of the whole INVITE.
    this.#callers.set(userId, ownCopy(name))
    this.#unsaved.add(userId)
    if (this.#callers.size > mostUsers) this.#forgetOldest()
    if (this.#waits) return
    this.#waits = true
    this.#clock.start(pause, this, 'last callers')
  }

  /** As the user would dial him; `anonymousCaller`; '' where nobody called yet. */
  of(userId: string): string {
    return this.#callers.get(userId) ?? ''
  }

  timerFired(): void {
    this.#waits = false
    for (const userId of this.#unsaved) {
      const caller = this.#callers.get(userId)
      if (caller !== undefined) this.#journal.put('lastCaller', userId, caller)
    }
    this.#unsaved.clear()
  }

  /** Takes up what the process before this one knew. */
  restore({ entries }: RecoveredEntries): void {
    for (const { kind, key, value } of entries) if (kind === 'lastCaller') this.#callers.set(key, value)
  }

  #forgetOldest(): void {
    for (const userId of this.#callers.keys()) {
      this.#callers.delete(userId)
      this.#unsaved.delete(userId)
      this.#journal.remove('lastCaller', userId)
      return
    }
  }
}
