import type { Static } from 'typebox'
import Type from 'typebox'
import { Country, HostName, Id, LongestCall, listOf, Name, oneOf, Port, Secret, strict, wholeNumber } from './values.ts'

const Host = Type.String({
  pattern: `^(${HostName}|[0-9A-Fa-f:]{2,45})$`,
  description: 'Write a host name in lower case or an IP address without brackets',
})

const FurtherHost = Type.Object(
  {
    host: Host,
    port: Type.Optional(wholeNumber(1, 65535)),
    priority: Type.Optional(wholeNumber(0, 1000)),
    weight: Type.Optional(wholeNumber(0, 1000)),
  },
  { ...strict, description: 'Write host and, where they differ, port, priority and weight' },
)

const OutboundRegistration = Type.Object(
  {
    registrar: Host,
    port: Type.Optional(wholeNumber(1, 65535)),
    contactUser: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9._~!*+-]{1,64}$', description: 'Write the user part of the contact' }),
    ),
    expiresSeconds: Type.Optional(wholeNumber(60, 86_400, 'seconds')),
  },
  { ...strict, description: 'Write registrar, the host with which this trunk registers' },
)

export const Trunk = Type.Object(
  {
    id: Id,
    name: Name,
    transport: Type.Optional(oneOf(['UDP', 'TCP', 'TLS'])),
    address: Host,
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
    transfers: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
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
    numberFormat: Type.Optional(oneOf(['e164', 'e164-without-plus', 'national'])),
    callerNumberFormat: Type.Optional(oneOf(['e164', 'e164-without-plus', 'national'])),
    country: Type.Optional(Country),
    emergency: Type.Optional(
      Type.Enum(['first', 'allowed', 'never'], { description: 'Write first, allowed or never' }),
    ),
    forwardedCallerId: Type.Optional(
      Type.Enum(['original', 'forwarder', 'original-in-From'], {
        description: 'Write original, forwarder or original-in-From',
      }),
    ),
    authUserName: Type.Optional(
      Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$', description: 'Write the user name that the carrier gave' }),
    ),
    password: Type.Optional(Secret),
    domain: Type.Optional(Type.String({ pattern: `^${HostName}$`, description: 'Write a host name in lower case' })),
    registration: Type.Optional(OutboundRegistration),
    hosts: Type.Optional(listOf(FurtherHost, 20, 'further hosts of the carrier')),
    weight: Type.Optional(wholeNumber(0, 1000)),
    optionsSeconds: Type.Optional(wholeNumber(0, 3600, 'seconds')),
    callerIdHeaders: Type.Optional(
      Type.Array(oneOf(['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID', 'From']), {
        minItems: 1,
        maxItems: 4,
        description: 'List the headers in which the carrier takes the caller ID',
      }),
    ),
    diversionHeader: Type.Optional(oneOf(['Diversion', 'History-Info', 'both', 'none'])),
    dialledNumberIn: Type.Optional(oneOf(['Request-URI', 'To', 'P-Called-Party-ID'])),
    codecs: Type.Optional(
      Type.Array(oneOf(['PCMA', 'PCMU', 'G722', 'G729', 'opus', 'AMR-WB']), {
        minItems: 1,
        maxItems: 6,
        description: 'List the codecs that the carrier takes, the preferred one first',
      }),
    ),
    dtmf: Type.Optional(oneOf(['RFC4733', 'INFO', 'in-band'])),
    emergencyCountries: Type.Optional(listOf(Country, 50, 'countries whose emergency calls it takes')),
    longestCallMinutes: Type.Optional(LongestCall),
  },
  { ...strict, description: 'Write a trunk with id, name, address, trusted and prefixes' },
)

/** Fields whose values are never shown. */
export const trunkSecrets = ['password'] as const

export type TrunkBody = Static<typeof Trunk>
