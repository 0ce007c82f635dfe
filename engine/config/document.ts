/**
 * The configuration document: one account, written by people or programs, in YAML or JSON. Its form follows from the
 * kinds of entities (`entities/`), each with a list of its own; `description` is the cure that a person is shown when a
 * value does not fit.
 *
 * References are ids, never positions.
 */
import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { AccountBody } from './entities/account.ts'
import type { AudioFileBody } from './entities/audio-file.ts'
import type { AutoAttendantBody } from './entities/auto-attendant.ts'
import type { CallQueueBody } from './entities/call-queue.ts'
import type { CallingPlanBody } from './entities/calling-plan.ts'
import type { ConferenceBody } from './entities/conference.ts'
import type { ContactBody } from './entities/contact.ts'
import type { DeviceBody } from './entities/device.ts'
import { kindDefinitions, mostOfKind } from './entities/kinds.ts'
import type { ListenerBody } from './entities/listener.ts'
import type { PagingGroupBody } from './entities/paging-group.ts'
import type { ParkSlotBody } from './entities/park-slot.ts'
import type { PbxBody } from './entities/pbx.ts'
import type { PhoneNumberBody } from './entities/phone-number.ts'
import type { ProfilePolicyBody } from './entities/profile-policy.ts'
import type { RingGroupBody } from './entities/ring-group.ts'
import type { ScheduleBody } from './entities/schedule.ts'
import type { SiteBody } from './entities/site.ts'
import type { TrunkBody } from './entities/trunk.ts'
import type { UserBody } from './entities/user.ts'
import { listOf, strict } from './entities/values.ts'
import type { WebhookBody } from './entities/webhook.ts'

/** Fields of a document that hold no entities. */
const head = {
  version: Type.Optional(Type.Literal(1, { description: 'Write 1, the version of this form' })),
  sample: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
}

const description = 'Write account, pbxs, sites, users, devices, phoneNumbers and trunks'

function documentOf(schemaOf: (schema: TSchema) => TSchema) {
  const fields: Record<string, TSchema> = { ...head }
  for (const { kind, collection, label, schema } of kindDefinitions()) {
    if (kind === 'account') {
      fields[collection] = schemaOf(schema)
      continue
    }
    const list = listOf(schemaOf(schema), mostOfKind(kind), `${label}s`)
    fields[collection] = kind === 'pbx' ? list : Type.Optional(list)
  }
  return Type.Object(fields, { ...strict, description })
}

/** The whole document. */
export const DocumentSchema = documentOf((schema) => schema)

/** The document without the form of its entities: these are checked one by one. */
export const DocumentFrame = documentOf((schema) => Type.Unknown({ description: descriptionOf(schema) }))

function descriptionOf(schema: TSchema): string {
  const found = (schema as { readonly description?: unknown }).description
  return typeof found === 'string' ? found : ''
}

/** A document that fits `DocumentSchema`. */
export interface Document {
  version?: 1
  /** The sample company: while it stands, the server is not reached from other machines. */
  sample?: boolean
  account: AccountBody
  listeners?: ListenerBody[]
  pbxs: PbxBody[]
  trunks?: TrunkBody[]
  schedules?: ScheduleBody[]
  callingPlans?: CallingPlanBody[]
  profilePolicies?: ProfilePolicyBody[]
  audioFiles?: AudioFileBody[]
  sites?: SiteBody[]
  users?: UserBody[]
  ringGroups?: RingGroupBody[]
  callQueues?: CallQueueBody[]
  autoAttendants?: AutoAttendantBody[]
  parkSlots?: ParkSlotBody[]
  pagingGroups?: PagingGroupBody[]
  conferences?: ConferenceBody[]
  devices?: DeviceBody[]
  phoneNumbers?: PhoneNumberBody[]
  contacts?: ContactBody[]
  webhooks?: WebhookBody[]
}

export type { DeviceBody as DocumentDevice } from './entities/device.ts'
export type { ListenerBody as DocumentListener } from './entities/listener.ts'
export type { PbxBody as DocumentPbx } from './entities/pbx.ts'
export type { PhoneNumberBody as DocumentPhoneNumber } from './entities/phone-number.ts'
export type {
  BlockListBody as DocumentBlockList,
  DestinationBody as DocumentDestination,
  ForwardingRuleBody as DocumentForwardingRule,
} from './entities/routing.ts'
export type { SiteBody as DocumentSite } from './entities/site.ts'
export type { TrunkBody as DocumentTrunk } from './entities/trunk.ts'
export type { UserBody as DocumentUser } from './entities/user.ts'
