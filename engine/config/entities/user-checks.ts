/** A user: references of his settings, and checks of rules, voicemail, caller ID and addresses. */

import { knownCountries, numberingPlan } from '../countries.ts'
import { checkEmergencyAddress } from './address-checks.ts'
import { planReferences } from './calling-plan-name.ts'
import type { Forwarder } from './destination-checks.ts'
import { checkDestination } from './destination-checks.ts'
import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { checkMailbox, mailboxReferences } from './mailbox-checks.ts'
import { warnOfWaitingDestination, warnOfWhatWaits } from './not-in-force.ts'
import { checkPin } from './pin-checks.ts'
import { warnOfRecordingPolicy } from './recording-policy-checks.ts'
import { countryOfSite, holderOfNumber, listReferences, serviceReferences } from './targets.ts'
import { checkTimeZone } from './time-checks.ts'
import type { UserBody } from './user.ts'
import { checkRules, referencesOfRules } from './user-rules.ts'

/** All references but the site, the primary number, the block list, and the users that `forwarding` names. */
export function moreReferencesOfUser(body: UserBody): Reference[] {
  const found = [
    ...planReferences(body.callingPlan),
    ...mailboxReferences(body.voicemail, 'voicemail'),
    ...referencesOfRules(body.rules),
  ]
  if (body.profilePolicy !== undefined) {
    found.push({ kind: 'profilePolicy', id: body.profilePolicy, path: 'profilePolicy' })
  }
  if (body.musicOnHold !== undefined) found.push({ kind: 'audioFile', id: body.musicOnHold, path: 'musicOnHold' })
  if (body.faxNumber !== undefined) found.push({ kind: 'phoneNumber', id: body.faxNumber, path: 'faxNumber' })
  const shown = body.externalCallerId?.number
  if (shown !== undefined) found.push({ kind: 'phoneNumber', id: shown, path: 'externalCallerId.number' })
  for (const [event, rule] of Object.entries(body.forwarding ?? {})) {
    const path = `forwarding.${event}.to`
    found.push(...serviceReferences(rule.to, path), ...listReferences(rule.to.list, `${path}.list`))
  }
  return found
}

/** Federation ID and fax number. */
export function moreUniqueValuesOfUser(body: UserBody, _configuration: ConfigurationView): UniqueValue[] {
  const found: UniqueValue[] = []
  if (body.federationId !== undefined) {
    const cure = 'Give each person the id that the identity provider has for him'
    const value = body.federationId
    found.push({ scope: 'federation id', value, path: 'federationId', what: 'federation ID', cure })
  }
  if (body.faxNumber !== undefined) {
    const cure = 'Choose a number that nobody uses'
    found.push({ scope: 'fax number', value: body.faxNumber, path: 'faxNumber', what: 'fax number', cure })
  }
  return found
}

/** The user as one whose destinations are checked. */
export function forwarderOfUser(body: UserBody): Forwarder {
  return {
    kind: 'user',
    id: body.id ?? body.userName,
    site: body.site,
    international: body.internationalForwarding === true,
    mailbox: body.voicemail?.enabled !== false,
    mayUseAttendants: (body.directoryScope ?? 'company') === 'company',
  }
}

/** Checks everything of a user but extension, primary number and block list. */
export function checkUserExtras(body: UserBody, configuration: ConfigurationView, findings: Findings): void {
  warnOfWhatWaits('user', body, findings)
  warnOfRecordingPolicy(body.recording?.policy, 'recording.policy', configuration, findings)
  const owner = forwarderOfUser(body)
  checkRules(body.rules, owner, configuration, findings)
  for (const [event, rule] of Object.entries(body.forwarding ?? {})) {
    checkDestination(rule.to, `forwarding.${event}.to`, owner, configuration, findings)
    warnOfWaitingDestination(rule.to, `forwarding.${event}.to`, 'the rule is passed over', findings)
  }
  warnOfWaitingDestination(body.blockList?.treatment, 'blockList.treatment', 'blocked callers hear busy', findings)
  checkMailbox(body.voicemail, 'voicemail', true, findings)
  checkPin(body.voicemailPin, body.extension, 'voicemailPin', findings)
  checkTimeZone(body.timeZone, 'timeZone', findings)
  checkNumbers(body, owner.id, configuration, findings)
  checkEmergency(body, configuration, findings)
  const country = body.callingCountry
  if (country !== undefined && numberingPlan(country) === undefined) {
    const cure = `Use one of ${knownCountries().join(', ')}`
    findings.problems.add('callingCountry', country, 'the dialling rules of this country are not known', cure)
  }
}

function checkNumbers(body: UserBody, id: string, configuration: ConfigurationView, findings: Findings): void {
  const { problems } = findings
  const fax = body.faxNumber
  const answering = fax === undefined ? undefined : holderOfNumber(fax, configuration)
  if (answering !== undefined) {
    const message = `calls to this number ring ${answering.kind} ${answering.id}`
    problems.add('faxNumber', fax, message, 'Choose a number of phoneNumbers that nobody has')
  }
  const shown = body.externalCallerId?.number
  const entry = shown === undefined ? undefined : configuration.get('phoneNumber', shown)
  if (shown === undefined || entry === undefined || entry['user'] === id) return
  const ofSite = configuration.get('site', body.site)?.['mainNumber'] === shown
  if (ofSite || entry['sharedCallerId'] !== undefined) return
  const cure = 'Choose a number of his own, the main number of his site, or one with sharedCallerId'
  problems.add('externalCallerId.number', shown, 'this number is not his to show', cure)
}

function checkEmergency(body: UserBody, configuration: ConfigurationView, findings: Findings): void {
  const emergency = body.emergencyAddress
  if (emergency === undefined) return
  if (emergency.use === 'own') {
    const country = body.callingCountry ?? countryOfSite(body.site, configuration)
    checkEmergencyAddress(emergency.address ?? {}, country, 'emergencyAddress.address', findings)
  } else if (emergency.address !== undefined) {
    const cure = 'Write use: own, or take the address out'
    findings.problems.add('emergencyAddress.address', '', `with use: ${emergency.use} no address is used`, cure)
  }
  if (emergency.use === 'none') {
    const message = 'emergency service through his number is not assured'
    findings.warnings.add('emergencyAddress.use', 'none', message, 'Tell him to use a local telephone in an emergency')
  }
}
