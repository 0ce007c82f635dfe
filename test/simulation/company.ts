import type { Document } from '../../engine/config/document.ts'

export const serverHost = '192.0.2.1'
export const serverAddress = `${serverHost}:5060`

/** One phone or trunk of the simulated company. */
export interface StationSettings {
  readonly name: string
  /** IP address; all use port 5060. */
  readonly host: string
  /** Id of its user; '' for a trunk. */
  readonly user: string
  readonly domain: string
  /** '' for a trunk and for phones that are switched off. */
  readonly password: string
}

type UserSettings = NonNullable<Document['users']>[number]

/** Calls of each PBX, where there are limits: few, so that they are reached. */
export const callsOfPbx: Readonly<Record<string, number>> = { north: 3, south: 2 }
/** Outside calls of a user at once, likewise. */
const outsideCallsOfUser = 2
/** Numbers that no limit may stop. */
export const emergencyNumbers: readonly string[] = ['999', '112']

const outside = '+442071234567'
/** A caller from outside whom nobody wants to hear. */
export const nuisanceNumber = '+442079469999'

const rules: readonly (Partial<UserSettings> & { readonly id: string; readonly phones: number })[] = [
  { id: 'n1001', phones: 2, primaryNumber: '+442079460001' },
  { id: 'n1002', phones: 1, callWaiting: false },
  { id: 'n1003', phones: 3, ringSeconds: 6, forwarding: { noAnswer: { to: { user: 'n1001' } } } },
  { id: 'n1004', phones: 1, lines: 1, forwarding: { busy: { to: { user: 'n1002' } } } },
  { id: 'n1005', phones: 1, forwarding: { all: { to: { user: 'n1006' } } } },
  {
    id: 'n1006',
    phones: 1,
    primaryNumber: '+442079460006',
    blockList: { callers: ['1001', nuisanceNumber], treatment: { asWhenBusy: true } },
  },
  { id: 'n1007', phones: 0, forwarding: { notReachable: { to: { number: outside } } } },
  { id: 'n1008', phones: 1, ringSeconds: 4, forwarding: { noAnswer: { to: { number: outside } } } },
  { id: 's1001', phones: 1, primaryNumber: '+442079460011' },
  { id: 's1002', phones: 2, ringSeconds: 5, forwarding: { noAnswer: { to: { user: 's1001' } } } },
  { id: 's1003', phones: 1, blockList: { callers: ['anonymous', '211002'], treatment: { busy: true } } },
  { id: 's1004', phones: 1, lines: 1, forwarding: { busy: { to: { user: 'n1003' } } } },
  {
    id: 's1005',
    phones: 1,
    rules: [
      {
        name: 'Together',
        to: {
          list: {
            order: 'simultaneous',
            members: [
              { user: 'n1001', ringSeconds: 3 },
              { number: outside, ringSeconds: 8 },
              { user: 's1002', ringSeconds: 5 },
              { user: 'n1006' },
            ],
            afterwards: { user: 's1003' },
          },
        },
      },
    ],
  },
  {
    id: 's1006',
    phones: 2,
    ringSeconds: 4,
    forwarding: {
      noAnswer: {
        to: { list: { order: 'sequential', members: [{ number: outside }, { ringGroup: 'team' }, { user: 'n1006' }] } },
      },
    },
  },
]

const groups: NonNullable<Document['ringGroups']> = [
  {
    id: 'team',
    name: 'Team',
    site: 'north-office',
    extension: '1100',
    ringSeconds: 6,
    members: [{ user: 'n1001' }, { user: 'n1006', ringSeconds: 3 }, { user: 's1003' }, { number: outside }],
    forwarding: { noAnswer: { to: { user: 's1001' } } },
  },
  {
    id: 'row',
    name: 'Row',
    site: 'south-office',
    extension: '1200',
    ringSeconds: 3,
    pattern: 'round-robin',
    skipBusyMembers: true,
    members: [{ user: 'n1002' }, { user: 's1001' }, { number: outside }, { user: 'n1006' }],
  },
]

/** Who must never ring whom: user id of the callee to X-Caller of the callers. */
export const blockedCallers: ReadonlyMap<string, readonly string[]> = new Map([
  ['n1006', ['n1001', nuisanceNumber]],
  ['s1003', ['n1002', 'anonymous']],
])

export const carriers: readonly StationSettings[] = [
  { name: 'carrier-a', host: '10.9.0.1', user: '', domain: serverHost, password: '' },
  { name: 'carrier-b', host: '10.9.0.2', user: '', domain: serverHost, password: '' },
]

export const phones: readonly StationSettings[] = rules.flatMap(({ id, phones: count }, user) =>
  Array.from({ length: count }, (_, index) => ({
    name: `${id}-phone${index + 1}`,
    host: `10.0.${user}.${index + 1}`,
    user: id,
    domain: domainOf(id),
    password: `secret of ${id} ${index + 1}`,
  })),
)

