/**
 * The configuration as calls see it: compiled, immutable, replaced as a whole by one reference.
 *
 * What an entity hangs below is an object (user, site, PBX, account): no name is looked up for it while a call waits.
 * What points down or across is an id, found in the snapshot's directories: so one changed user is one new object, and
 * the next snapshot shares everything else (docs/decisions/0009-snapshot-by-ids-and-buckets.md).
 */

import type { FeatureCodeName } from './entities/feature-codes.ts'
import type { RiskClass } from './risk-classes.ts'

/** What is found by key. Iteration is in no particular order. */
export interface Directory<T> {
  readonly size: number
  get(key: string): T | undefined
  values(): IterableIterator<T>
}

/** What is found by a string of digits, which may be part of a longer one. */
export interface DigitDirectory<T> {
  readonly size: number
  /** What the characters from `start` up to `end` lead to; `undefined` also where not all of them are digits. */
  find(text: string, start: number, end: number): T | undefined
  /** In ascending order of length and digits. */
  values(): IterableIterator<T>
}

export interface Snapshot {
  readonly revision: number
  readonly accounts: readonly Account[]
  /** By account id. */
  readonly dialling: ReadonlyMap<string, AccountDialling>
  /** By SIP domain in lower case. */
  readonly pbxsByDomain: ReadonlyMap<string, Pbx>
  /** Who has which extension, for each PBX by its id; none for a PBX without extensions. */
  readonly extensions: Directory<DigitDirectory<Callee>>
  /** By user id. */
  readonly users: Directory<User>
  /** By SIP user name, unique in the installation: it decides the PBX where the host is an address (docs/trust.md). */
  readonly devicesBySipUserName: Directory<Device>
  /** By E.164 with `+`. Without numbers that are still being ported: they are not ours yet. */
  readonly phoneNumbers: Directory<PhoneNumber>
  /** By the key that extensions and numbers name them by. */
  readonly ringGroups: Directory<RingGroup>
  /** By id. */
  readonly schedules: ReadonlyMap<string, Schedule>
  /** Park slots of each PBX by its id, in the order in which they are used. */
  readonly parkSlots: ReadonlyMap<string, readonly ParkSlot[]>
  /** Contacts who have a number, by the number in E.164 with `+`; by id in ascending order. */
  readonly contactsByNumber: Directory<readonly Contact[]>
  /** In the order in which they are tried. */
  readonly trunks: readonly Trunk[]
  /** By id: `emergency-only`, `domestic`, `international` and those of the account. */
  readonly callingPlans: ReadonlyMap<string, CallingPlan>
  /** Numbers that cost more than a call, and what they are for people. */
  readonly specialNumbers: PrefixTable<string>
  /** Everything that dials an emergency number somewhere: the numbers alone, and after the outside prefix. */
  readonly emergencyStrings: ReadonlySet<string>
  /** Ids of the profile policies that switch messages off. */
  readonly messagingOff: ReadonlySet<string>
  /** Codes of any PBX that say something of a call and stand before its number, emergency numbers too. */
  readonly callPrefixCodes: ReadonlySet<string>
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
  /** `null`: outside calls are not limited, nor counted for it. */
  readonly tollFraud: TollFraudLimits | null
  /** Whether recording waits for the end of its announcement. */
  readonly recordingAnnouncedFirst: boolean
  /** A tone now and then while a call is recorded. */
  readonly recordingBeep: boolean
  /** Id of an audio file; '' where none is chosen. Likewise below. */
  readonly musicOnHold: string
  /** Of what callers hear, BCP 47. */
  readonly language: string
  /** Id of the policy for recordings of everybody who has no other; ''. */
  readonly recordingPolicy: string
  /** Id of the profile policy of users who have none of their own, or ''. */
  readonly profilePolicy: string
  /** After so many minutes an answered call ends. */
  readonly longestCallMinutes: number
}

/** Limits on outside calls, so that a stolen password costs little. */
export interface TollFraudLimits {
  /** At whose midnight a day of the account begins; users and services go by the clock of their site. */
  readonly timeZone: ZoneTable
  /** Outside calls at once. */
  readonly simultaneous: TollLimit
  /** Minutes a day to numbers of each risk. */
  readonly minutes: Readonly<Record<RiskClass, TollLimit>>
  /** Calls a day to numbers of high risk while the schedule is closed; `null`: they are like others. */
  readonly outsideHours: (TollLimit & { readonly scheduleId: string }) | null
  /** Risks that the account itself gives to numbers, by their beginnings. */
  readonly ownRisks: PrefixTable<RiskClass>
  /** Risks by country; where none fits, the risk is medium. */
  readonly countryRisks: PrefixTable<RiskClass>
}

