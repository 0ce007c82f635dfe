/** The account: references of its settings, and checks of sign-in. */

import type { AccountBody } from './account.ts'
import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { warnOfWaitingDestination, warnOfWhatWaits } from './not-in-force.ts'
import { checkTollFraud, tollFraudReferences } from './toll-fraud.ts'

/** All references but those of the block list. */
export function moreReferencesOfAccount(body: AccountBody): Reference[] {
  const found: Reference[] = tollFraudReferences(body.tollFraud)
  if (body.defaultPbx !== undefined) found.push({ kind: 'pbx', id: body.defaultPbx, path: 'defaultPbx' })
  if (body.defaultProfilePolicy !== undefined) {
    found.push({ kind: 'profilePolicy', id: body.defaultProfilePolicy, path: 'defaultProfilePolicy' })
  }
  if (body.musicOnHold !== undefined) found.push({ kind: 'audioFile', id: body.musicOnHold, path: 'musicOnHold' })
  return found
}

/** The account stands alone. */
export function moreUniqueValuesOfAccount(_body: AccountBody, _configuration: ConfigurationView): UniqueValue[] {
  return []
}

/** Checks that single sign-on is whole, and that somebody can still sign in. */
export function checkAccountExtras(body: AccountBody, _configuration: ConfigurationView, findings: Findings): void {
  warnOfWhatWaits('account', body, findings)
  checkTollFraud(body.tollFraud, findings)
  warnOfWaitingDestination(body.blockList?.treatment, 'blockList.treatment', 'blocked callers hear busy', findings)
  const { problems } = findings
  const policies = new Set<string>()
  for (const [index, { id }] of (body.recordingPolicies ?? []).entries()) {
    const path = `recordingPolicies[${index}].id`
    if (policies.has(id)) problems.add(path, id, 'there is another policy with this id', 'Give each an id of its own')
    policies.add(id)
  }
  if (body.recordingPolicy !== undefined && !policies.has(body.recordingPolicy)) {
    const cure = 'Write it among recordingPolicies, or name one of them'
    problems.add('recordingPolicy', body.recordingPolicy, 'there is no policy for recordings with this id', cure)
  }
  const signOn = body.singleSignOn
  if (body.localSignIn === 'administrators' && signOn === undefined) {
    const cure = 'Add singleSignOn, or set localSignIn to everyone'
    problems.add('localSignIn', body.localSignIn, 'without single sign-on users could not sign in at all', cure)
  }
  if (signOn === undefined) return
  if (signOn.protocol === 'OpenID Connect' && signOn.clientId === undefined) {
    const cure = 'Write the client id that the identity provider gave'
    problems.add('singleSignOn.clientId', undefined, 'OpenID Connect needs it', cure)
  }
  if (signOn.protocol === 'SAML' && signOn.certificate === undefined) {
    const cure = 'Write the certificate of the identity provider in PEM form'
    problems.add('singleSignOn.certificate', undefined, 'SAML needs it', cure)
  }
  if (signOn.certificate !== undefined && !isPem(signOn.certificate)) {
    const cure = 'Write the certificate in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----'
    problems.add('singleSignOn.certificate', '', 'this is no certificate in PEM form', cure)
  }
}

/** RFC 7468 section 5. */
function isPem(text: string): boolean {
  const lines = text.trim().split(/\r?\n/)
  const body = lines.slice(1, -1)
  return (
    lines[0] === '-----BEGIN CERTIFICATE-----' &&
    lines.at(-1) === '-----END CERTIFICATE-----' &&
    body.length > 0 &&
    body.every((line) => /^[A-Za-z0-9+/]{1,76}={0,2}$/.test(line.trim()))
  )
}
