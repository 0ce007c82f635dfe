/**
 * The people of a load. Everything about user N follows from N and the plan, so that the configuration and SIPp's files
 * agree.
 *
 * Of each ten users the last three have a part of their own (`partOf`), the others are alike.
 */

export interface PopulationPlan {
  /** Users in all, at least ten. */
  readonly count: number
  /** Id of the PBX, and beginning of all other ids. */
  readonly pbx: string
  /** Its SIP domain. The second PBX is `branch.` below it. */
  readonly domain: string
  readonly firstExtension: number
  /** Under which the second PBX reaches the first. */
  readonly dialCode: string
  /** From where SIPp calls as a carrier, as the server sees it. */
  readonly carrierAddress: string
  readonly carrierPort: number
}

/**
 * `branch`: his phone is at the second PBX and calls the first by its dial code. `forwards`: all his calls go to the
 * first user of his ten. `blocks`: he does not want the caller who calls him. `plain`: none of it.
 */
export type UserPart = 'plain' | 'branch' | 'forwards' | 'blocks'

export interface LoadUser {
  readonly index: number
  readonly part: UserPart
  readonly sipUserName: string
  readonly password: string
  readonly domain: string
  readonly extension: string
  /** E.164. */
  readonly phoneNumber: string
  /** E.164; who calls this user from outside. */
  readonly callerNumber: string
}

/** A user has part 7, 8 or 9 of each ten by his place in it. */
const places = 10
export const fewestUsers = places
/** What seven digits can count. */
export const mostUsers = 100_000

/**
 * Country code 999 is not given to anybody (ITU-T E.164 list of assigned codes), so that no number of a load is somebody's.
 */
const numberPrefix = '+9991'
const callerPrefix = '+9992'

/** @param password makes one password; called once for each user in order */
export function loadUsers(plan: PopulationPlan, password: () => string): LoadUser[] {
  return Array.from({ length: plan.count }, (_, index) => {
    const part = partOf(index)
    const digits = String(index).padStart(7, '0')
    return {
      index,
      part,
      sipUserName: `${plan.pbx}-${digits}`,
      password: password(),
      domain: part === 'branch' ? branchDomain(plan) : plan.domain,
      extension: String(plan.firstExtension + index),
      phoneNumber: numberPrefix + digits,
      callerNumber: callerPrefix + digits,
    }
  })
}

export function branchDomain(plan: PopulationPlan): string {
  return `branch.${plan.domain}`
}

function partOf(index: number): UserPart {
  const place = index % places
  return place === 7 ? 'branch' : place === 8 ? 'forwards' : place === 9 ? 'blocks' : 'plain'
}

/** The one to whom a user of the part `forwards` sends his calls. */
export function forwardTarget(user: LoadUser, users: readonly LoadUser[]): LoadUser {
  const target = users[user.index - (user.index % places)]
  if (target === undefined) throw new Error(`User ${user.index} has no first of his ten`)
  return target
}