/** Phones of a reception in each PBX that only watch. */
export const watchers: readonly StationSettings[] = ['n1002', 's1001'].map((user, index) => ({
  name: `${user}-lamps`,
  host: `10.8.0.${index + 1}`,
  user,
  domain: domainOf(user),
  password: `secret of the lamps of ${user}`,
}))

/** Whom they watch. */
export const watchedUsers: readonly string[] = ['n1001', 'n1003', 'n1006', 's1001', 's1002', 's1003']

/** What can be dialled from a phone of this PBX, and some things that cannot. */
export function dialledFrom(domain: string): readonly string[] {
  const north = ['1001', '1002', '1003', '1004', '1005', '1006', '1007', '1008', '1100']
  const south = ['1001', '1002', '1003', '1004', '1005', '1006', '1200']
  const others = [outside, '00442071230000', '+442079460006', '4999', '+442079460001']
  return domain === 'north.test'
    ? [...north, ...south.map((extension) => `22${extension}`), ...others]
    : [...south, ...north.map((extension) => `21${extension}`), ...others]
}

/** What a carrier dials here. */
export const dialledByCarriers: readonly string[] = [
  '+442079460001',
  '+442079460006',
  '+442079460011',
  '+442079460020',
  '+442079460099',
]

/** Domain of a user or, by its first letter, of a park slot. */
export function domainOf(id: string): string {
  return id.startsWith('n') ? 'north.test' : 'south.test'
}

/** Park slots, which only exist where people do things with their calls. */
export const parkSlots: NonNullable<Document['parkSlots']> = [
  { id: 'north-one', name: 'North 1', site: 'north-office', extension: '701', ringBackSeconds: 20 },
  { id: 'north-two', name: 'North 2', site: 'north-office', extension: '702', ringBackSeconds: 60 },
  { id: 'south-one', name: 'South 1', site: 'south-office', extension: '701', ringBackSeconds: 30 },
]

/** Where people do things with their calls. */
const busySettings: ReadonlyMap<string, Partial<UserSettings>> = new Map([
  ['n1001', { pickupGroups: ['sales'], holdRecallSeconds: 20 }],
  ['n1003', { pickupGroups: ['sales'] }],
  ['n1006', { pickupGroups: ['sales'] }],
  ['s1001', { pickupGroups: ['south'] }],
  ['s1002', { pickupGroups: ['south'], holdRecallSeconds: 10 }],
])

/**
 * PBXs `north` (dial code 21) and `south` (22) with a user for each kind of rule, and two carriers.
 * @param busy with park slots, pickup groups and reminders of held calls
 * @param limited with limits of PBXs and against toll fraud
 */
export function companyDocument(busy: boolean, limited = false): Document {
  const most = (pbx: string) => (limited ? { simultaneousCalls: callsOfPbx[pbx] ?? 0 } : {})
  return {
    ...(busy ? { parkSlots } : {}),
    account: {
      name: 'Simulation',
      ...(limited ? { tollFraud: { simultaneousCalls: { each: outsideCallsOfUser } } } : {}),
    },
    pbxs: [
      { id: 'north', name: 'North', domain: 'north.test', dialCode: '21', country: 'GB', ...most('north') },
      {
        id: 'south',
        name: 'South',
        domain: 'south.test',
        dialCode: '22',
        country: 'GB',
        digestAlgorithms: ['MD5'],
        ...most('south'),
      },
    ],
    sites: [
      { id: 'north-office', name: 'North office', pbx: 'north', timeZone: 'Europe/London', areaCode: '20' },
      { id: 'south-office', name: 'South office', pbx: 'south', timeZone: 'Europe/London', areaCode: '20' },
    ],
    users: rules.map(({ phones: _, id, ...rest }) => ({
      userName: id,
      firstName: 'User',
      lastName: id,
      email: `${id}@example.com`,
      site: id.startsWith('n') ? 'north-office' : 'south-office',
      extension: id.slice(1),
      ...rest,
      ...(busy ? busySettings.get(id) : {}),
    })),
    devices: [...phones, ...watchers].map(({ name, user, password }) => ({ user, sipUserName: name, password })),
    ringGroups: groups,
    phoneNumbers: [
      ...rules.flatMap(({ id, primaryNumber }) =>
        primaryNumber === undefined ? [] : [{ number: primaryNumber, user: id }],
      ),
      { number: '+442079460020', ringGroup: 'team' },
    ],
    trunks: carriers.map(({ name, host }, index) => ({
      id: name,
      name,
      address: host,
      port: 5060,
      trusted: [{ address: host }],
      prefixes: ['+'],
      optionsSeconds: 0,
      priority: index,
      channels: index === 0 ? 3 : 0,
      singleDialog: index === 1,
    })),
  }
}
