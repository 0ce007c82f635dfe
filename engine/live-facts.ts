import type { Usage } from './calls/usage.ts'
import type { Snapshot } from './config/snapshot.ts'
import type { LiveFacts } from './control/protocol.ts'
import type { TrunkState } from './router/decision.ts'

/**
 * What the router would be told at this moment of the users, ring groups, accounts (by key) and trunks named; unknown ids are
 * left out.
 */
export function liveFacts(
  snapshot: Snapshot | null,
  live: Usage,
  userIds: readonly string[],
  trunkIds: readonly string[],
): LiveFacts {
  const registered: Record<string, boolean> = {}
  const linesInUse: Record<string, number> = {}
  const outsideForwards: Record<string, number> = {}
  const channelsInUse: Record<string, number> = {}
  const lastAnswered: Record<string, number> = {}
  const idleSince: Record<string, number> = {}
  const tollUse: Record<string, Readonly<Record<string, number>>> = {}
  const trunkStates: Record<string, TrunkState> = {}
  for (const id of userIds) {
    tollUse[id] = live.tollUses(id)
    const group = snapshot?.ringGroups.get(id)
    if (group !== undefined) {
      outsideForwards[id] = live.outsideForwards(group)
      lastAnswered[id] = live.lastAnswered(group)
    }
    const user = snapshot?.users.get(id)
    if (user === undefined) continue
    idleSince[id] = live.idleSince(user)
    registered[id] = live.registered(user)
    linesInUse[id] = live.linesInUse(user)
    outsideForwards[id] = live.outsideForwards(user)
  }
  for (const trunk of snapshot?.trunks ?? []) {
    if (!trunkIds.includes(trunk.id)) continue
    channelsInUse[trunk.id] = live.channelsInUse(trunk)
    trunkStates[trunk.id] = live.trunkState(trunk)
  }
  return { registered, linesInUse, outsideForwards, channelsInUse, trunkStates, lastAnswered, idleSince, tollUse }
}
