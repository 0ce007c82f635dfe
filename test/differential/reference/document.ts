/**
 * The configuration document as the reference reads it: docs/configuration.md, only the fields that decide where a call
 * goes. Nothing is prepared or indexed; whoever asks looks through the lists.
 */
export type Target = { readonly user: string } | { readonly number: string } | { readonly ringGroup: string }
export type SimpleDestination = Target | { readonly busy: true } | { readonly voicemail: true }
export interface TargetList {
  readonly order: 'sequential' | 'simultaneous'
  readonly members: readonly (Target & { readonly ringSeconds?: number })[]
  readonly afterwards?: SimpleDestination
}
export type Destination = SimpleDestination | { readonly list: TargetList }
export interface RingPhones {
  readonly ringPhones: { readonly seconds: number; readonly afterwards?: SimpleDestination }
}
export type Treatment = SimpleDestination | { readonly asWhenBusy: true }

export interface Recording {
  readonly mode: 'never' | 'on-demand' | 'always'
  readonly announcement?: 'neither' | 'me' | 'remote-party' | 'both'
}

export interface BlockList {
  readonly callers: readonly string[]
  readonly treatment?: Treatment
  readonly tellAnonymousCallers?: boolean
}
export interface ForwardingRule<To> {
  readonly name?: string
  readonly enabled?: boolean
  readonly to: To
}
export interface Forwarding<To> {
  readonly all?: ForwardingRule<To>
  readonly notReachable?: ForwardingRule<To>
  readonly busy?: ForwardingRule<To>
  readonly noAnswer?: ForwardingRule<To>
}
export interface Hours {
  readonly from: string
  readonly to: string
}
export type Weekly = Readonly<Record<string, readonly Hours[]>>
export interface Schedule {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly weekly: Weekly
  readonly exceptions?: readonly {
    readonly date: string
    readonly until?: string
    readonly holiday?: boolean
    readonly open?: readonly Hours[]
  }[]
}
export interface When {
  readonly from?: string
  readonly until?: string
  readonly weekly?: Weekly
  readonly schedule?: string
  readonly during?: 'open' | 'closed' | 'holiday'
}
export interface Rule {
  readonly name: string
  readonly enabled?: boolean
  readonly who?: { readonly callers?: readonly string[]; readonly contacts?: readonly string[] }
  readonly when?: When
  readonly to: Destination | RingPhones
}
export interface Pbx {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly dialCode?: string
  readonly country: string
  readonly outsidePrefix?: string
  readonly mainNumber?: string
  readonly misdialIsError?: boolean
  readonly blockList?: BlockList
  readonly phoneRedirects?: boolean
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
}
export interface Site {
  readonly id: string
  readonly name: string
  readonly pbx: string
  readonly timeZone: string
  readonly country?: string
  readonly areaCode?: string
  readonly mainNumber?: string
  readonly mainNumberForAll?: boolean
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
}
export interface User {
  readonly userName: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly site: string
  readonly extension: string
  readonly primaryNumber?: string
  readonly externalCallerId?: { readonly name?: string; readonly number?: string }
  readonly internalCallerId?: { readonly name: string }
  readonly active?: boolean
  readonly callWaiting?: boolean
  readonly lines?: number
  readonly ringSeconds?: number
  readonly blockCallerId?: boolean
  readonly internationalForwarding?: boolean
  readonly blockList?: BlockList
  readonly rules?: readonly Rule[]
  readonly forwarding?: Forwarding<Destination>
  readonly doNotDisturb?: boolean
  readonly timeZone?: string
  readonly callingPlan?: string
  readonly callingCountry?: string
  readonly outboundBlockList?: readonly string[]
  readonly voicemail?: { readonly enabled: boolean }
  readonly recording?: Recording
}
export type Member = ({ readonly user: string } | { readonly number: string }) & {
  readonly ringSeconds?: number
  readonly optedOut?: boolean
}
export interface RingGroup {
  readonly id: string
  readonly name: string
  readonly site: string
  readonly extension: string
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly members: readonly Member[]
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: string
  readonly skipBusyMembers?: boolean
  readonly forwarding?: Forwarding<Target | { readonly voicemail: true }>
  readonly voicemail?: { readonly enabled: boolean; readonly addresses?: readonly string[] }
  readonly recording?: Recording
}
export interface Trunk {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly trusted: readonly { readonly address: string }[]
  readonly channels?: number
  readonly prefixes: readonly string[]
  readonly priority?: number
  readonly weight?: number
  readonly numberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly country?: string
  readonly emergency?: 'first' | 'allowed' | 'never'
  readonly forwardedCallerId?: 'original' | 'forwarder' | 'original-in-From'
  readonly emergencyCountries?: readonly string[]
}
export interface CallingPlan {
  readonly id: string
  readonly name: string
  readonly allow: readonly string[]
  readonly deny?: readonly string[]
}
export interface Contact {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumbers: readonly { readonly number: string; readonly type: string }[]
}
export interface PhoneNumber {
  readonly number: string
  readonly user?: string
  readonly ringGroup?: string
  readonly status?: 'pre-porting' | 'pending'
  readonly temporaryNumber?: string
  readonly sharedCallerId?: { readonly displayName: string }
}
export interface ParkSlot {
  readonly id: string
  readonly name: string
  readonly site: string
  readonly extension: string
}
export interface TollLimit {
  readonly each?: number
  readonly account?: number
}
export interface TollFraud {
  readonly timeZone?: string
  readonly simultaneousCalls?: TollLimit
  readonly minutesADay?: { readonly low?: TollLimit; readonly medium?: TollLimit; readonly high?: TollLimit }
  readonly outsideHours?: TollLimit & { readonly schedule: string }
  readonly lowRisk?: readonly string[]
  readonly mediumRisk?: readonly string[]
  readonly highRisk?: readonly string[]
}
export interface Company {
  readonly account: {
    readonly name: string
    readonly blockList?: BlockList
    readonly outboundBlockList?: readonly string[]
    readonly simultaneousOutsideForwards?: number
    readonly tollFraud?: TollFraud
    readonly recordingAnnouncement?: 'over-the-speech' | 'first'
    readonly recordingBeep?: boolean
  }
  readonly pbxs: readonly Pbx[]
  readonly sites: readonly Site[]
  readonly users: readonly User[]
  readonly devices: readonly { readonly user: string; readonly sipUserName: string; readonly password: string }[]
  readonly phoneNumbers: readonly PhoneNumber[]
  readonly trunks: readonly Trunk[]
  readonly schedules: readonly Schedule[]
  readonly callingPlans: readonly CallingPlan[]
  readonly contacts: readonly Contact[]
  readonly ringGroups: readonly RingGroup[]
  readonly parkSlots: readonly ParkSlot[]
}

