/** A phone number: who has it, and how far its port is. */

import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { warnOfWhatWaits } from './not-in-force.ts'
import type { PhoneNumberBody } from './phone-number.ts'
import { serviceKinds, serviceReferences } from './targets.ts'
import { checkDate } from './time-checks.ts'

/** All references but the user. */
export function moreReferencesOfPhoneNumber(body: PhoneNumberBody): Reference[] {
  const found: Reference[] = []
  // The services stand beside the number itself, so their paths begin with nothing.
  for (const reference of serviceReferences(body, '')) found.push({ ...reference, path: reference.path.slice(1) })
  const temporary = body.temporaryNumber
  if (temporary !== undefined) found.push({ kind: 'phoneNumber', id: temporary, path: 'temporaryNumber' })
  return found
}

/** A temporary number stands in for one number only. */
export function moreUniqueValuesOfPhoneNumber(body: PhoneNumberBody, _configuration: ConfigurationView): UniqueValue[] {
  const value = body.temporaryNumber
  if (value === undefined) return []
  const cure = 'Choose another temporary number'
  return [{ scope: 'temporary number', value, path: 'temporaryNumber', what: 'temporary number', cure }]
}

/** Checks that one has the number, and that what is said of a port fits its status. */
export function checkPhoneNumberExtras(
  body: PhoneNumberBody,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  warnOfWhatWaits('phoneNumber', body, findings)
  checkAssignment(body, findings)
  checkPort(body, configuration, findings)
}

function checkAssignment(body: PhoneNumberBody, findings: Findings): void {
  const holders = (['user', ...serviceKinds] as const).flatMap((kind) => {
    const id = (body as Partial<Record<typeof kind, string>>)[kind]
    return id === undefined ? [] : [{ kind, id }]
  })
  const [holder, second] = holders
  if (holder === undefined || second === undefined) return
  const message = `the number is assigned to ${holder.kind} ${holder.id} already`
  findings.problems.add(second.kind, second.id, message, 'Keep one of the two')
}

function checkPort(body: PhoneNumberBody, configuration: ConfigurationView, findings: Findings): void {
  const { problems } = findings
  const { status, temporaryNumber } = body
  checkDate(body.expectedDate, 'expectedDate', findings)
  if (body.expectedDate !== undefined && status !== 'pending') {
    const cure = 'Take it out, or write status: pending'
    problems.add('expectedDate', body.expectedDate, 'only a pending port has an expected date', cure)
  }
  if (status === 'failed' && (body.reason ?? '').trim() === '') {
    problems.add('reason', body.reason, 'a failed port needs its reason', 'Write what the losing carrier answered')
  }
  if (status !== 'failed' && body.reason !== undefined) {
    problems.add('reason', body.reason, 'only a failed port has a reason', 'Take it out, or write status: failed')
  }
  if (status !== undefined && body.source === 'claimed') {
    problems.add('source', body.source, 'a number that is being ported is not claimed', 'Write source: ported')
  }
  if (temporaryNumber === undefined) return
  if (status === undefined) {
    const cure = 'Take it out: the number itself is routed'
    problems.add('temporaryNumber', temporaryNumber, 'a number that is not being ported needs no other', cure)
  }
  if (temporaryNumber === body.number) {
    problems.add('temporaryNumber', temporaryNumber, 'this is the number itself', 'Choose another number')
  } else if (configuration.get('phoneNumber', temporaryNumber)?.['status'] !== undefined) {
    problems.add('temporaryNumber', temporaryNumber, 'this number is being ported too', 'Choose one that is not')
  }
}
