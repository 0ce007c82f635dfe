import type { Static } from 'typebox'
import Type from 'typebox'
import { Address } from './address.ts'
import { Mailbox } from './mailbox.ts'
import { Recording } from './recording.ts'
import { BlockList, ForwardingRule } from './routing.ts'
import { Rule } from './rule.ts'
import {
  Country,
  E164,
  Extension,
  Id,
  Language,
  Line,
  LongestCall,
  listOf,
  Name,
  OutboundBlockList,
  oneOf,
  Pin,
  PlanName,
  strict,
  TimeZone,
  YesNo,
} from './values.ts'

const ExternalCallerId = Type.Object(
  { name: Type.Optional(Name), number: Type.Optional(E164) },
  { ...strict, description: 'Write name, number or both' },
)

const InternalCallerId = Type.Object({ name: Name }, { ...strict, description: 'Write the name that colleagues see' })

const UserEmergencyAddress = Type.Object(
  { use: oneOf(['site', 'own', 'none']), address: Type.Optional(Address) },
  { ...strict, description: 'Write use: site, use: none, or use: own with address' },
)

const Crm = Type.Object({ name: Line, login: Line }, { ...strict, description: 'Write name and login' })

export const User = Type.Object(
  {
    id: Type.Optional(Id),
    userName: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$',
      description: 'Write 1 to 64 letters, digits, dots, underscores, hyphens or @',
    }),
    firstName: Name,
    lastName: Name,
    email: Type.String({
      pattern: '^[^\\s@]{1,64}@[^\\s@]{1,255}$',
      description: 'Write an e-mail address, for example anna@example.com',
    }),
    site: Id,
    extension: Type.Optional(Extension),
    primaryNumber: Type.Optional(E164),
    active: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    callWaiting: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    holdRecallSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3600,
        description: 'Write a whole number of seconds up to 3600, 0 for never',
      }),
    ),
    longestCallMinutes: Type.Optional(LongestCall),
    lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: 'Write a whole number, 1 to 4' })),
    ringSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 120, description: 'Write a whole number of seconds, 1 to 120' }),
    ),
    blockCallerId: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    internationalForwarding: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    blockList: Type.Optional(BlockList),
    rules: Type.Optional(listOf(Rule, 100, 'rules, the first that fits decides')),
    forwarding: Type.Optional(
      Type.Object(
        {
          all: Type.Optional(ForwardingRule),
          notReachable: Type.Optional(ForwardingRule),
          busy: Type.Optional(ForwardingRule),
          noAnswer: Type.Optional(ForwardingRule),
        },
        { ...strict, description: 'Write rules under all, notReachable, busy or noAnswer' },
      ),
    ),
    doNotDisturb: Type.Optional(YesNo),
    language: Type.Optional(Language),
    timeZone: Type.Optional(TimeZone),
    jobTitle: Type.Optional(Line),
    department: Type.Optional(Line),
    address: Type.Optional(Address),
    personalNumber: Type.Optional(E164),
    licence: Type.Optional(Id),
    profilePolicy: Type.Optional(Id),
    directoryScope: Type.Optional(oneOf(['company', 'site', 'none'])),
    inDirectory: Type.Optional(YesNo),
    externalCallerId: Type.Optional(ExternalCallerId),
    internalCallerId: Type.Optional(InternalCallerId),
    recording: Type.Optional(Recording),
    callingPlan: Type.Optional(PlanName),
    callingCountry: Type.Optional(Country),
    outboundBlockList: Type.Optional(OutboundBlockList),
    voicemail: Type.Optional(Mailbox),
    voicemailPin: Type.Optional(Pin),
    musicOnHold: Type.Optional(Id),
    emergencyAddress: Type.Optional(UserEmergencyAddress),
    faxNumber: Type.Optional(E164),
    pickupGroups: Type.Optional(listOf(Name, 20, 'names of pickup groups')),
    hotDesk: Type.Optional(YesNo),
    secureCalling: Type.Optional(YesNo),
    federationId: Type.Optional(
      Type.String({
        pattern: '^[^\\x00-\\x20\\x7f]{1,256}$',
        description: 'Write what the identity provider calls this person, without spaces',
      }),
    ),
    crm: Type.Optional(Crm),
  },
  { ...strict, description: 'Write a user with userName, firstName, lastName, email and site' },
)

/** Fields whose values are never shown. */
export const userSecrets = ['voicemailPin'] as const

export type UserBody = Static<typeof User>