/** The one of this list with this id. A document that was accepted points at nothing that is not there. */
export function found<Entity>(list: readonly Entity[], fits: (entity: Entity) => boolean): Entity {
  const entity = list.find(fits)
  if (entity === undefined) throw new Error('The document points at what is not there')
  return entity
}

export function userNamed(company: Company, id: string): User {
  return found(company.users, ({ userName }) => userName === id)
}

export function groupNamed(company: Company, id: string): RingGroup {
  return found(company.ringGroups, (group) => group.id === id)
}

export function siteOf(company: Company, of: { readonly site: string }): Site {
  return found(company.sites, ({ id }) => id === of.site)
}

export function pbxOf(company: Company, of: { readonly site: string }): Pbx {
  const site = siteOf(company, of)
  return found(company.pbxs, ({ id }) => id === site.pbx)
}

/** Where somebody calls from: the country of his site, else of his PBX. */
export function countryOf(company: Company, of: { readonly site: string }): string {
  return siteOf(company, of).country ?? pbxOf(company, of).country
}

/** The numbers that a user has, the primary one first, the others in order. For one that is being ported stands the temporary one. */
export function numbersOf(company: Company, user: User): string[] {
  const all = company.phoneNumbers
    .filter((each) => each.user === user.userName)
    .flatMap(({ number, status, temporaryNumber = [] }) => (status === undefined ? number : temporaryNumber))
    .sort()
  const { primaryNumber } = user
  return primaryNumber === undefined ? all : [primaryNumber, ...all.filter((each) => each !== primaryNumber)]
}
