/**
 * The configuration document: one account, written by people or programs, in YAML or JSON. This schema is the one source
 * of its form; `description` is the cure that a person is shown when a value does not fit.
 *
 * References are ids, never positions. Later capabilities add optional fields.
 */
import type { Static } from 'typebox'
import Type from 'typebox'

const strict = { additionalProperties: false } as const

const Id = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'Write 1 to 64 letters, digits, dots, underscores or hyphens, beginning with a letter or digit',
})
const Name = Type.String({
  pattern: '^[^\\x00-\\x1f\\x7f]*[^\\x00-\\x20\\x7f][^\\x00-\\x1f\\x7f]*$',
  maxLength: 100,
  description: 'Write 1 to 100 characters, without line breaks',
})
const E164 = Type.String({
  pattern: '^\\+[1-9][0-9]{6,14}$',
  description: 'Write the number with + and country code and without spaces, 7 to 15 digits, for example +442079460000',
})
const Extension = Type.String({
  pattern: '^[0-9]{2,10}$',
  description: 'Write 2 to 10 digits, in quotes if the document is JSON',
})
const Country = Type.String({
  pattern: '^[A-Z]{2}$',
  description: 'Write the two-letter country code in capitals, for example GB',
})
const Port = Type.Integer({ minimum: 0, maximum: 65535, description: 'Write a port number, 0 to 65535' })
const HostName = '(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*'
const DigestAlgorithms = Type.Array(Type.Enum(['SHA-256', 'MD5'], { description: 'Write SHA-256 or MD5' }), {
  minItems: 1,
  maxItems: 2,
  description: 'List SHA-256, MD5 or both, the preferred one first',
})

const Destination = Type.Object(
  {
    user: Type.Optional(Id),
    number: Type.Optional(E164),
    busy: Type.Optional(Type.Boolean({ description: 'Write true' })),
  },
  { ...strict, description: 'Write one of: user: ID, number: +E164, busy: true' },
)

const BlockList = Type.Object(
  {
    callers: Type.Array(
      Type.String({
        pattern: '^(anonymous|[0-9]{2,20}|\\+[1-9][0-9]{0,14}\\*|\\+[1-9][0-9]{6,14}(-\\+[1-9][0-9]{6,14})?)$',
        description:
          'Write a number (+442079460000), a prefix (+4420*), a range (+442079460000-+442079460099), ' +
          'an extension (1001 or dial code and extension), or: anonymous',
      }),
      { maxItems: 10_000, description: 'List the callers to block' },
    ),
    treatment: Type.Optional(
      Type.Object(
        { ...Destination.properties, asWhenBusy: Type.Optional(Type.Boolean({ description: 'Write true' })) },
        { ...strict, description: 'Write one of: busy: true, asWhenBusy: true, user: ID, number: +E164' },
      ),
    ),
    tellAnonymousCallers: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
  },
  { ...strict, description: 'Write a list of callers, for example callers: [anonymous, "+4420*"]' },
)

const ForwardingRule = Type.Object(
  {
    name: Type.Optional(Name),
    enabled: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    to: Destination,
  },
  { ...strict, description: 'Write where calls go, for example to: {user: anna}' },
)

const Listener = Type.Object(
  {
    bind: Type.String({ description: 'Write an IP address of this machine; 127.0.0.1 is this machine only' }),
    port: Type.Optional(Port),
    transports: Type.Optional(
      Type.Array(Type.Enum(['UDP', 'TCP'], { description: 'Write UDP or TCP' }), {
        minItems: 1,
        maxItems: 2,
        description: 'List UDP, TCP or both',
      }),
    ),
    advertiseSip: Type.Optional(
      Type.String({ description: 'Write the address, or address:port, at which phones outside reach this listener' }),
    ),
    advertiseMedia: Type.Optional(
      Type.String({ description: 'Write the IP address at which sound reaches this machine' }),
    ),
    localNetworks: Type.Optional(
      Type.Array(Type.String({ description: 'Write a network with its length, for example 192.168.0.0/16' }), {
        maxItems: 100,
        description: 'List the networks from which this machine is reached without address translation',
      }),
    ),
  },
  { ...strict, description: 'Write bind, port, transports, advertiseSip, advertiseMedia, localNetworks' },
)

const Account = Type.Object(
  {
    id: Type.Optional(Id),
    name: Name,
    blockList: Type.Optional(BlockList),
    simultaneousOutsideForwards: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1000, description: 'Write a whole number, 0 to 1000' }),
    ),
  },
  { ...strict, description: 'Write the account with its name' },
)

const Pbx = Type.Object(
  {
    id: Id,
    name: Name,
    domain: Type.String({
      pattern: `^${HostName}$`,
      description: 'Write a host name in lower case, for example north.example.com',
    }),
    dialCode: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,6}$', description: 'Write 1 to 6 digits, or leave it out' }),
    ),
    extensionLength: Type.Optional(
      Type.Object(
        {
          shortest: Type.Integer({ minimum: 2, maximum: 10, description: 'Write a whole number, 2 to 10' }),
          longest: Type.Integer({ minimum: 2, maximum: 10, description: 'Write a whole number, 2 to 10' }),
        },
        { ...strict, description: 'Write shortest and longest, for example {shortest: 3, longest: 6}' },
      ),
    ),
    country: Country,
    outsidePrefix: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,3}$', description: 'Write 1 to 3 digits, or leave it out' }),
    ),
    misdialIsError: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    blockList: Type.Optional(BlockList),
    digestAlgorithms: Type.Optional(DigestAlgorithms),
    phoneRedirects: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
  },
  { ...strict, description: 'Write a PBX with id, name, domain and country' },
)

const Site = Type.Object(
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

const User = Type.Object(
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
    lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: 'Write a whole number, 1 to 4' })),
    ringSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 120, description: 'Write a whole number of seconds, 1 to 120' }),
    ),
    blockCallerId: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    internationalForwarding: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    blockList: Type.Optional(BlockList),
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
  },
  { ...strict, description: 'Write a user with userName, firstName, lastName, email and site' },
)

const Device = Type.Object(
  {
    id: Type.Optional(Id),
    user: Id,
    sipUserName: Type.String({
      pattern: '^[A-Za-z0-9._~!*+-]{1,64}$',
      description: 'Write 1 to 64 letters, digits or . _ ~ ! * + -',
    }),
    password: Type.String({
      pattern: '^[\\x20-\\x7e]*$',
      minLength: 8,
      maxLength: 128,
      description: 'Write 8 to 128 printable ASCII characters',
    }),
    digestAlgorithms: Type.Optional(DigestAlgorithms),
  },
  { ...strict, description: 'Write a device with user, sipUserName and password' },
)

const PhoneNumber = Type.Object(
  { number: E164, user: Type.Optional(Id) },
  { ...strict, description: 'Write a number and, if somebody has it, its user' },
)

const Trunk = Type.Object(
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

function listOf<Item extends Type.TSchema>(item: Item, maxItems: number, what: string) {
  return Type.Array(item, { maxItems, description: `List ${what}, at most ${maxItems}` })
}

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
export type DocumentListener = Static<typeof Listener>
export type DocumentPbx = Static<typeof Pbx>
export type DocumentSite = Static<typeof Site>
export type DocumentUser = Static<typeof User>
export type DocumentDevice = Static<typeof Device>
export type DocumentPhoneNumber = Static<typeof PhoneNumber>
export type DocumentTrunk = Static<typeof Trunk>
export type DocumentBlockList = Static<typeof BlockList>
export type DocumentDestination = Static<typeof Destination>
export type DocumentForwardingRule = Static<typeof ForwardingRule>
