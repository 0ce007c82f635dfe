import type { User } from '../config/snapshot.ts'

/** A call that waits for a phone of a user to come back. */
export interface WaitingForPhone {
  phoneReturned(user: User): void
}

/**
 * Phones on TCP, TLS and WebSocket lose their connection when the engine restarts or a network changes, and make a new
 * one by themselves (RFC 5626 §4.5). A call to one of them waits for that a moment instead of failing.
 */
export class ReturningPhones {
  /** By user id. */
  readonly #waiting = new Map<string, Set<WaitingForPhone>>()

  wait(user: User, call: WaitingForPhone): void {
    const calls = this.#waiting.get(user.id)
    if (calls === undefined) this.#waiting.set(user.id, new Set([call]))
    else calls.add(call)
  }

  stop(user: User, call: WaitingForPhone): void {
    const calls = this.#waiting.get(user.id)
    if (calls === undefined) return
    calls.delete(call)
    if (calls.size === 0) this.#waiting.delete(user.id)
  }

  /** A phone of this user has registered. */
  returned(user: User): void {
    if (this.#waiting.size === 0) return
    for (const call of [...(this.#waiting.get(user.id) ?? [])]) call.phoneReturned(user)
  }
}