/** Infinity where nothing is said. */
export interface TollLimit {
  /** Of each user and service. */
  readonly each: number
  /** Of all together. */
  readonly account: number
}

/** What dialled strings lead to within an account; apart from it, because it changes with what hangs below. */
export interface AccountDialling {
  /** Who has which extension, for each PBX that has a dial code and extensions, by that code. */
  readonly extensionsByDialCode: DigitDirectory<DigitDirectory<Callee>>
  /** The lengths that dial codes of this account have, longest first. */
  readonly dialCodeLengths: readonly number[]
  /** The lengths that extensions of this account have, as bits: most dialled strings need not be looked up. */
  readonly extensionLengths: number
  /** What has an extension, where it exists only once in the account. */
  readonly holdersByUniqueExtension: Directory<string>
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
  readonly featureCodes: FeatureCodes
  /** E.164, or ''. */
  readonly mainNumber: string
  readonly blockList: BlockList | null
  /** Digest algorithms offered to phones, in order (RFC 8760): SHA-256 first. */
  readonly digestAlgorithms: readonly DigestAlgorithm[]
  /** Whether a 3xx from a phone is a forward by its user (docs/trust.md); otherwise it counts as busy. */
  readonly phoneRedirects: boolean
  /** Whether phones are told of waiting messages that did not subscribe to them. */
  readonly unsolicitedMessageWaiting: boolean
  /** Who may take the calls of whom, and learns from lamps with whom he speaks (engine/router/pickup-right.ts). */
  readonly pickup: 'everyone' | 'same-site' | 'same-group' | 'nobody'
  /** Id of the plan of everybody who has no other. */
  readonly callingPlan: string
  readonly outboundBlocks: OutboundBlocks | null
  /** The PBX's, else the account's. Likewise below. */
  readonly musicOnHold: string
  readonly language: string
  readonly recordingPolicy: string
  /** Calls at once that begin here or ring here; 0 = no limit. */
  readonly simultaneousCalls: number
  /** The PBX's, else the account's. */
  readonly longestCallMinutes: number
}

/** What is dialled in a PBX for each feature. */
export interface FeatureCodes {
  /** Codes that stand alone, to the feature. */
  readonly alone: ReadonlyMap<string, FeatureName>
  /** Codes that stand before a number or an extension. */
  readonly before: PrefixTable<FeatureName>
  /** The lengths of codes that begin with neither `*` nor `#`, as bits: few strings of digits need be looked up. */
  readonly digitLengths: number
  /** Whether one of those stands before a number or an extension. */
  readonly someBeforeAreDigits: boolean
  /** Whether the country's number that tests emergency calling is a feature code here. */
  readonly emergencyTestNumber: boolean
}

export type FeatureName = FeatureCodeName

export type DigestAlgorithm = 'SHA-256' | 'MD5'

export interface Site {
  readonly id: string
  readonly name: string
  readonly pbx: Pbx
  readonly timeZone: ZoneTable
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
  /** The site's, else the PBX's, else the account's. Likewise below. */
  readonly musicOnHold: string
  readonly language: string
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
  /** The lengths that these have, as bits: most dialled strings need not be looked up. */
  readonly emergencyLengths: number
  /** Tests emergency calling without reaching a person, or ''. */
  readonly emergencyTestNumber: string
}

