import type { Watch } from './watch.ts'

/** Somebody waits in a park slot: his dialog as his phone names it, and the call. */
export interface InSlot {
  readonly slot: string
  readonly key: string
  readonly call: string
}

/** Judges that whoever waits in a park slot waits there after a crash as well. */
export class SlotsOverCrash {
  readonly #watch: Watch
  #waited: readonly InSlot[] = []

  constructor(watch: Watch) {
    this.#watch = watch
  }

  /** The process died in a turn: what that changed may be lost or not. */
  died(before: readonly InSlot[], after: readonly InSlot[]): void {
    this.#waited = before.filter((one) => isIn(after, one))
  }

  /** The next one has taken up all calls. `goesOn`: whether it has this one. */
  isBack(now: readonly InSlot[], goesOn: (call: string) => boolean): void {
    for (const waited of this.#waited) {
      if (!goesOn(waited.call) || isIn(now, waited)) continue
      this.#watch.fail(`After a crash ${waited.key} does not wait in ${waited.slot} any more`)
    }
    this.#waited = []
  }
}

function isIn(parked: readonly InSlot[], { slot, key }: InSlot): boolean {
  return parked.some((one) => one.slot === slot && one.key === key)
}
