import type { Static } from 'typebox'
import Type from 'typebox'
import { Country, Id, Name, Port, strict } from './values.ts'

export const Trunk = Type.Object(
  {
    id: Id,
    name: Name,
    transport: Type.Optional(Type.Enum(['UDP', 'TCP'], { description: 'Write UDP or TCP' })),
    address: Type.String({ description: 'Write the IP address to which calls are sent' }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, description: 'Write a port number, 1 to 65535' })),
    trusted: Type.Array(
      Type.Object(
        {
          address: Type.String({ description: 'Write an IP address' }),
          port: Type.Optional(Port),
        },
        { ...strict, description: 'Write an address and, if only one port is to be trusted, the port' },
      ),
      { maxItems: 1000, description: 'List the addresses from which calls of this trunk come' },
    ),
    channels: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100_000,
        description: 'Write how many calls it carries at once; 0 is no limit',
      }),
    ),
    singleDialog: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    prefixes: Type.Array(
      Type.String({
        pattern: '^(\\+([1-9][0-9]{0,14})?)$',
        description: 'Write + for every number, or the beginning of the numbers it carries, for example +44',
      }),
      { maxItems: 10_000, description: 'List the beginnings of the numbers it carries; an empty list carries none' },
    ),
    priority: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1000, description: 'Write a whole number, 0 to 1000; lower is tried first' }),
    ),
    numberFormat: Type.Optional(
      Type.Enum(['e164', 'e164-without-plus', 'national'], {
        description: 'Write e164, e164-without-plus or national',
      }),
    ),
    country: Type.Optional(Country),
    emergency: Type.Optional(
      Type.Enum(['first', 'allowed', 'never'], { description: 'Write first, allowed or never' }),
    ),
    forwardedCallerId: Type.Optional(
      Type.Enum(['original', 'forwarder'], { description: 'Write original or forwarder' }),
    ),
  },
  { ...strict, description: 'Write a trunk with id, name, address, trusted and prefixes' },
)

export type TrunkBody = Static<typeof Trunk>
