import type { Pbx } from '../config/snapshot.ts'
import type { Attempt, Ring } from '../router/decision.ts'
import { pbxOf } from './ring-targets.ts'
import type { Usage } from './usage.ts'

export interface LimitReached {
  readonly status: number
  readonly phrase: string
}

const pbxFull: LimitReached = { status: 503, phrase: 'All Calls Of The PBX Are In Use' }

/**
 * Limits of a new call (docs/calls.md, "Limits"): a user's lines and one for a consultation, a trunk's channels, the calls
 * of the PBXs in which it begins and rings. `null` where none is reached.
 */
export function limitReached(usage: Usage, attempt: Attempt, ring: Ring): LimitReached | null {
  const { caller } = attempt
  const own = caller.kind === 'device' ? caller.user.pbx : null
  if (own !== null && isFull(usage, own)) return pbxFull
  const [first] = ring.targets
  const other = first === undefined ? null : pbxOf(first)
  if (other !== null && other.id !== own?.id && isFull(usage, other)) return pbxFull
  return callerLimit(usage, attempt)
}

function isFull(usage: Usage, { id, simultaneousCalls }: Pbx): boolean {
  return simultaneousCalls > 0 && usage.count('pbx', id) >= simultaneousCalls
}

/** Those of the caller alone. */
export function callerLimit(usage: Usage, { caller }: Attempt): LimitReached | null {
  if (caller.kind === 'device') {
    const { user } = caller
    return usage.linesInUse(user) > user.lines ? { status: 486, phrase: 'All Your Lines Are In Use' } : null
  }
  const { trunk } = caller
  if (trunk.channels === 0 || usage.channelsInUse(trunk) < trunk.channels) return null
  return { status: 503, phrase: 'All Channels Are In Use' }
}
