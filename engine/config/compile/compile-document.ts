import type { Document } from '../document.ts'
import type { Body, Kind } from '../entities/kind.ts'
import { finish } from '../slices.ts'
import type { Snapshot } from '../snapshot.ts'
import { userId } from '../user-id.ts'
import type { ChangedEntity } from './changes-by-kind.ts'
import { SnapshotCompiler } from './snapshot-compiler.ts'

/**
 * Compiles a document that `readDocument` has accepted, in one go. Throws on a dangling reference, which such a document
 * has not.
 *
 * @param revision number of this configuration, for records and explanations
 */
export function compile(document: Document, revision: number): Snapshot {
  return finish(new SnapshotCompiler().compile([...entitiesOf(document)], revision))
}

/** Every entity of a document under its id, in the order in which documents list them. */
export function* entitiesOf(document: Document): Generator<ChangedEntity> {
  const entity = (kind: Kind, id: string, after: Body): ChangedEntity => ({ kind, id, after })
  const account = document.sample === true ? { ...document.account, sample: true } : document.account
  yield entity('account', account.id ?? 'account', account)
  for (const body of document.pbxs) yield entity('pbx', body.id, body)
  for (const body of document.trunks ?? []) yield entity('trunk', body.id, body)
  for (const body of document.callingPlans ?? []) yield entity('callingPlan', body.id, body)
  for (const body of document.schedules ?? []) yield entity('schedule', body.id, body)
  for (const body of document.sites ?? []) yield entity('site', body.id, body)
  for (const body of document.users ?? []) yield entity('user', userId(body), body)
  for (const body of document.ringGroups ?? []) yield entity('ringGroup', body.id, body)
  for (const body of document.devices ?? []) yield entity('device', body.id ?? body.sipUserName, body)
  for (const body of document.phoneNumbers ?? []) yield entity('phoneNumber', body.number, body)
  for (const body of document.contacts ?? []) yield entity('contact', body.id, body)
  for (const body of document.profilePolicies ?? []) yield entity('profilePolicy', body.id, body)
  for (const body of document.parkSlots ?? []) yield entity('parkSlot', body.id, body)
}
