import type { Binding } from './binding.ts'

/**
 * Bindings in the order in which they expire: a ring of slots of one second, each a doubly linked list through the
 * bindings themselves. Adding, moving and removing cost the same however many there are, and no memory of their own;
 * one sweep a second takes out what is due. Times further ahead than the ring is long wait in its last slot and are
 * sorted in again.
 */
export class ExpiryRing {
  readonly #slots: (Binding | null)[]
  #sweptSecond: number

  constructor(seconds: number, now: number) {
    this.#slots = new Array<Binding | null>(seconds + 2).fill(null)
    this.#sweptSecond = Math.floor(now / 1000)
  }

  add(binding: Binding): void {
    const second = Math.ceil(binding.expiresAt / 1000)
    const earliest = this.#sweptSecond + 1
    const latest = this.#sweptSecond + this.#slots.length - 1
    const slot = Math.min(Math.max(second, earliest), latest) % this.#slots.length
    const head = this.#slots[slot] ?? null
    binding.slot = slot
    binding.previous = null
    binding.next = head
    if (head !== null) head.previous = binding
    this.#slots[slot] = binding
  }

  remove(binding: Binding): void {
    if (binding.slot < 0) return
    if (binding.previous === null) this.#slots[binding.slot] = binding.next
    else binding.previous.next = binding.next
    if (binding.next !== null) binding.next.previous = binding.previous
    binding.previous = null
    binding.next = null
    binding.slot = -1
  }

  /** Takes out everything that expired by `now` (ms). */
  takeExpired(now: number): Binding[] {
    const expired: Binding[] = []
    const early: Binding[] = []
    const second = Math.floor(now / 1000)
    const length = this.#slots.length
    for (let at = Math.max(this.#sweptSecond + 1, second - length + 1); at <= second; at++) {
      let binding = this.#slots[at % length] ?? null
      while (binding !== null) {
        const next: Binding | null = binding.next
        this.remove(binding)
        if (binding.expiresAt <= now) expired.push(binding)
        else early.push(binding)
        binding = next
      }
    }
    this.#sweptSecond = Math.max(this.#sweptSecond, second)
    for (const binding of early) this.add(binding)
    return expired
  }
}
