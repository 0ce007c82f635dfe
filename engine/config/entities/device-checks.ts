/** A device: what its line keys name, and what no two devices share. */

import type { DeviceBody } from './device.ts'
import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { warnOfWhatWaits } from './not-in-force.ts'

type LineKey = NonNullable<DeviceBody['lineKeys']>[number]
type KeyField = 'user' | 'callQueue' | 'parkSlot' | 'number' | 'code'

const keyFields: readonly KeyField[] = ['user', 'callQueue', 'parkSlot', 'number', 'code']

/** What each sort of key may name: exactly one of these, or nothing where the list is empty. */
const fieldsOf: Readonly<Record<LineKey['does'], readonly KeyField[]>> = {
  line: [],
  lamp: ['user', 'callQueue', 'parkSlot'],
  'speed-dial': ['user', 'callQueue', 'number', 'code'],
  'feature-code': ['code'],
  nothing: [],
}

/** A phone shows at most so many of its user's lines. */
const mostLines = 4

/** All references but the user. */
export function moreReferencesOfDevice(body: DeviceBody): Reference[] {
  const found: Reference[] = []
  for (const [index, key] of (body.lineKeys ?? []).entries()) {
    const path = `lineKeys[${index}]`
    if (key.user !== undefined) found.push({ kind: 'user', id: key.user, path: `${path}.user` })
    if (key.callQueue !== undefined) found.push({ kind: 'callQueue', id: key.callQueue, path: `${path}.callQueue` })
    if (key.parkSlot !== undefined) found.push({ kind: 'parkSlot', id: key.parkSlot, path: `${path}.parkSlot` })
  }
  return found
}

/** MAC address and activation code; the SIP user name apart. */
export function moreUniqueValuesOfDevice(body: DeviceBody, _configuration: ConfigurationView): UniqueValue[] {
  const found: UniqueValue[] = []
  if (body.mac !== undefined) {
    const cure = 'Take it from the other device first; one telephone is one device'
    found.push({ scope: 'mac', value: plainMac(body.mac), path: 'mac', what: 'MAC address', cure })
  }
  if (body.activationCode !== undefined) {
    const value = body.activationCode
    const cure = 'Give this device another code'
    found.push({ scope: 'activation code', value, path: 'activationCode', what: 'activation code', cure })
  }
  return found
}

/** A MAC address as 12 digits in lower case, however it was written. */
export function plainMac(mac: string): string {
  return mac.replaceAll(/[:-]/g, '').toLowerCase()
}

/** Checks each line key for what its sort needs. */
export function checkDeviceExtras(body: DeviceBody, _configuration: ConfigurationView, findings: Findings): void {
  warnOfWhatWaits('device', body, findings)
  let lines = 0
  for (const [index, key] of (body.lineKeys ?? []).entries()) {
    const path = `lineKeys[${index}]`
    if (key.does === 'line') lines++
    // A sort that there is none of has been told already.
    if (!Object.hasOwn(fieldsOf, key.does)) continue
    const allowed = fieldsOf[key.does]
    const given = keyFields.filter((field) => key[field] !== undefined)
    if (given.length === (allowed.length === 0 ? 0 : 1) && given.every((field) => allowed.includes(field))) continue
    const cure =
      allowed.length === 0 ? `Take out ${given.join(' and ')}` : `Write exactly one of ${allowed.join(', ')} beside it`
    findings.problems.add(path, key, `a key that does ${key.does} does not fit what it names`, cure)
  }
  if (lines > mostLines) {
    findings.problems.add('lineKeys', lines, `there are more than ${mostLines} keys for lines`, 'Take some out')
  }
}
