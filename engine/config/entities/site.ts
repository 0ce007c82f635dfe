import type { Static } from 'typebox'
import Type from 'typebox'
import { Address } from './address.ts'
import {
  Country,
  E164,
  Email,
  Id,
  Language,
  listOf,
  Name,
  Network,
  OutboundBlockList,
  oneOf,
  PlanName,
  strict,
  YesNo,
} from './values.ts'

const SecurityDeskTarget = Type.Object(
  { user: Type.Optional(Id), ringGroup: Type.Optional(Id), number: Type.Optional(E164) },
  { ...strict, description: 'Write one of: user: ID, ringGroup: ID, number: +E164' },
)

const SecurityDesk = Type.Object(
  {
    mode: oneOf(['notice', 'listening', 'speaking']),
    targets: Type.Array(SecurityDeskTarget, {
      minItems: 1,
      maxItems: 20,
      description: 'List 1 to 20 users, groups or numbers',
    }),
  },
  { ...strict, description: 'Write mode and targets' },
)

export const Site = Type.Object(
  {
    id: Id,
    name: Name,
    pbx: Id,
    timeZone: Type.String({ description: 'Write an IANA time zone, for example Europe/London' }),
    country: Type.Optional(Country),
    areaCode: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,6}$', description: 'Write the digits of the area code without the leading 0' }),
    ),
    mainNumber: Type.Optional(E164),
    mainNumberForAll: Type.Optional(YesNo),
    language: Type.Optional(Language),
    address: Type.Optional(Address),
    localNetworks: Type.Optional(listOf(Network, 1000, 'networks of this site')),
    callingPlan: Type.Optional(PlanName),
    outboundBlockList: Type.Optional(OutboundBlockList),
    emergencyAddress: Type.Optional(Address),
    emergencyNotification: Type.Optional(listOf(Email, 50, 'e-mail addresses')),
    securityDesk: Type.Optional(SecurityDesk),
    musicOnHold: Type.Optional(Id),
  },
  { ...strict, description: 'Write a site with id, name, pbx and timeZone' },
)

export type SiteBody = Static<typeof Site>
