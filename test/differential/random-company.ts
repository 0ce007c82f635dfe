/**
 * Random small companies that the product's own checker accepts: few people, few numbers, so that the rules of one meet
 * those of another often. What a company may hold and this one does not is left out of the reference too.
 */
import type { Chance } from '../simulation/chance.ts'
import type {
  BlockList,
  CallingPlan,
  Company,
  Destination,
  Forwarding,
  Hours,
  Member,
  PhoneNumber,
  Recording,
  RingGroup,
  Rule,
  Schedule,
  SimpleDestination,
  Site,
  Target,
  TargetList,
  TollFraud,
  Trunk,
  User,
  Weekly,
  When,
} from './reference/document.ts'
import { countryOfNumber } from './reference/numbers.ts'

const people = ['anna', 'ben', 'cora', 'dan', 'eve', 'finn']
/** Numbers that no company has: fixed lines, mobiles and numbers that cost more. */
export const strangers = [
  '+442079460901',
  '+442079460902',
  '+441174960903',
  '+447700900123',
  '+12125550142',
  '+13105550143',
  '+4930901820904',
  '+33639980124',
  '+448449460125',
  '+19002125550',
]
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const zones = ['Europe/London', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe']
const times = ['00:00', '01:30', '02:00', '02:30', '09:00', '12:30', '13:00', '17:30', '23:45', '24:00']
const dates = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-25', '2026-11-01', '2026-12-25']

/** Nothing, or what is made, as often as told. */
function maybe<Value>(chance: Chance, probability: number, make: () => Value): Value | undefined {
  return chance.happens(probability) ? make() : undefined
}

/** The same without fields that are undefined: those are not in the document. */
function written<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}

function hours(chance: Chance): Hours[] {
  const [from = 0, to = 1] = [chance.below(times.length), chance.below(times.length)].sort((a, b) => a - b)
  return from === to ? [] : [{ from: times[from] ?? '', to: times[to] ?? '' }]
}

function weekly(chance: Chance): Weekly {
  return Object.fromEntries(days.filter(() => chance.happens(0.6)).map((day) => [day, hours(chance)]))
}

function schedules(chance: Chance): Schedule[] {
  return ['office', 'shop'].map((id) => ({
    id,
    name: id,
    timeZone: chance.pick(zones),
    weekly: weekly(chance),
    exceptions: dates
      .filter(() => chance.happens(0.4))
      .map((date) => ({ date, holiday: chance.happens(0.5), open: maybe(chance, 0.5, () => hours(chance)) }))
      .map(written) as NonNullable<Schedule['exceptions']>,
  }))
}

function when(chance: Chance): When {
  const kind = chance.weighted({ period: 3, weekly: 3, schedule: 3 })
  if (kind === 'weekly') return { weekly: { [chance.pick(days)]: [{ from: '00:00', to: '24:00' }], ...weekly(chance) } }
  if (kind === 'schedule') {
    return { schedule: chance.pick(['office', 'shop']), during: chance.pick(['open', 'closed', 'holiday']) }
  }
  const moments = dates.flatMap((date) => times.slice(0, -1).map((time) => `${date}T${time}`))
  const [from = 0, until = 0] = [chance.below(moments.length), chance.below(moments.length)].sort((a, b) => a - b)
  if (from === until || chance.happens(0.3)) return { from: moments[from] ?? '' }
  if (chance.happens(0.3)) return { until: moments[until] ?? '' }
  return { from: moments[from] ?? '', until: moments[until] ?? '' }
}

/** What entries of block lists may name, by the PBX in which they are read. */
function callers(chance: Chance, extensions: readonly string[], numbers: readonly string[]): string[] {
  const entry = () => {
    const kind = chance.weighted({ number: 4, extension: 3, anonymous: 2, prefix: 2, range: 1 })
    const number = chance.pick(numbers)
    if (kind === 'anonymous') return kind
    if (kind === 'extension' && extensions.length > 0) return chance.pick(extensions)
    if (kind === 'prefix') return `${number.slice(0, 3 + chance.below(number.length - 4))}*`
    if (kind === 'range') return `${number.slice(0, -2)}00-${number.slice(0, -1)}3`
    return number
  }
  return [...new Set(Array.from({ length: 1 + chance.below(2) }, entry))]
}

class Maker {
  readonly #chance: Chance
  readonly #groups: string[]
  readonly #people: string[]
  readonly #numbers: string[]

