/** Takes up what a process that died knew of phones (docs/calls.md, "A crash loses no call"). */
import type { Subscriptions } from '../lamps/subscriptions.ts'
import type { RecoveredEntries } from '../records/entries.ts'
import type { Bindings } from '../registrar/bindings.ts'
import type { LastCallers } from './last-callers.ts'
import type { Log } from './services.ts'

/** Taken up in one go, between requests: a few milliseconds while nothing is compiled yet. */
const entriesPerSlice = 200

/** Whose state it is. */
interface PhoneState {
  readonly bindings: Bindings
  readonly subscriptions: Subscriptions
  readonly lastCallers: LastCallers
  readonly log: Log
}

/**
 * Takes up registrations, lamps that are watched, and last callers, a slice each time that the next is asked for. There may
 * be a hundred thousand of them and nothing inside a call needs one, so calls go on between the slices
 * (docs/decisions/0061-calls-before-phones-after-a-crash.md).
 */
export function* restorePhones(state: PhoneState, { entries }: RecoveredEntries): Generator<undefined, void> {
  const { bindings, subscriptions, lastCallers, log } = state
  let registered = 0
  let watched = 0
  for (let start = 0; start < entries.length; start += entriesPerSlice) {
    const slice: RecoveredEntries = { entries: entries.slice(start, start + entriesPerSlice), damage: [] }
    registered += bindings.restore(slice).restored
    watched += subscriptions.restore(slice)
    lastCallers.restore(slice)
    yield
  }
  subscriptions.board.watchersCame()
  if (registered + watched > 0) {
    log.info({ registrations: registered, subscriptions: watched }, 'Took up the phones that the last process knew')
  }
}
