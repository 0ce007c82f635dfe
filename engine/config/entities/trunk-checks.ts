/** A trunk: checks of credentials, registration, hosts and emergency countries. */

import { isIP } from 'node:net'
import { knownCountries, numberingPlan } from '../countries.ts'
import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { warnOfWhatWaits } from './not-in-force.ts'
import type { TrunkBody } from './trunk.ts'

/** A trunk points at nothing. */
export function moreReferencesOfTrunk(_body: TrunkBody): Reference[] {
  return []
}

/** Nothing beyond its trusted sources. */
export function moreUniqueValuesOfTrunk(_body: TrunkBody, _configuration: ConfigurationView): UniqueValue[] {
  return []
}

/** Checks what must agree within a trunk. */
export function checkTrunkExtras(body: TrunkBody, _configuration: ConfigurationView, findings: Findings): void {
  warnOfWhatWaits('trunk', body, findings)
  const { problems } = findings
  if (body.authUserName !== undefined && body.password === undefined) {
    problems.add('password', undefined, 'there is a user name but no password', 'Write both or neither')
  }
  if (body.password !== undefined && body.authUserName === undefined) {
    problems.add('authUserName', undefined, 'there is a password but no user name', 'Write both or neither')
  }
  if (body.registration !== undefined) {
    if (body.authUserName === undefined) {
      const cure = 'Write authUserName and password, or take registration out'
      problems.add('registration', '', 'a registration needs credentials', cure)
    }
    checkHost(body.registration.registrar, 'registration.registrar', findings)
  }
  checkHost(body.address, 'address', findings)
  const hosts = new Map<string, string>([[`${body.address.toLowerCase()} ${body.port ?? 5060}`, 'address']])
  for (const [index, entry] of (body.hosts ?? []).entries()) {
    const path = `hosts[${index}]`
    checkHost(entry.host, `${path}.host`, findings)
    const name = `${entry.host.toLowerCase()} ${entry.port ?? 5060}`
    const first = hosts.get(name)
    if (first !== undefined) problems.add(path, entry.host, `this is the host of ${first}`, 'Take one out')
    else hosts.set(name, path)
  }
  checkNoDoubles(body.codecs, 'codecs', findings)
  checkNoDoubles(body.callerIdHeaders, 'callerIdHeaders', findings)
  checkNoDoubles(body.emergencyCountries, 'emergencyCountries', findings)
  for (const [index, country] of (body.emergencyCountries ?? []).entries()) {
    if (numberingPlan(country) !== undefined) continue
    const cure = `Use one of ${knownCountries().join(', ')}`
    problems.add(`emergencyCountries[${index}]`, country, 'the emergency numbers of this country are not known', cure)
  }
  if (body.emergency === 'never' && (body.emergencyCountries ?? []).length > 0) {
    const cure = 'Take emergencyCountries out, or set emergency to allowed'
    problems.add('emergencyCountries', '', 'this trunk is never used for emergency calls', cure)
  }
}

function checkHost(host: string, path: string, findings: Findings): void {
  if (!/^[0-9.]+$|:/.test(host) || isIP(host) !== 0) return
  findings.problems.add(path, host, 'this is no IP address', 'Write a host name, or an address without brackets')
}

function checkNoDoubles(list: readonly string[] | undefined, path: string, findings: Findings): void {
  const seen = new Set<string>()
  for (const [index, entry] of (list ?? []).entries()) {
    if (seen.has(entry)) findings.problems.add(`${path}[${index}]`, entry, 'this is listed twice', 'Take one out')
    seen.add(entry)
  }
}