  /** `owner`: id of a user or group, to whom nothing of his own may lead. */
  constructor(chance: Chance, owner: string, groups: string[], numbers: PhoneNumber[]) {
    this.#chance = chance
    this.#groups = groups.filter((id) => id !== owner)
    this.#people = people.filter((id) => id !== owner)
    this.#numbers = numbers
      .filter(({ user, ringGroup }) => user !== owner && ringGroup !== owner)
      .map(({ number }) => number)
  }

  /** `outside`: the numbers that its owner may choose; null where no number may be, not even one of ours. */
  target(outside: readonly string[] | null): Target {
    const chance = this.#chance
    const kind = chance.weighted({ user: 5, number: 3, ours: 1, group: 1 })
    if (kind === 'group' && this.#groups.length > 0) return { ringGroup: chance.pick(this.#groups) }
    if (kind === 'number' && outside !== null && outside.length > 0) return { number: chance.pick(outside) }
    if (kind === 'ours' && outside !== null) return { number: chance.pick(this.#numbers) }
    return { user: chance.pick(this.#people) }
  }

  simple(outside: readonly string[], mailbox: boolean): SimpleDestination {
    const kind = this.#chance.weighted({ target: 6, busy: 1, voicemail: mailbox ? 2 : 0 })
    if (kind === 'busy') return { busy: true }
    return kind === 'voicemail' ? { voicemail: true } : this.target(outside)
  }

  destination(outside: readonly string[], mailbox: boolean): Destination {
    if (this.#chance.happens(0.75)) return this.simple(outside, mailbox)
    return { list: this.list(outside, mailbox) }
  }

  list(outside: readonly string[], mailbox: boolean): TargetList {
    const chance = this.#chance
    return written({
      order: chance.pick(['sequential', 'simultaneous'] as const),
      members: Array.from({ length: 1 + chance.below(3) }, () => ({
        ...this.target(outside),
        ringSeconds: maybe(chance, 0.4, () => 1 + chance.below(60)),
      })),
      afterwards: maybe(chance, 0.5, () => this.simple(outside, mailbox)),
    }) as TargetList
  }

  blockList(extensions: readonly string[], outside: readonly string[], mailbox: boolean): BlockList {
    const chance = this.#chance
    const kind = chance.weighted({ none: 4, target: 2, whenBusy: 2, voicemail: mailbox ? 1 : 0 })
    const treatment =
      kind === 'none'
        ? undefined
        : kind === 'target'
          ? this.target(outside)
          : kind === 'whenBusy'
            ? { asWhenBusy: true as const }
            : { voicemail: true as const }
    return written({
      callers: callers(chance, extensions, [...this.#numbers, ...strangers]),
      treatment,
      tellAnonymousCallers: maybe(chance, 0.3, () => true),
    }) as BlockList
  }
}

function plan(chance: Chance): string {
  return chance.weighted({ domestic: 4, international: 3, custom: 3, 'emergency-only': 1 })
}

function trunks(chance: Chance): Trunk[] {
  return Array.from({ length: 1 + chance.below(3) }, (_, index) =>
    written({
      id: `trunk${index}`,
      name: `Trunk ${index}`,
      address: `192.0.2.${index + 1}`,
      trusted: [{ address: `192.0.2.${index + 1}` }],
      channels: maybe(chance, 0.4, () => 1 + chance.below(3)),
      prefixes: chance.pick([['+'], ['+'], ['+44'], ['+1', '+4420'], ['+', '+44']]),
      priority: maybe(chance, 0.5, () => 99 + chance.below(3)),
      weight: maybe(chance, 0.4, () => chance.pick([0, 1, 3, 7])),
      numberFormat: maybe(chance, 0.5, () => chance.pick(['e164', 'e164-without-plus', 'national'] as const)),
      country: maybe(chance, 0.5, () => chance.pick(['GB', 'US'])),
      emergency: maybe(chance, 0.5, () => chance.pick(['first', 'allowed', 'never'] as const)),
      emergencyCountries: maybe(chance, 0.3, () => [chance.pick(['GB', 'US'])]),
      forwardedCallerId: maybe(chance, 0.5, () => chance.pick(['original', 'forwarder', 'original-in-From'] as const)),
    }),
  ) as Trunk[]
}

function sites(chance: Chance): Site[] {
  const places: Site[] = [
    { id: 'london', name: 'London', pbx: 'north', timeZone: 'Europe/London', areaCode: '20' },
    { id: 'york', name: 'New York', pbx: 'north', timeZone: 'America/New_York', country: 'US', areaCode: '212' },
    { id: 'bristol', name: 'Bristol', pbx: 'south', timeZone: 'Europe/London', areaCode: '117' },
  ]
  const main: Record<string, string> = { london: '+442079460100', york: '+12125550100', bristol: '+441174960100' }
  return places
    .map((site) =>
      written({
        ...site,
        mainNumber: maybe(chance, 0.7, () => main[site.id] ?? ''),
        callingPlan: maybe(chance, 0.3, () => plan(chance)),
        outboundBlockList: maybe(chance, 0.15, () => [chance.pick(strangers).slice(0, 6)]),
      }),
    )
    .map((site) =>
      site.mainNumber !== undefined && chance.happens(0.2) ? { ...site, mainNumberForAll: true } : site,
    ) as Site[]
}

/** People of whom each sends all calls on to the next: more than a call may be forwarded. */
function longChain(): User[] {
  const names = Array.from({ length: 13 }, (_, index) => `chain${index}`)
  return names.map((userName, index) => ({
    userName,
    firstName: userName,
    lastName: 'Smith',
    email: `${userName}@acme.test`,
    site: 'london',
    extension: String(3000 + index),
    forwarding: names[index + 1] === undefined ? {} : { all: { to: { user: names[index + 1] ?? '' } } },
  }))
}

function recording(chance: Chance): Recording {
  const announcement = maybe(chance, 0.7, () => chance.pick(['neither', 'me', 'remote-party', 'both'] as const))
  return written({ mode: chance.pick(['never', 'on-demand', 'always'] as const), announcement }) as Recording
}

function tollFraud(chance: Chance): TollFraud {
  const limit = (values: readonly number[]) =>
    maybe(chance, 0.6, () => ({
      each: maybe(chance, 0.7, () => chance.pick(values)),
      account: maybe(chance, 0.5, () => chance.pick(values)),
    }))
  return written({
    timeZone: chance.pick(zones),
    simultaneousCalls: limit([0, 1, 2, 3]),
    minutesADay: { low: limit([0, 1, 2]), medium: limit([1, 2]), high: limit([1, 2]) },
    outsideHours: maybe(chance, 0.5, () => ({ schedule: chance.pick(['office', 'shop']), ...limit([0, 1, 2, 3]) })),
    lowRisk: maybe(chance, 0.2, () => ['+3363']),
    mediumRisk: maybe(chance, 0.3, () => chance.pick([['+4420'], ['US'], ['+447700', 'DE']])),
    highRisk: maybe(chance, 0.4, () => chance.pick([['+44'], ['+12125', 'FR'], ['zone-14', '+4930901820904']])),
  }) as TollFraud
}

export function randomCompany(chance: Chance): Company {
  const groups = ['sales', 'help'].slice(0, chance.below(3))
  const mains: PhoneNumber[] = ['+442079460100', '+12125550100', '+441174960100'].map((number) => ({ number }))
  const allSites = sites(chance)
  const codes = chance.pick([
    ['21', '22'],
    ['2', '22'],
    [undefined, '22'],
    ['21', undefined],
    [undefined, undefined],
  ])
  const places = people.map(() => chance.pick(allSites))
  const pbxOf = (site: Site | undefined) => site?.pbx ?? ''
  // Within a PBX extensions count up; over both they meet.
  const taken: Record<string, number> = { north: 1000, south: chance.pick([1000, 1002, 2000]) }
  const nextExtension = (pbx: string) => {
    taken[pbx] = (taken[pbx] ?? 0) + 1
    return String(taken[pbx])
  }
  const extensions = places.map((site) => nextExtension(pbxOf(site)))
  const userNumbers = people.flatMap((user, index): PhoneNumber[] => [
    ...(chance.happens(0.7) ? [{ number: `+4420794601${10 + index}`, user }] : []),
    ...(chance.happens(0.2) ? [{ number: `+1212555011${index}`, user }] : []),
  ])
  const groupNumbers = groups
    .filter(() => chance.happens(0.5))
    .map((ringGroup, index) => ({ number: `+44207946013${index}`, ringGroup }))
  const ported: PhoneNumber[] = chance.happens(0.3)
    ? [
        { number: '+442079460150', user: chance.pick(people), status: 'pending', temporaryNumber: '+442079460151' },
        { number: '+442079460151' },
      ]
    : []
  const sharedCallerId = maybe(chance, 0.5, () => ({ displayName: 'Acme service' }))
  const free: PhoneNumber = written({ number: '+442079460199', sharedCallerId }) as PhoneNumber
  const phoneNumbers = [...mains, ...userNumbers, ...groupNumbers, ...ported, free]
  const numbers = phoneNumbers.map(({ number }) => number)
  const shared = new Maker(chance, '', groups, phoneNumbers)
  const customPlan: CallingPlan = written({
    id: 'custom',
    name: 'Custom',
    allow: chance.pick([
      ['GB'],
      ['+4420', 'US'],
      ['+447', '+44', '+1212'],
      ['zone-14'],
      ['zone-48', 'FR'],
      ['zone-32', '+4477', '+44844'],
      ['+44', '+4484494'],
    ]),
    deny: maybe(chance, 0.5, () => [chance.pick(['+44207', '+4477', '+1310', '+447700900'])]),
  }) as CallingPlan
  const inPbx = (pbx: string) => extensions.filter((_, index) => pbxOf(places[index]) === pbx)
  /** Extensions as they are dialled in a PBX; for the account with dial codes only. */
  const dialledIn = (pbx: string | null) =>
    ['north', 'south'].flatMap((each, index) => {
      const code = codes[index]
      const own = inPbx(each)
      if (each === pbx) return own
      return code === undefined ? [] : own.map((extension) => code + extension)
    })
  const atHome = (country: string) => strangers.filter((number) => countryOfNumber(number) === country)

  const users = people.map((userName, index): User => {
    const make = new Maker(chance, userName, groups, phoneNumbers)
    const site = places[index] as Site
    const internationalForwarding = chance.happens(0.4)
    const callingCountry = maybe(chance, 0.1, () => chance.pick(['GB', 'US']))
    const home = callingCountry ?? site.country ?? 'GB'
    const outside = internationalForwarding ? strangers : atHome(home)
    const mailbox = chance.happens(0.5)
    const forward = (probability: number) =>
      maybe(chance, probability, () =>
        written({ enabled: maybe(chance, 0.2, () => false), to: make.destination(outside, mailbox) }),
      )
    const rule = (_: unknown, number: number): Rule =>
      written({
        name: `Rule ${number}`,
        enabled: maybe(chance, 0.1, () => false),
        who: maybe(chance, 0.6, () =>
          chance.happens(0.8)
            ? { callers: callers(chance, dialledIn(site.pbx), [...numbers, ...strangers]) }
            : { contacts: [chance.pick(['carol', 'chris'])] },
        ),
        when: maybe(chance, 0.6, () => when(chance)),
        to: chance.happens(0.2)
          ? {
              ringPhones: {
                seconds: 1 + chance.below(60),
                afterwards: maybe(chance, 0.6, () => make.simple(outside, mailbox)),
              },
            }
          : make.destination(outside, mailbox),
      }) as Rule
    const own = userNumbers.filter((each) => each.user === userName).map(({ number }) => number)
    const toShow = [...own, site.mainNumber, free.sharedCallerId && free.number].filter((each) => each !== undefined)
    return written({
      userName,
      firstName: userName,
      lastName: 'Smith',
      email: `${userName}@acme.test`,
      site: site.id,
      extension: extensions[index] ?? '',
      primaryNumber: maybe(chance, 0.5, () => own.at(-1)),
      externalCallerId:
        toShow.length > 0
          ? maybe(chance, 0.3, () => ({
              number: chance.pick(toShow),
              name: maybe(chance, 0.5, () => `${userName} outside`),
            }))
          : undefined,
      internalCallerId: maybe(chance, 0.2, () => ({ name: `${userName} inside` })),
      active: maybe(chance, 0.06, () => false),
      callWaiting: maybe(chance, 0.3, () => false),
      lines: maybe(chance, 0.3, () => 1 + chance.below(3)),
      ringSeconds: maybe(chance, 0.3, () => 1 + chance.below(60)),
      blockCallerId: maybe(chance, 0.15, () => true),
      internationalForwarding,
      blockList: maybe(chance, 0.25, () => make.blockList(dialledIn(site.pbx), outside, mailbox)),
      rules: maybe(chance, 0.4, () => Array.from({ length: 1 + chance.below(3) }, rule)),
      forwarding: { all: forward(0.2), notReachable: forward(0.5), busy: forward(0.5), noAnswer: forward(0.5) },
      doNotDisturb: maybe(chance, 0.12, () => true),
      timeZone: maybe(chance, 0.2, () => chance.pick(zones)),
      callingPlan: maybe(chance, 0.4, () => plan(chance)),
      callingCountry,
      outboundBlockList: maybe(chance, 0.1, () => [chance.pick(strangers).slice(0, 6)]),
      voicemail: { enabled: mailbox },
      recording: maybe(chance, 0.3, () => recording(chance)),
    }) as User
  })

  const ringGroups = groups.map((id): RingGroup => {
    const make = new Maker(chance, id, groups, phoneNumbers)
    const site = chance.pick(allSites)
    const internationalForwarding = chance.happens(0.4)
    const outside = internationalForwarding ? strangers : atHome(site.country ?? 'GB')
    const mailbox = chance.happens(0.3)
    const rule = (probability: number, numbersToo: readonly string[] | null) =>
      maybe(chance, probability, () =>
        written({
          enabled: maybe(chance, 0.2, () => false),
          to: mailbox && chance.happens(0.3) ? { voicemail: true as const } : make.target(numbersToo),
        }),
      )
    const members = [...people]
      .filter(() => chance.happens(0.5))
      .map((user): Member => ({ user }))
      .concat(outside.length > 0 && chance.happens(0.3) ? [{ number: chance.pick(outside) }] : [])
    return written({
      id,
      name: id,
      site: site.id,
      extension: nextExtension(site.pbx),
      callingPlan: maybe(chance, 0.3, () => plan(chance)),
      internationalForwarding,
      members: (members.length > 0 ? members : [{ user: 'anna' }]).map((member) => ({
        ...member,
        ringSeconds: maybe(chance, 0.3, () => 1 + chance.below(60)),
        optedOut: maybe(chance, 0.15, () => true),
      })),
      pattern: chance.pick(['all', 'in-order', 'round-robin', 'longest-idle'] as const),
      ringSeconds: maybe(chance, 0.3, () => 1 + chance.below(60)),
      callerNamePrefix: maybe(chance, 0.3, () => id.toUpperCase()),
      skipBusyMembers: chance.happens(0.3),
      forwarding: {
        all: rule(0.15, null) as never,
        notReachable: rule(0.5, outside),
        busy: rule(0.5, outside),
        noAnswer: rule(0.5, outside),
      } as Forwarding<Target>,
      voicemail: mailbox ? { enabled: true, addresses: ['desk@acme.test'] } : { enabled: false },
      recording: maybe(chance, 0.3, () => recording(chance)),
    }) as RingGroup
  })

  return written({
    account: {
      name: 'Acme',
      blockList: maybe(chance, 0.2, () => shared.blockList(dialledIn(null), [], true)),
      outboundBlockList: maybe(chance, 0.1, () => [chance.pick(strangers).slice(0, 6)]),
      simultaneousOutsideForwards: maybe(chance, 0.3, () => 1 + chance.below(4)),
      tollFraud: maybe(chance, 0.4, () => tollFraud(chance)),
      recordingAnnouncement: maybe(chance, 0.4, () => chance.pick(['over-the-speech', 'first'] as const)),
      recordingBeep: maybe(chance, 0.3, () => true),
    },
    pbxs: ['north', 'south'].map((id, index) => ({
      id,
      name: id,
      domain: `${id}.test`,
      dialCode: codes[index],
      country: 'GB',
      outsidePrefix: maybe(chance, 0.4, () => '9'),
      mainNumber: maybe(chance, 0.5, () => chance.pick(mains).number),
      blockList: maybe(chance, 0.2, () => shared.blockList(dialledIn(id), [], true)),
      phoneRedirects: maybe(chance, 0.2, () => false),
      callingPlan: maybe(chance, 0.5, () => plan(chance)),
      outboundBlockList: maybe(chance, 0.1, () => [chance.pick(strangers).slice(0, 6)]),
    })),
    sites: allSites,
    users: [...users, ...(maybe(chance, 0.05, longChain) ?? [])],
    devices: people
      .filter(() => chance.happens(0.92))
      .map((user) => ({ user, sipUserName: user, password: 'change-me-now-1' })),
    phoneNumbers,
    trunks: trunks(chance),
    schedules: schedules(chance),
    callingPlans: [customPlan],
    contacts: ['carol', 'chris'].map((id) => ({
      id,
      firstName: id,
      lastName: 'Jones',
      phoneNumbers: (id === 'carol' ? strangers.slice(0, 2) : strangers.slice(3, 4)).map((number) => ({
        number,
        type: 'WORK',
      })),
    })),
    ringGroups,
    parkSlots: allSites
      .filter(() => chance.happens(0.3))
      .map(({ id: site }, index) => ({ id: `slot${index}`, name: `Slot ${index}`, site, extension: `70${index}` })),
  }) as Company
}
