import type { Attempt } from '../router/decision.ts'
import type { Usage } from './usage.ts'

/**
 * Limits of the caller (docs/calls.md): a user's lines and one for a consultation, a trunk's channels. `null` where he has
 * not reached them.
 */
export function callerLimit(
  usage: Usage,
  { caller }: Attempt,
): { readonly status: number; readonly phrase: string } | null {
  if (caller.kind === 'device') {
    const { user } = caller
    return usage.linesInUse(user) > user.lines ? { status: 486, phrase: 'All Your Lines Are In Use' } : null
  }
  const { trunk } = caller
  if (trunk.channels === 0 || usage.channelsInUse(trunk) < trunk.channels) return null
  return { status: 503, phrase: 'All Channels Are In Use' }
}
