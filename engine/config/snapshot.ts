/**
 * The configuration as calls see it: compiled, immutable, replaced as a whole by one reference.
 *
 * What an entity hangs below is an object (user, site, PBX, account): no name is looked up for it while a call waits.
 * What points down or across is an id, found in the snapshot's directories: so one changed user is one new object, and
 * the next snapshot shares everything else (docs/decisions/0009-snapshot-by-ids-and-buckets.md).
 */

/** What is found by key. Iteration is in no particular order. */
export interface Directory<T> {
  readonly size: number
  get(key: string): T | undefined
  values(): IterableIterator<T>
}

export interface Snapshot {
  readonly revision: number
  readonly accounts: readonly Account[]
  /** By account id. */
  readonly dialling: ReadonlyMap<string, AccountDialling>
  /** By SIP domain in lower case. */
  readonly pbxsByDomain: ReadonlyMap<string, Pbx>
  /** Ids of users by extension, for each PBX by its id; none for a PBX without extensions. */
  readonly extensions: Directory<Directory<string>>
  /** By user id. */
  readonly users: Directory<User>
  /** By SIP user name, unique in the installation: it decides the PBX where the host is an address (docs/trust.md). */
  readonly devicesBySipUserName: Directory<Device>
  /** By E.164 with `+`. */
  readonly phoneNumbers: Directory<PhoneNumber>
  /** In the order in which they are tried. */
  readonly trunks: readonly Trunk[]
  /** By id: `emergency-only`, `domestic`, `international` and those of the account. */
  readonly callingPlans: ReadonlyMap<string, CallingPlan>
  /** Numbers that cost more than a call, and what they are for people. */
  readonly specialNumbers: PrefixTable<string>
  /** Everything that dials an emergency number somewhere: the numbers alone, and after the outside prefix. */
  readonly emergencyStrings: ReadonlySet<string>
}

/** What is found by the longest beginning of an E.164 number with `+`. */
export interface PrefixTable<T> {
  /** The lengths that prefixes have, longest first. */
  readonly lengths: readonly number[]
  readonly values: ReadonlyMap<string, T>
}

/** Which outside numbers somebody may call. */
export interface CallingPlan {
  readonly id: string
  readonly name: string
  readonly reach: 'emergency-only' | 'domestic' | 'international' | 'listed'
  /** Of a `listed` plan: the longest that fits decides, and where none fits the number is denied. */
  readonly regions: PrefixTable<PlanVerdict>
}

export type PlanVerdict = 'allow' | 'deny'

/** Numbers that nobody of an account, PBX or site, or a user may call. */
export interface OutboundBlocks {
  /** For people: whose list it is. */
  readonly owner: string
  readonly prefixes: PrefixTable<string>
}

export interface Account {
  readonly id: string
  readonly name: string
  readonly blockList: BlockList | null
  /** The sample company, which other machines must not reach (docs/trust.md, First start). */
  readonly isSample: boolean
  /** Calls that one user may have forwarded to outside numbers at the same time. */
  readonly simultaneousOutsideForwards: number
  readonly outboundBlocks: OutboundBlocks | null
}

/** What dialled strings lead to within an account; apart from it, because it changes with what hangs below. */
export interface AccountDialling {
  /** Dial code to PBX id: see `Pbx.dialCode`. */
  readonly pbxsByDialCode: ReadonlyMap<string, string>
  /** The lengths that dial codes of this account have, longest first. */
  readonly dialCodeLengths: readonly number[]
  /** Ids of users by extension, where the extension exists only once in the account. */
  readonly usersByUniqueExtension: Directory<string>
  /** Which trunks carry a number: longest prefix first, then priority. */
  readonly trunksByPrefix: TrunksByPrefix
  /**
   * For each country in which there is a site: trunks for emergency calls in the order they are tried, which is of this
   * country and marked, of this country, the others.
   */
  readonly emergencyTrunks: ReadonlyMap<string, readonly Trunk[]>
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
  /** Digest algorithms offered to phones, in order (RFC 8760): SHA-256 first. */
  readonly digestAlgorithms: readonly DigestAlgorithm[]
  /** Whether a 3xx from a phone is a forward by its user (docs/trust.md); otherwise it counts as busy. */
  readonly phoneRedirects: boolean
  /** Id of the plan of everybody who has no other. */
  readonly callingPlan: string
  readonly outboundBlocks: OutboundBlocks | null
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
  /** Whether everybody here shows the main number, and the account's name, outside. */
  readonly mainNumberForAll: boolean
  /** How numbers are dialled here, and the emergency numbers. */
  readonly numbering: NumberingPlan
  /** Id of the plan of everybody here who has none of his own: the site's, else the PBX's. */
  readonly callingPlan: string
  readonly outboundBlocks: OutboundBlocks | null
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
  /** The site's. */
  readonly pbx: Pbx
  /** First and last name, UTF-8 as a JavaScript string. */
  readonly displayName: string
  /** Digits, or ''. */
  readonly extension: string
  readonly active: boolean
  /** E.164: the one that was chosen, else the first of his numbers, or ''. */
  readonly primaryNumber: string
  readonly primaryNumberIsChosen: boolean
  /** E.164, in ascending order. */
  readonly numbers: readonly string[]
  readonly callWaiting: boolean
  /** 1 to 4. */
  readonly lines: number
  /** By id in ascending order. */
  readonly devices: readonly Device[]
  readonly blockCallerId: boolean
  readonly internationalForwarding: boolean
  /** Id of his own plan; '' where that of his site counts. */
  readonly callingPlan: string
  /** The country he calls from, which decides what is abroad; `null`: his site's. */
  readonly callingCountry: NumberingPlan | null
  readonly outboundBlocks: OutboundBlocks | null
  /** What happens to calls to this user; `null` where he has no rules, which is most users. */
  readonly forwarding: Forwarding | null
  readonly blockList: BlockList | null
  /** Seconds to ring before "no answer": 1 to 120. */
  readonly ringSeconds: number
}

export interface Device {
  readonly id: string
  readonly userId: string
  readonly sipUserName: string
  readonly password: string
  /** Its own; `null`: those of the PBX. */
  readonly digestAlgorithms: readonly DigestAlgorithm[] | null
}

export interface PhoneNumber {
  /** E.164 with `+`. */
  readonly number: string
  /** `null`, nobody: the number answers 404. */
  readonly userId: string | null
}

/** A trunk authenticated by its source address. */
export interface Trunk {
  readonly id: string
  readonly name: string
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
  /** Internal callers as they are dialled: an extension, or dial code and extension. */
  readonly extensions: ReadonlySet<string>
  /** Id of the PBX from which those extensions are dialled; '': from none. */
  readonly dialledFrom: string
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
  readonly userId: string
}

export interface NumberDestination {
  readonly kind: 'number'
  /** E.164 with `+`. */
  readonly number: string
}
