/** All kinds of entities, by name and by the field of the document that lists them. */
import { accountKind } from './account-kind.ts'
import { audioFileKind } from './audio-file.ts'
import { autoAttendantKind } from './auto-attendant.ts'
import { callQueueKind } from './call-queue.ts'
import { callingPlanKind } from './calling-plan.ts'
import { conferenceKind } from './conference.ts'
import { contactKind } from './contact.ts'
import { deviceKind } from './device-kind.ts'
import type { Kind, KindDefinition } from './kind.ts'
import { kindNames } from './kind.ts'
import { listenerKind } from './listener-kind.ts'
import { pagingGroupKind } from './paging-group.ts'
import { parkSlotKind } from './park-slot.ts'
import { pbxKind } from './pbx-kind.ts'
import { phoneNumberKind } from './phone-number-kind.ts'
import { profilePolicyKind } from './profile-policy.ts'
import { ringGroupKind } from './ring-group.ts'
import { scheduleKind } from './schedule.ts'
import { siteKind } from './site-kind.ts'
import { trunkKind } from './trunk-kind.ts'
import { userKind } from './user-kind.ts'
import { webhookKind } from './webhook.ts'

const definitions: Readonly<Record<Kind, KindDefinition>> = {
  account: accountKind,
  listener: listenerKind,
  pbx: pbxKind,
  trunk: trunkKind,
  schedule: scheduleKind,
  callingPlan: callingPlanKind,
  profilePolicy: profilePolicyKind,
  audioFile: audioFileKind,
  site: siteKind,
  user: userKind,
  ringGroup: ringGroupKind,
  callQueue: callQueueKind,
  autoAttendant: autoAttendantKind,
  parkSlot: parkSlotKind,
  pagingGroup: pagingGroupKind,
  conference: conferenceKind,
  device: deviceKind,
  phoneNumber: phoneNumberKind,
  contact: contactKind,
  webhook: webhookKind,
}

/** More of a kind are refused, so that nobody fills the memory of every process that holds the configuration. */
const most: Readonly<Record<Kind, number>> = {
  account: 1,
  listener: 100,
  pbx: 1000,
  trunk: 1000,
  schedule: 10_000,
  callingPlan: 1000,
  profilePolicy: 1000,
  audioFile: 10_000,
  site: 10_000,
  user: 200_000,
  ringGroup: 10_000,
  callQueue: 10_000,
  autoAttendant: 10_000,
  parkSlot: 10_000,
  pagingGroup: 10_000,
  conference: 10_000,
  device: 500_000,
  phoneNumber: 500_000,
  contact: 200_000,
  webhook: 100,
}

const inOrder: readonly KindDefinition[] = kindNames.map((kind) => definitions[kind])
const byCollection = new Map(inOrder.map((definition) => [definition.collection, definition]))

/** The definition of a kind. */
export function kindDefinition(kind: Kind): KindDefinition {
  return definitions[kind]
}

/** The definition whose entities the document lists in this field (`phoneNumbers`; `account` for the account). */
export function definitionOfCollection(collection: string): KindDefinition | undefined {
  return byCollection.get(collection)
}

/** All definitions in the order in which documents list them. */
export function kindDefinitions(): readonly KindDefinition[] {
  return inOrder
}

/** How many entities of a kind there may be. */
export function mostOfKind(kind: Kind): number {
  return most[kind]
}