export interface User {
  readonly kind: 'user'
  readonly id: string
  readonly site: Site
  /** The site's. */
  readonly pbx: Pbx
  /** First and last name, UTF-8 as a JavaScript string. */
  readonly displayName: string
  /** Digits, or ''. */
  readonly extension: string
  /** With the dial code of his PBX in front; '' without one, or without an extension. */
  readonly extensionWithDialCode: string
  /** The lengths of these two, as bits. */
  readonly extensionLengths: number
  readonly active: boolean
  /** E.164: the one that was chosen, else the first of his numbers, or ''. */
  readonly primaryNumber: string
  /** The primary number that was chosen, or ''; it may still be being ported. */
  readonly chosenNumber: string
  /** What colleagues see. */
  readonly internalName: string
  /** Chosen for outside callees, each '' where nothing is chosen. */
  readonly externalNumber: string
  readonly externalName: string
  /** E.164, in ascending order. */
  readonly numbers: readonly string[]
  /** Of each of these its `numberKey` and its `leadingDigits`, in turn. */
  readonly numberKeys: readonly number[]
  readonly callWaiting: boolean
  /** After so many seconds on hold the holder's phones ring again; 0 = never. */
  readonly holdRecallSeconds: number
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
  /** His own rules; `null` where he has none. */
  readonly rules: CustomRules | null
  /** His own, else his site's. */
  readonly timeZone: ZoneTable
  readonly hasOwnTimeZone: boolean
  readonly doNotDisturb: boolean
  /** Whether a message can be left for him. */
  readonly mailbox: boolean
  /** `null`: never recorded. */
  readonly recording: RecordingWish | null
  readonly blockList: BlockList | null
  /** Names of the groups whose members may take each other's calls, where the PBX goes by groups. */
  readonly pickupGroups: readonly string[]
  /** Seconds to ring before "no answer": 1 to 120. */
  readonly ringSeconds: number
  /** His own: where it is '', that of his site counts. Likewise the language. */
  readonly musicOnHold: string
  readonly language: string
  /** Id of his own profile policy; '' where the account's counts. */
  readonly profilePolicy: string
  /** His own; 0 where that of his PBX counts. */
  readonly longestCallMinutes: number
  /** Sound of his phones is to be encrypted wherever they can. */
  readonly secureCalling: boolean
}

export interface Device {
  readonly id: string
  readonly userId: string
  readonly sipUserName: string
  readonly password: string
  /** Its own; `null`: those of the PBX. */
  readonly digestAlgorithms: readonly DigestAlgorithm[] | null
  /** Its sound is to be encrypted wherever it can be; `null`: as its user's. */
  readonly secureCalling: boolean | null
}

export interface PhoneNumber {
  /** E.164 with `+`. */
  readonly number: string
  /** Key of whoever has it, see `Callee`; '', nobody: the number answers 404. */
  readonly holder: string
  /** Likewise, without regard to a number in whose place it stands while that is being ported. */
  readonly ownHolder: string
  /** The name that callees see with it, where it is shared as caller ID; else ''. */
  readonly sharedName: string
}

/** Several who ring for one extension. */
export interface RingGroup {
  readonly kind: 'ringGroup'
  readonly id: string
  /** By which extensions, numbers and destinations name it. */
  readonly key: string
  readonly site: Site
  readonly pbx: Pbx
  readonly displayName: string
  /** Digits, or ''. */
  readonly extension: string
  /** Without those who opted out. */
  readonly members: readonly GroupMember[]
  readonly pattern: 'all' | 'in-order' | 'round-robin' | 'longest-idle'
  /** Users who are in a call are not rung, whatever their call waiting. */
  readonly skipBusyMembers: boolean
  readonly callerNamePrefix: string
  readonly internationalForwarding: boolean
  /** Under which it forwards to outside numbers; '' where that of its site counts. */
  readonly callingPlan: string
  /** `null`: the site's country and no list of its own. */
  readonly callingCountry: NumberingPlan | null
  readonly outboundBlocks: OutboundBlocks | null
  /** Each `null` where there is none. */
  readonly forwarding: Forwarding | null
  readonly mailbox: boolean
  readonly recording: RecordingWish | null
}

/** A place where a call waits until somebody fetches it. */
export interface ParkSlot {
  readonly id: string
  readonly pbxId: string
  readonly name: string
  readonly extension: string
  /** After so long whoever parked the call is rung. */
  readonly ringBackSeconds: number
  /** Id of what the parked party hears; '' where that of its PBX counts. */
  readonly musicOnHold: string
}

export type GroupMember =
  | { readonly kind: 'user'; readonly userId: string; readonly ringSeconds: number }
  | { readonly kind: 'number'; readonly number: string; readonly ringSeconds: number }

/**
 * Who can be called by an extension or number of the installation, and may send calls on. Where one of them is named by
 * key, that is a user's id, or `ringGroup:` and the id of a group: no id has a colon.
 */
export type Callee = User | RingGroup

