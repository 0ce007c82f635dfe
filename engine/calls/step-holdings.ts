import type { Ring, Target } from '../router/decision.ts'
import { keyOf } from '../router/toll-fraud.ts'
import { pbxOf } from './ring-targets.ts'
import type { Holding, Usage } from './usage.ts'

/** What the targets of a step use: each gives back its own when its phones are done. */
export class StepHoldings {
  readonly #usage: Usage
  /** Id of the caller's PBX, which counts this call already; '' for none. */
  readonly #callerPbx: string
  /** `target` null: held for the whole step. */
  #held: { readonly target: Target | null; readonly holding: Holding }[] = []

  constructor(usage: Usage, callerPbx: string) {
    this.#usage = usage
    this.#callerPbx = callerPbx
  }

  take(ring: Ring, target: Target): void {
    // Several who ring together are one call.
    if (target === ring.targets[0]) this.#takePbx(target)
    if (target.kind === 'user') {
      this.#hold(target, this.#usage.take('line', target.user.id))
      return
    }
    this.#hold(target, this.#usage.take('channel', target.trunk.id))
    if (target.charge !== null) this.#hold(target, this.#usage.takeOutside(target.charge))
    const forwarded = ring.diversions.length > 0 || ring.group !== null
    if (forwarded && target.onBehalfOf !== null) {
      this.#hold(target, this.#usage.take('forward', keyOf(target.onBehalfOf)))
    }
  }

  #takePbx(target: Target): void {
    const pbx = pbxOf(target)
    if (pbx === null || pbx.simultaneousCalls === 0 || pbx.id === this.#callerPbx) return
    this.#hold(null, this.#usage.take('pbx', pbx.id))
  }

  /** Of several who rang together one of another PBX may have answered: the call is counted there instead. */
  #countAt(winner: Target): void {
    for (const counted of this.#held) {
      if (counted.target !== null) continue
      if (counted.holding.id === pbxOf(winner)?.id) return
      this.#usage.give(counted.holding)
      this.#held = this.#held.filter((each) => each !== counted)
      break
    }
    this.#takePbx(winner)
  }

  /** Gives back what one target uses. */
  give(target: Target): void {
    const left = this.#held.filter((each) => each.target !== target)
    for (const { target: of, holding } of this.#held) if (of === target) this.#usage.give(holding)
    this.#held = left
  }

  giveAll(): void {
    for (const { holding } of this.#held) this.#usage.give(holding)
    this.#held = []
  }

  /** Gives back all but what the winner uses, which is the conversation's from now on; `null`: nobody has won. */
  handOver(winner: Target | null): Holding[] {
    const kept: Holding[] = []
    if (winner !== null) this.#countAt(winner)
    for (const { target, holding } of this.#held) {
      if (target === winner || target === null) {
        this.#usage.talks(holding)
        kept.push(holding)
      } else this.#usage.give(holding)
    }
    this.#held = []
    return kept
  }

  get all(): readonly Holding[] {
    return this.#held.map(({ holding }) => holding)
  }

  #hold(target: Target | null, holding: Holding): void {
    this.#held.push({ target, holding })
  }
}
