/** Lets the router and the reference say how two are recorded who came together in another way than by a call. */
import type { Snapshot } from '../../engine/config/snapshot.ts'
import { recordingBetween } from '../../engine/router/recording.ts'
import { recordData } from '../scenarios/play-scenario.ts'
import type { Chance } from '../simulation/chance.ts'
import type { Company, User } from './reference/document.ts'
import { recorded } from './reference/recording.ts'
import type { Caller } from './reference/world.ts'

/** Of two of them, or of one and somebody outside; `null` where both say the same. */
export function recordingDifference(company: Company, snapshot: Snapshot, chance: Chance): string | null {
  const somebody = () => (chance.happens(0.2) ? null : chance.pick(company.users))
  const [caller, callee] = [somebody(), somebody()]
  const group = chance.happens(0.3) && company.ringGroups.length > 0 ? chance.pick(company.ringGroups) : null
  const compiled = (user: User | null) => (user === null ? null : (snapshot.users.get(user.userName) ?? null))
  const ofGroup = group === null ? null : (snapshot.ringGroups.get(`ringGroup:${group.id}`) ?? null)
  const router = JSON.stringify(recordData(recordingBetween(compiled(caller), compiled(callee), ofGroup)))
  const outside: Caller = { number: '+442079460901', name: '', givenName: '', anonymous: false }
  const reference = JSON.stringify(recorded(caller === null ? outside : { user: caller, code: null }, callee, group))
  if (router === reference) return null
  return `${caller?.userName} and ${callee?.userName} for ${group?.id}: router ${router}, reference ${reference}`
}