export interface RecordingWish {
  readonly mode: 'on-demand' | 'always'
  readonly announcement: 'neither' | 'me' | 'remote-party' | 'both'
  /** Id of the policy by which recordings are kept; '' where that of the PBX counts. */
  readonly policy: string
}

/** An entry of the directory that is no user. */
export interface Contact {
  readonly id: string
  readonly displayName: string
}

/** The clocks of a time zone, so that the local time at a moment is a search and an addition. */
export interface ZoneTable {
  /** IANA name. */
  readonly name: string
  /** Moments at which the clocks change, ascending, in milliseconds since the epoch. */
  readonly changes: readonly number[]
  /** What is to be added to UTC, in milliseconds: before the first change, and from each change on. */
  readonly offsets: readonly number[]
}

/** Opening hours by name. */
export interface Schedule {
  readonly id: string
  readonly name: string
  readonly timeZone: ZoneTable
  readonly weekly: WeeklyTable
  /** Days that differ, ascending and apart; days are counted from 1970-01-01. */
  readonly exceptions: readonly ScheduleException[]
}

export interface ScheduleException {
  readonly name: string
  readonly firstDay: number
  readonly lastDay: number
  readonly holiday: boolean
  /** Minutes of the day at which it opens and closes, in turn, ascending. */
  readonly minutes: readonly number[]
}

/** Minutes since Monday 0:00 at which the hours begin and end, in turn, ascending: begins at even places. */
export type WeeklyTable = readonly number[]

/** A way to a carrier, which is known by where its requests come from. */
export interface Trunk {
  readonly id: string
  readonly name: string
  /** '': as the DNS says, else UDP. */
  readonly transport: 'UDP' | 'TCP' | 'TLS' | ''
  /** Where calls are sent. */
  readonly hosts: readonly TrunkHost[]
  /** Host of From, To and the Request-URI, or '': ours in From, the host called in the others. */
  readonly domain: string
  /** With which it is signed in with the carrier; `null` where none are asked for. */
  readonly credentials: { readonly userName: string; readonly password: string } | null
  readonly registration: TrunkRegistration | null
  /** Between two OPTIONS by which we see whether it is there; 0: it is not asked. */
  readonly optionsSeconds: number
  /** Sources whose requests are taken as this trunk's: address, and port (0 = any port). */
  readonly trusted: readonly { readonly address: string; readonly port: number }[]
  /** Calls at once, both directions; 0 = no limit. */
  readonly channels: number
  /** Takes one SDP answer only: gets 180 without SDP until the call is answered (docs/calls.md). */
  readonly singleDialog: boolean
  /** Codecs that it is offered, by their names in SDP in capital letters, the preferred one first; none: all. */
  readonly codecs: readonly string[]
  /** How it sends and takes keys. */
  readonly dtmf: 'RFC4733' | 'INFO' | 'in-band'
  /** Its REFERs are followed. */
  readonly transfers: boolean
  /** E.164 digit prefixes it carries, with `+`; empty string carries all. Longest prefix wins, then priority. */
  readonly prefixes: readonly string[]
  readonly priority: number
  /** Share of calls among trunks of one prefix and priority; 0: after those that have one. */
  readonly weight: number
  /** How dialled numbers are written to it. */
  readonly numberFormat: NumberFormat
  /** How the caller's number is written to it. */
  readonly callerNumberFormat: NumberFormat
  /** Headers in which the caller's number is told. */
  readonly callerIdHeaders: readonly CallerIdHeader[]
  /** In which header it is told of forwarding. */
  readonly diversionHeader: 'Diversion' | 'History-Info' | 'both' | 'none'
  /** Where its calls say what was dialled. */
  readonly dialledNumberIn: 'Request-URI' | 'To' | 'P-Called-Party-ID'
  /** Countries for whose emergency calls it is marked: tried before the others of the country. */
  readonly emergencyCountries: readonly string[]
  /** The country whose national numbers it speaks. */
  readonly numbering: NumberingPlan
  /** Whose number a forwarded call shows: the first caller's, or the number of the user who forwards. */
  readonly forwardedCallerId: 'original' | 'forwarder' | 'original-in-From'
  /** After so many minutes a call by it ends; 0: the trunk sets no limit. */
  readonly longestCallMinutes: number
}

export type NumberFormat = 'e164' | 'e164-without-plus' | 'national'

export type CallerIdHeader = 'P-Asserted-Identity' | 'P-Preferred-Identity' | 'Remote-Party-ID' | 'From'

