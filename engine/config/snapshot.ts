/**
 * The configuration as calls see it: compiled from the document, immutable, replaced as a whole by one reference.
 * References between things are resolved to objects here, so that nothing is looked up by name while a call waits.
 */

export interface Snapshot {
  readonly revision: number
  readonly accounts: readonly Account[]
  /** By user id. */
  readonly users: ReadonlyMap<string, User>
  /** By SIP user name, unique in the installation: it decides the PBX where the host is an address (docs/trust.md). */
  readonly devicesBySipUserName: ReadonlyMap<string, Device>
  /** By SIP domain in lower case. */
  readonly pbxsByDomain: ReadonlyMap<string, Pbx>
  /** By E.164 with `+`. */
  readonly phoneNumbers: ReadonlyMap<string, PhoneNumber>
  readonly trunks: readonly Trunk[]
}

export interface Account {
  readonly id: string
  readonly name: string
  readonly pbxs: readonly Pbx[]
  readonly trunks: readonly Trunk[]
  readonly blockList: BlockList | null
  /** Dial code to PBX: see `Pbx.dialCode`. */
  readonly pbxsByDialCode: ReadonlyMap<string, Pbx>
  /** The lengths that dial codes of this account have, longest first. */
  readonly dialCodeLengths: readonly number[]
  /** Extensions of PBXs without a dial code that exist only once in the account: dialled from other PBXs without a code. */
  readonly usersByUniqueExtension: ReadonlyMap<string, User>
  /** Which trunks carry a number: longest prefix first, then priority. */
  readonly trunksByPrefix: TrunksByPrefix
  /** Calls that one user may have forwarded to outside numbers at the same time. */
  readonly simultaneousOutsideForwards: number
}

/** E.164 digit prefixes with `+` ('' = everything) to the trunks that carry them, in the order they are tried. */
export interface TrunksByPrefix {
  /** The lengths that prefixes have, longest first. */
  readonly lengths: readonly number[]
  readonly trunks: ReadonlyMap<string, readonly Trunk[]>
}

export interface Pbx {
  readonly id: string
  readonly name: string
  readonly account: Account
  /** Lower case. Also the digest realm. */
  readonly domain: string
  /** Digits, or '' where the PBX has none. */
  readonly dialCode: string
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string
  /** Digits dialled before an outside number, or ''. */
  readonly outsidePrefix: string
  readonly blockList: BlockList | null
  readonly sites: readonly Site[]
  readonly usersByExtension: ReadonlyMap<string, User>
  /** Digest algorithms offered to phones, in order (RFC 8760): SHA-256 first. */
  readonly digestAlgorithms: readonly DigestAlgorithm[]
  /** Whether a 3xx from a phone is a forward by its user (docs/trust.md); otherwise it counts as busy. */
  readonly phoneRedirects: boolean
}

export type DigestAlgorithm = 'SHA-256' | 'MD5'

export interface Site {
  readonly id: string
  readonly name: string
  readonly pbx: Pbx
  /** IANA name. */
  readonly timeZone: string
  readonly country: string
  readonly areaCode: string
  /** E.164, or ''. */
  readonly mainNumber: string
  /** How numbers are dialled here, and the emergency numbers. */
  readonly numbering: NumberingPlan
  /** Trunks for emergency calls in the order they are tried: of this country and marked, of this country, the others. */
  readonly emergencyTrunks: readonly Trunk[]
}

/** How telephone numbers are dialled in a country. */
export interface NumberingPlan {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string
  /** Digits, without `+`. */
  readonly callingCode: string
  /** Dialled before a foreign number: 00, 011. */
  readonly internationalPrefixes: readonly string[]
  /** Dialled before a national number and dropped for E.164: 0, 1, or '' where there is none. */
  readonly nationalPrefix: string
  /** Whether a national number is never dialled without the prefix. */
  readonly nationalPrefixRequired: boolean
  /** Digits of a national number without prefix. */
  readonly shortest: number
  readonly longest: number
  /** Digits of area code and local number together, at least: fewer are no local call. */
  readonly shortestLocal: number
  /** Whether an E.164 number with `+` lies in another country. Here, because calling code 1 is shared by several. */
  readonly isAbroad: (number: string) => boolean
  readonly emergencyNumbers: ReadonlySet<string>
}

