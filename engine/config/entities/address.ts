/** A postal address in parts, as emergency services need it (the parts of RFC 5139 that Ringdown knows). */
import type { Static } from 'typebox'
import Type from 'typebox'
import { Country, Line, strict } from './values.ts'

export const Address = Type.Object(
  {
    name: Type.Optional(Line),
    streetNumber: Type.Optional(Line),
    street: Type.Optional(Line),
    /** Building, floor, room. */
    location: Type.Optional(Line),
    city: Type.Optional(Line),
    state: Type.Optional(Line),
    postcode: Type.Optional(Line),
    country: Type.Optional(Country),
    latitude: Type.Optional(
      Type.String({
        pattern: '^-?([0-8]?[0-9](\\.[0-9]{1,8})?|90(\\.0{1,8})?)$',
        description: 'Write degrees, -90 to 90, for example 51.5034',
      }),
    ),
    longitude: Type.Optional(
      Type.String({
        pattern: '^-?((1[0-7][0-9]|[0-9]{1,2})(\\.[0-9]{1,8})?|180(\\.0{1,8})?)$',
        description: 'Write degrees, -180 to 180, for example -0.1276',
      }),
    ),
    /** What a carrier calls this place (ERL id). */
    locationId: Type.Optional(Line),
  },
  { ...strict, description: 'Write street, streetNumber, city, postcode and country as the country needs them' },
)

export type AddressBody = Static<typeof Address>
