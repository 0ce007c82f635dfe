/** Feature codes that ask for something: what they are decided to mean. */
import type { FeatureName, ParkSlot, Pbx, User } from '../config/snapshot.ts'
import type { Refuse } from './decision.ts'
import type { Reading } from './dialled.ts'
import { emergencyNumberIn, readDialled } from './dialled.ts'
import type { FeatureCode } from './feature-code.ts'
import { titleOfFeature } from './feature-code.ts'
import type { RouteListener } from './listener.ts'
import { callingCountryOf, objectionTo } from './permission.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { refusals } from './refusals.ts'

/** What stands behind the code of a feature. */
type ArgumentKind = 'none' | 'destination' | 'caller' | 'extension' | 'digits'

const argumentKinds: Readonly<Partial<Record<FeatureName, ArgumentKind>>> = {
  forwardAll: 'destination',
  forwardBusy: 'destination',
  forwardNoAnswer: 'destination',
  block: 'caller',
  unblock: 'caller',
  pickupExtension: 'extension',
  fetchParked: 'digits',
  page: 'digits',
}

/**
 * Decides a feature code that says nothing of a call that follows.
 *
 * @param pbx in which its argument is read: the caller's, or the one that the domain names; `null` for another account's
 */
export function decideFeature(question: Question, user: User, pbx: Pbx | null, found: FeatureCode): Refuse {
  const { feature, rest } = found
  const kind = argumentKinds[feature] ?? 'none'
  if (rest === '' && kind !== 'none' && kind !== 'caller') return withoutNumber(question, found)
  tellFeature(question, found, '')
  if (rest === '' || kind === 'digits') return asked(feature, user, rest, null)
  const emergency = emergencyNumberIn(rest, user)
  if (emergency !== '') return refusedArgument(question, user, `${emergency} is an emergency number`, 403)
  const argument = readDialled(question.snapshot, user, pbx, rest, question.listener)
  if (argument.kind === 'nothing') return refusals.notInService
  if (kind === 'extension' && argument.kind !== 'callee') {
    return refusedArgument(question, user, `${rest} is no extension`, 404)
  }
  if (kind === 'destination') {
    const refusal = objectionToDestination(question, user, argument)
    if (refusal !== null) return refusal
  }
  return asked(feature, user, rest, argument)
}

/** The extension of a park slot: a call is parked there, or fetched from there. */
export function askedSlot(user: User, slot: ParkSlot, listener: RouteListener | null): Refuse {
  if (listener !== null) {
    const because = `${slot.extension} is the park slot ${slot.name}: a call is parked there, or fetched`
    listener.step({ step: 'feature code', verdict: 'applies', because, user: '', rule: '' })
  }
  return asked('park', user, slot.extension, null)
}

/** What is asked for, with the answer of somebody who cannot carry it out (RFC 3261 section 21.5.2). */
function asked(name: FeatureName, user: User, dialled: string, argument: Reading | null): Refuse {
  const reason = `Not Available By Code Yet: ${titleOfFeature(name)}`
  return { kind: 'refuse', status: 501, reason, feature: { name, user, dialled, argument } }
}

/** A code that needs a number behind it and has none. */
export function withoutNumber(question: Question, found: FeatureCode): Refuse {
  tellFeature(question, found, ', and needs a number behind it')
  return refusals.numberMissing
}

/** Whether he could forward there now: a rule that could not be saved is not taken from a phone either. */
function objectionToDestination(question: Question, user: User, argument: Reading): Refuse | null {
  if (argument.kind !== 'outsideNumber') return null
  const { number } = argument
  if (!user.internationalForwarding && callingCountryOf(user).isAbroad(number)) {
    return refusedArgument(question, user, `${number} is abroad, and ${user.displayName} may not forward abroad`, 403)
  }
  return objectionTo(question, user, number)
}

function refusedArgument(question: Question, user: User, because: string, status: 403 | 404): Refuse {
  if (question.listener !== null) tell(question.listener, 'feature code', 'fails', because, user)
  return status === 403 ? refusals.callerNotAllowed : refusals.notInService
}

function tellFeature(question: Question, found: FeatureCode, more: string): void {
  if (question.listener === null) return
  const because = `${found.code} is the code "${titleOfFeature(found.feature)}"${more}`
  tell(question.listener, 'feature code', more === '' ? 'applies' : 'fails', because, null)
}