export interface User {
  readonly id: string
  readonly site: Site
  readonly pbx: Pbx
  /** First and last name, UTF-8 as a JavaScript string. */
  readonly displayName: string
  /** Digits, or ''. */
  readonly extension: string
  readonly active: boolean
  /** E.164 of the primary number, or ''. */
  readonly primaryNumber: string
  readonly numbers: readonly string[]
  /** What outside callees see: E.164 or '', and a name. */
  readonly externalNumber: string
  readonly externalName: string
  /** What callees in other PBXs of the account see: dial code + extension, or the next best; may be ''. */
  readonly extensionFromOtherPbxs: string
  readonly callWaiting: boolean
  /** 1 to 4. */
  readonly lines: number
  readonly devices: readonly Device[]
  readonly blockCallerId: boolean
  readonly internationalForwarding: boolean
  /** What happens to calls to this user; `null` where he has no rules, which is most users. */
  readonly forwarding: Forwarding | null
  readonly blockList: BlockList | null
  /** Seconds to ring before "no answer": 1 to 120. */
  readonly ringSeconds: number
}

export interface Device {
  readonly id: string
  readonly user: User
  readonly sipUserName: string
  readonly password: string
  readonly digestAlgorithms: readonly DigestAlgorithm[]
}

export interface PhoneNumber {
  /** E.164 with `+`. */
  readonly number: string
  readonly account: Account
  /** Nobody: the number answers 404. */
  readonly user: User | null
}

/** A trunk authenticated by its source address. */
export interface Trunk {
  readonly id: string
  readonly name: string
  readonly account: Account
  readonly transport: 'UDP' | 'TCP'
  /** Where calls are sent: IP address and port. */
  readonly address: string
  readonly port: number
  /** Sources whose requests are taken as this trunk's: address, and port (0 = any port). */
  readonly trusted: readonly { readonly address: string; readonly port: number }[]
  /** Calls at once, both directions; 0 = no limit. */
  readonly channels: number
  /** Takes one SDP answer only: gets 180 without SDP until the call is answered (docs/calls.md). */
  readonly singleDialog: boolean
  /** E.164 digit prefixes it carries, with `+`; empty string carries all. Longest prefix wins, then priority. */
  readonly prefixes: readonly string[]
  readonly priority: number
  /** How numbers are written to it. */
  readonly numberFormat: 'e164' | 'e164-without-plus' | 'national'
  /** Marked for emergency calls: tried before the others. */
  readonly emergency: boolean
  /** The country whose national numbers it speaks. */
  readonly numbering: NumberingPlan
  /** Whose number a forwarded call shows: the first caller's, or the number of the user who forwards. */
  readonly forwardedCallerId: 'original' | 'forwarder'
}

/** Callers picked out by who they are. */
export interface CallerList {
  readonly anonymous: boolean
  /** Internal callers, named by extension. By user id. */
  readonly users: ReadonlySet<string>
  /** E.164 with `+`. */
  readonly numbers: ReadonlySet<string>
  /** E.164 with `+`: every number that begins so. */
  readonly prefixes: readonly string[]
  /** E.164 with `+`, both ends included and of the same length. */
  readonly ranges: readonly { readonly first: string; readonly last: string }[]
}

export interface BlockList {
  /** For people: whose list it is. */
  readonly name: string
  readonly callers: CallerList
  readonly treatment: BlockTreatment
  /** Anonymous callers get 433 and so learn why (RFC 5079). */
  readonly tellAnonymousCallers: boolean
}

/** `asWhenBusy` takes the user's busy path, so that the caller cannot tell. */
export type BlockTreatment = { readonly kind: 'asWhenBusy' } | Destination

/** A user's rules; each `null` where he has none. */
export interface Forwarding {
  readonly all: ForwardingRule | null
  readonly notReachable: ForwardingRule | null
  readonly busy: ForwardingRule | null
  readonly noAnswer: ForwardingRule | null
}

export interface ForwardingRule {
  /** For people. */
  readonly name: string
  readonly destination: Destination
}

export type Destination = BusyDestination | UserDestination | NumberDestination

/** No one, and play busy. */
export interface BusyDestination {
  readonly kind: 'busy'
}

export interface UserDestination {
  readonly kind: 'user'
  readonly user: User
}

export interface NumberDestination {
  readonly kind: 'number'
  /** E.164 with `+`. */
  readonly number: string
}
