import type { LampDialog } from '../lamps/lamp-dialog.ts'
import type { Leg } from './leg.ts'

/**
 * Something is being arranged for one side of an answered call: somebody is rung in the other's place, or it waits in a
 * park. While it lasts the other side may hang up without ending the call; then this side is alone, on hold.
 */
export interface Arrangement {
  /** The side that stays. */
  readonly leg: Leg
  /** The other side has hung up. */
  otherLeft(): void
  /** The side has hung up, or the call has ended otherwise: nothing comes of it. */
  callEnded(): void
  /** Extension of the park slot in which it waits; left out where it does not. */
  readonly parkedIn?: string
  /** Where it lights a lamp of its own: as `LampSource` says. */
  addLampDialogs?(key: string, dialogs: LampDialog[]): void
}
