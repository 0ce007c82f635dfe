/** The feature codes of a PBX by name, and what is dialled where the PBX says nothing. */

export const defaultFeatureCodes = {
  ownVoicemail: '555',
  ownVoicemailShort: '*97',
  anyMailbox: '*98',
  hideCallerId: '*67',
  showCallerId: '*82',
  callWaitingOff: '*70',
  forwardAll: '*72',
  forwardAllOff: '*73',
  forwardBusy: '*90',
  forwardBusyOff: '*91',
  forwardNoAnswer: '*92',
  forwardNoAnswerOff: '*93',
  doNotDisturbOn: '*78',
  doNotDisturbOff: '*79',
  callReturn: '*69',
  block: '*60',
  unblock: '*80',
  pickupGroup: '*8',
  pickupExtension: '**',
  park: '*68',
  fetchParked: '*88',
  record: '*1',
  hotDesk: '*44',
  page: '*55',
  emergencyTest: '933',
  echoTest: '*43',
  time: '*46',
  milliwatt: '*41',
} as const

/** Features whose code stands before a number, extension or slot. Of these `block` and `unblock` may also stand alone. */
export const featuresWithArgument = [
  'hideCallerId',
  'showCallerId',
  'callWaitingOff',
  'forwardAll',
  'forwardBusy',
  'forwardNoAnswer',
  'block',
  'unblock',
  'pickupExtension',
  'fetchParked',
  'page',
] as const satisfies readonly FeatureCodeName[]

export type FeatureCodeName = keyof typeof defaultFeatureCodes

export const featureCodeNames = Object.keys(defaultFeatureCodes) as readonly FeatureCodeName[]

/** Codes of a PBX (`featureCodes`) that are digits only, so that extensions could be taken for them; name by code. */
export function digitFeatureCodes(
  featureCodes: Partial<Readonly<Record<FeatureCodeName, string>>> | undefined,
): ReadonlyMap<string, FeatureCodeName> {
  if (featureCodes === undefined) return defaultDigitCodes
  return digitCodesOf({ ...defaultFeatureCodes, ...featureCodes })
}

function digitCodesOf(codes: Readonly<Record<FeatureCodeName, string>>): ReadonlyMap<string, FeatureCodeName> {
  return new Map(featureCodeNames.filter((name) => /^[0-9]+$/.test(codes[name])).map((name) => [codes[name], name]))
}

const defaultDigitCodes = digitCodesOf(defaultFeatureCodes)
