/** A site: references of its settings, and checks of networks, addresses and the security desk. */

import { checkEmergencyAddress } from './address-checks.ts'
import { planReferences } from './calling-plan-name.ts'
import { checkExactlyOne } from './destination-checks.ts'
import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { isNetwork, networkKey } from './networks.ts'
import { warnOfWhatWaits } from './not-in-force.ts'
import type { SiteBody } from './site.ts'
import { countryOfSite, targetReferences } from './targets.ts'

/** All references but the PBX and the main number. */
export function moreReferencesOfSite(body: SiteBody): Reference[] {
  const found = planReferences(body.callingPlan)
  if (body.musicOnHold !== undefined) found.push({ kind: 'audioFile', id: body.musicOnHold, path: 'musicOnHold' })
  for (const [index, target] of (body.securityDesk?.targets ?? []).entries()) {
    found.push(...targetReferences(target, `securityDesk.targets[${index}]`))
  }
  return found
}

/** A network belongs to one site: who is seen there is under that site's emergency routing. */
export function moreUniqueValuesOfSite(body: SiteBody, _configuration: ConfigurationView): UniqueValue[] {
  return (body.localNetworks ?? []).map((network, index) => ({
    scope: 'local network',
    // What is no network has been told by the check.
    value: isNetwork(network) ? networkKey(network) : network,
    path: `localNetworks[${index}]`,
    what: 'local network',
    cure: 'Keep it at the site where it is',
  }))
}

/** Checks networks, emergency addresses and the security desk. */
export function checkSiteExtras(body: SiteBody, configuration: ConfigurationView, findings: Findings): void {
  warnOfWhatWaits('site', body, findings)
  const { problems } = findings
  for (const [index, network] of (body.localNetworks ?? []).entries()) {
    if (isNetwork(network)) continue
    const cure = 'Write an address and its length, for example 192.168.0.0/16'
    problems.add(`localNetworks[${index}]`, network, 'this is no network', cure)
  }
  const country = countryOfSite(body.id, configuration)
  if (body.emergencyAddress !== undefined) {
    checkEmergencyAddress(body.emergencyAddress, country, 'emergencyAddress', findings)
  }
  const targets = body.securityDesk?.targets ?? []
  for (const [index, target] of targets.entries()) {
    checkExactlyOne(target, ['user', 'ringGroup', 'number'], `securityDesk.targets[${index}]`, findings)
  }
  if (targets.filter((target) => target.number !== undefined).length > 1) {
    const cure = 'Keep one number; users and ring groups may be many'
    problems.add('securityDesk.targets', '', 'there is more than one number', cure)
  }
}