/** A host of a carrier. */
export interface TrunkHost {
  /** Name in lower case, or IP address without brackets. */
  readonly host: string
  /** 0: as the DNS says, else the transport's usual one. */
  readonly port: number
  /** Lower ones are tried first. */
  readonly priority: number
  /** Share of calls among those of equal priority. */
  readonly weight: number
}

/** How we register with a carrier. */
export interface TrunkRegistration {
  /** Name in lower case, or IP address without brackets. */
  readonly registrar: string
  /** 0: as the DNS says, else the transport's usual one. */
  readonly port: number
  /** User part of our Contact. */
  readonly contactUser: string
  /** What is asked for. */
  readonly expiresSeconds: number
}

/** Callers picked out by who they are. */
export interface CallerList {
  readonly anonymous: boolean
  /** Internal callers as they are dialled: an extension, or dial code and extension. */
  readonly extensions: ReadonlySet<string>
  /** The lengths that these extensions have, as bits: most callers need not be looked up. */
  readonly extensionLengths: number
  /**
   * Between what `leadingDigits` ranges and beginnings lie, these included; -1 where there are none: whoever calls from
   * elsewhere need not be looked for in them.
   */
  readonly lowestLeading: number
  readonly highestLeading: number
  /** Numbers by `numberKey`: each stands at `placeOfKey` or in the next free place after it; 0 in free ones. */
  readonly numbers: readonly number[]
  /** Ranges of numbers by `numberKey`, first and last of each in turn: ascending, and apart. */
  readonly ranges: readonly number[]
  /** Beginnings of numbers by `beginningKey`: first, last and count of digits of each in turn; ascending, and apart. */
  readonly beginnings: readonly number[]
  /** Ids of contacts: whoever calls from one of their numbers; `null` for none. */
  readonly contacts: ReadonlySet<string> | null
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

/** A user's own rules: the first that fits decides. */
export interface CustomRules {
  readonly all: readonly Rule[]
  /** Everybody whom any of them names; `null` where none names callers. */
  readonly named: CallerList | null
  /** Those that name no callers: the only ones that can fit whoever is not named. */
  readonly forAnyone: readonly Rule[]
}

/** A rule of a user's own. */
export interface Rule {
  readonly name: string
  /** `null`: anyone. */
  readonly who: CallerList | null
  /** `null`: any time. */
  readonly when: RuleTime | null
  readonly to: Destination | RingPhones
}

/** When a rule fits. Local times are those of the user's time zone. */
export type RuleTime =
  /** Minutes of local time since 1970-01-01 0:00, the second excluded; negative and positive infinity where open. */
  | { readonly kind: 'period'; readonly from: number; readonly until: number }
  | { readonly kind: 'weekly'; readonly hours: WeeklyTable }
  | { readonly kind: 'schedule'; readonly scheduleId: string; readonly during: 'open' | 'closed' | 'holiday' }

/** Rings his phones as usual, but for so long, and goes there if nobody answers (`null`: as his rules say). */
export interface RingPhones {
  readonly kind: 'ringPhones'
  readonly seconds: number
  readonly afterwards: Destination | null
}

/** What is done with calls that are not taken; each `null` where nothing is said. */
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

export type Destination =
  | BusyDestination
  | VoicemailDestination
  | UserDestination
  | GroupDestination
  | NumberDestination
  | ListDestination

/** No one, and play busy. */
export interface BusyDestination {
  readonly kind: 'busy'
}

/** The mailbox of whoever sends the call there. */
export interface VoicemailDestination {
  readonly kind: 'voicemail'
}

export interface GroupDestination {
  readonly kind: 'ringGroup'
  /** Key of the group. */
  readonly group: string
}

/** Several, one after the other or all together. */
export interface ListDestination {
  readonly kind: 'list'
  readonly simultaneous: boolean
  readonly members: readonly ListMember[]
  /** `null`: the mailbox if there is one. */
  readonly afterwards: Destination | null
}

/** `ringSeconds` 0: those of whoever sends the call there. */
export type ListMember =
  | GroupMember
  | { readonly kind: 'ringGroup'; readonly group: string; readonly ringSeconds: number }

export interface UserDestination {
  readonly kind: 'user'
  readonly userId: string
}

export interface NumberDestination {
  readonly kind: 'number'
  /** E.164 with `+`. */
  readonly number: string
}
