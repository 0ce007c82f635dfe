import type { Static } from 'typebox'
import Type from 'typebox'
import { Country, E164, Id, Name, strict } from './values.ts'

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
    mainNumberForAll: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
  },
  { ...strict, description: 'Write a site with id, name, pbx and timeZone' },
)

export type SiteBody = Static<typeof Site>
