/**
 * The configuration document: one account, written by people or programs, in YAML or JSON. The schemas of its entities
 * (`entities/`) are the one source of its form; `description` is the cure that a person is shown when a value does not fit.
 *
 * References are ids, never positions.
 */
import type { Static } from 'typebox'
import Type from 'typebox'
import { Account } from './entities/account.ts'
import { Device } from './entities/device.ts'
import { Listener } from './entities/listener.ts'
import { Pbx } from './entities/pbx.ts'
import { PhoneNumber } from './entities/phone-number.ts'
import { Site } from './entities/site.ts'
import { Trunk } from './entities/trunk.ts'
import { User } from './entities/user.ts'
import { listOf, strict } from './entities/values.ts'

/** The whole document. */
export const DocumentSchema = Type.Object(
  {
    version: Type.Optional(Type.Literal(1, { description: 'Write 1, the version of this form' })),
    sample: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    account: Account,
    listeners: Type.Optional(listOf(Listener, 100, 'addresses to listen on')),
    pbxs: listOf(Pbx, 1000, 'PBXs'),
    sites: Type.Optional(listOf(Site, 10_000, 'sites')),
    users: Type.Optional(listOf(User, 200_000, 'users')),
    devices: Type.Optional(listOf(Device, 500_000, 'devices')),
    phoneNumbers: Type.Optional(listOf(PhoneNumber, 500_000, 'phone numbers')),
    trunks: Type.Optional(listOf(Trunk, 1000, 'trunks')),
  },
  { ...strict, description: 'Write account, pbxs, sites, users, devices, phoneNumbers and trunks' },
)

export type Document = Static<typeof DocumentSchema>
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
