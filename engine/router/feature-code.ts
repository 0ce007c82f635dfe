/** Feature codes in dialled strings: which feature is meant, and what stands behind the code. */
import type { FeatureName, User } from '../config/snapshot.ts'
import { hasLength } from './lengths.ts'
import { longestPrefix } from './prefix.ts'

/** Codes in front of a number that say something of this call; the rest is read anew. */
export type CallPrefix = 'hideCallerId' | 'showCallerId' | 'callWaitingOff'

export interface FeatureCode {
  readonly feature: FeatureName
  /** As dialled. */
  readonly code: string
  /** What stands behind the code, or ''. */
  readonly rest: string
}

const titles: Readonly<Record<FeatureName, string>> = {
  ownVoicemail: 'own voicemail',
  ownVoicemailShort: 'own voicemail',
  anyMailbox: 'any mailbox',
  hideCallerId: 'without caller ID',
  showCallerId: 'with caller ID',
  callWaitingOff: 'call waiting off',
  forwardAll: 'forward all calls',
  forwardAllOff: 'forward all calls off',
  forwardBusy: 'forward when busy',
  forwardBusyOff: 'forward when busy off',
  forwardNoAnswer: 'forward when not answered',
  forwardNoAnswerOff: 'forward when not answered off',
  doNotDisturbOn: 'do not disturb on',
  doNotDisturbOff: 'do not disturb off',
  callReturn: 'call back the last caller',
  block: 'block a caller',
  unblock: 'unblock a caller',
  pickupGroup: 'pick up a call of the group',
  pickupExtension: 'pick up a call of an extension',
  park: 'park this call',
  fetchParked: 'fetch a parked call',
  record: 'recording',
  hotDesk: 'hot desk',
  page: 'page a group',
  emergencyTest: 'emergency address test',
  echoTest: 'echo test',
  time: 'time',
  milliwatt: 'test tone',
}

/** For people. */
export function titleOfFeature(feature: FeatureName): string {
  return titles[feature]
}

/** Whether a feature says something of the call whose number follows. */
export function isCallPrefix(feature: FeatureName): feature is CallPrefix {
  return feature === 'hideCallerId' || feature === 'showCallerId' || feature === 'callWaitingOff'
}

/** The feature whose code a whole string is, in the caller's PBX; `null` for none. */
export function featureAlone(dialled: string, caller: User): FeatureCode | null {
  const { featureCodes } = caller.pbx
  if (startsWithDigit(dialled)) {
    const test = caller.site.numbering.emergencyTestNumber
    if (dialled === test && test !== '' && featureCodes.emergencyTestNumber) {
      return { feature: 'emergencyTest', code: dialled, rest: '' }
    }
    if (!hasLength(featureCodes.digitLengths, dialled.length)) return null
  }
  const feature = featureCodes.alone.get(dialled)
  return feature === undefined ? null : { feature, code: dialled, rest: '' }
}

/** The feature whose code stands before something else; the longest code that fits. `null` for none. */
export function featureBefore(dialled: string, caller: User): FeatureCode | null {
  const { before, someBeforeAreDigits } = caller.pbx.featureCodes
  if (!someBeforeAreDigits && startsWithDigit(dialled)) return null
  const code = longestPrefix(before, dialled)
  if (code === undefined || code.length === dialled.length) return null
  return { feature: before.values.get(code) as FeatureName, code, rest: dialled.slice(code.length) }
}

function startsWithDigit(text: string): boolean {
  const first = text.charCodeAt(0)
  return first >= 0x30 && first <= 0x39
}

/** Codes that nothing carries out yet. */
const notCarriedOut: ReadonlySet<FeatureName> = new Set<FeatureName>([
  'ownVoicemail',
  'ownVoicemailShort',
  'anyMailbox',
  'record',
  'hotDesk',
  'page',
])

/** Whether the server does what the code asks for when somebody dials it; lines with sound need a media process. */
export function isCarriedOut(feature: FeatureName): boolean {
  return !notCarriedOut.has(feature)
}
