/** Writes what users change of their settings by feature codes: the same fields that the API changes. */
import type { WriteResult } from '../engine/config/configuration-writer.ts'
import type { Body, ConfigurationView } from '../engine/config/entities/kind.ts'
import type { UserBody } from '../engine/config/entities/user.ts'
import type { PhoneChangeOrder, UserChange, UserChangeResult } from '../engine/control/phone-changes.ts'
import type { AdminServices } from './plugin.ts'

/** What locks rules, do not disturb and block lists together. */
const lock = 'forwarding-rules'

/** Why a change is not even tried. */
class Refused extends Error {}

/** Carries one change out and brings it into force, with an audit event that names the user. */
export async function writePhoneChange(
  { configuration, engine, log }: Pick<AdminServices, 'configuration' | 'engine' | 'log'>,
  order: PhoneChangeOrder,
): Promise<UserChangeResult> {
  const { userId, address, change } = order
  let written: WriteResult
  try {
    written = await configuration.writeWith(
      (view) => [{ kind: 'user', id: userId, body: changedUser(view, userId, change) }],
      { actor: userNameOf(configuration.configuration, userId), address, source: 'phone' },
      { summary: summaryOf(userId, change) },
    )
  } catch (error) {
    if (error instanceof Refused) return { result: 'refused', reason: error.message }
    throw error
  }
  if (!written.ok) {
    if (written.reason === 'problems') return { result: 'refused', reason: written.problems[0]?.message ?? '' }
    log.warn({ user: userId, reason: written.reason }, 'A change that a user asked for by his phone was not written')
    return { result: 'failed' }
  }
  if (written.changes.length > 0 && !(await engine.bringIntoForce(written.revision, written.changes))) {
    return { result: 'failed' }
  }
  return { result: 'done' }
}

/** The user with the change in it. @throws Refused where he may not, or is not there any more */
function changedUser(view: ConfigurationView, userId: string, change: UserChange): Body {
  const user = view.get('user', userId)
  if (user === undefined) throw new Refused('This user does not exist any more')
  const body = user as Body & UserBody
  const policy = body.profilePolicy === undefined ? undefined : view.get('profilePolicy', body.profilePolicy)
  const locks = policy?.['locks']
  if (Array.isArray(locks) && locks.includes(lock)) throw new Refused('The profile policy does not allow this')
  switch (change.kind) {
    case 'doNotDisturb':
      return { ...user, doNotDisturb: change.on }
    case 'forward': {
      const before = body.forwarding?.[change.event]
      // Switched off it stays, so that whoever switches it on in the console finds it again.
      if (change.to === null) {
        if (before === undefined || before.enabled === false) return user
        return { ...user, forwarding: { ...body.forwarding, [change.event]: { ...before, enabled: false } } }
      }
      return { ...user, forwarding: { ...body.forwarding, [change.event]: { to: change.to } } }
    }
    case 'block': {
      const { callers = [], ...others } = body.blockList ?? {}
      const without = callers.filter((caller) => caller !== change.caller)
      if (change.on) return { ...user, blockList: { ...others, callers: [...without, change.caller] } }
      return without.length === callers.length ? user : { ...user, blockList: { ...others, callers: without } }
    }
  }
}

function userNameOf(view: ConfigurationView, userId: string): string {
  const name = view.get('user', userId)?.['userName']
  return typeof name === 'string' ? name : userId
}

function summaryOf(userId: string, change: UserChange): string {
  switch (change.kind) {
    case 'doNotDisturb':
      return `${userId} switched do not disturb ${change.on ? 'on' : 'off'} by phone`
    case 'forward':
      return change.to === null
        ? `${userId} switched forwarding (${change.event}) off by phone`
        : `${userId} switched forwarding (${change.event}) to ${Object.values(change.to).join('')} on by phone`
    case 'block':
      return `${userId} ${change.on ? 'blocked' : 'unblocked'} ${change.caller} by phone`
  }
}
