/** Companies by chance: small, so that everybody forwards to everybody. */
import type { Chance } from '../simulation/chance.ts'

type Fields = Record<string, unknown>

/** A document in JSON: two PBXs, two trunks, each user with a phone and a number. */
export function randomCompany(people: number, chance: Chance): string {
  const numbers = Array.from({ length: people }, (_, index) => index)
  return JSON.stringify({
    version: 1,
    account: {
      name: 'Acme',
      simultaneousOutsideForwards: 4,
      tollFraud: {
        timeZone: 'Asia/Kolkata',
        simultaneousCalls: { each: 400, account: 650 },
        minutesADay: { low: { each: 9, account: 11 }, medium: { each: 5 }, high: { each: 2 } },
      },
    },
    pbxs: [
      { id: 'north', name: 'North', domain: 'north.test', dialCode: '21', country: 'GB', outsidePrefix: '9' },
      { id: 'south', name: 'South', domain: 'south.test', dialCode: '22', country: 'GB', outsidePrefix: '9' },
    ],
    sites: [
      { id: 'n', name: 'N', pbx: 'north', timeZone: 'Europe/London' },
      {
        id: 's',
        name: 'S',
        pbx: 'south',
        timeZone: 'Europe/London',
        mainNumber: '+442079460150',
        mainNumberForAll: true,
      },
    ],
    trunks: [
      {
        id: 'one',
        name: 'One',
        address: '192.0.2.1',
        trusted: [{ address: '192.0.2.1' }],
        prefixes: ['+'],
        channels: 4,
      },
      {
        id: 'two',
        name: 'Two',
        address: '192.0.2.2',
        trusted: [{ address: '192.0.2.2' }],
        prefixes: ['+44', '+33'],
        priority: 2,
      },
    ],
    users: numbers.map((number) => randomUser(number, people, chance, true)),
    ringGroups: (['all', 'in-order', 'round-robin', 'longest-idle'] as const).map((pattern, index) => ({
      id: `g${index}`,
      name: `Group ${index}`,
      site: 'n',
      extension: String(300 + index),
      pattern,
      ringSeconds: 5 + index,
      skipBusyMembers: index % 2 === 0,
      members: [{ user: `u${index}` }, { user: `u${(index + 3) % people}` }, { number: '+441632960000' }],
      forwarding: { busy: { to: { user: 'u1' } } },
      recording: { mode: 'always', announcement: 'both' },
    })),
    devices: numbers.map((number) => ({
      user: `u${number}`,
      sipUserName: `phone${number}`,
      password: 'a-long-secret-1',
    })),
    phoneNumbers: [
      ...numbers.map((number) => ({ number: `+4420794601${two(number)}`, user: `u${number}` })),
      { number: '+442079460150' },
      { number: '+442079460151', ringGroup: 'g2' },
    ],
  })
}

/** @param plain without rules, for a first document in which nobody forwards in a circle */
export function randomUser(number: number, people: number, chance: Chance, plain = false): Fields {
  const rule = () => (chance.happens(0.4) ? { to: randomDestination(number, people, chance) } : undefined)
  const blocked = chance.happens(0.3) ? [randomCaller(people, chance), randomCaller(people, chance)] : []
  const forwarding = plain
    ? {}
    : present({ all: chance.happens(0.2) ? rule() : undefined, busy: rule(), noAnswer: rule(), notReachable: rule() })
  return present({
    userName: `u${number}`,
    firstName: 'User',
    lastName: `Nº ${number}`,
    email: 'user@acme.test',
    site: number % 2 === 0 ? 'n' : 's',
    extension: String(200 + number),
    active: chance.happens(0.9),
    callWaiting: chance.happens(0.5),
    lines: 1 + chance.below(3),
    blockCallerId: chance.happens(0.2),
    internationalForwarding: chance.happens(0.5),
    ringSeconds: 1 + chance.below(60),
    doNotDisturb: chance.happens(0.1),
    voicemail: { enabled: chance.happens(0.5) },
    rules: plain || chance.happens(0.6) ? undefined : [randomRule(number, people, chance)],
    forwarding: Object.keys(forwarding).length === 0 ? undefined : forwarding,
    blockList:
      blocked.length === 0
        ? undefined
        : {
            callers: [...new Set(blocked)],
            tellAnonymousCallers: chance.happens(0.3),
            ...(chance.happens(0.5) ? { treatment: { asWhenBusy: true } } : {}),
          },
  })
}

/** For some callers only, or at night: a rule for everybody at any time could make a circle. */
function randomRule(number: number, people: number, chance: Chance): Fields {
  const night = [{ from: '00:00', to: '12:00' }]
  const to = chance.happens(0.3) ? { ringPhones: { seconds: 3 } } : randomDestination(number, people, chance)
  return chance.happens(0.5)
    ? { name: 'Some callers', who: { callers: [randomCaller(people, chance)] }, to }
    : { name: 'Mornings', when: { weekly: { monday: night, wednesday: night, sunday: night } }, to }
}

function randomDestination(number: number, people: number, chance: Chance, inList = false): Fields {
  const other = (number + 1 + chance.below(people - 1)) % people
  if (chance.happens(0.5)) return { user: `u${other}` }
  if (chance.happens(0.15)) return { ringGroup: `g${chance.below(4)}` }
  if (!inList && chance.happens(0.3)) {
    const members = Array.from({ length: 1 + chance.below(4) }, () => randomDestination(number, people, chance, true))
    return { list: { order: chance.pick(['sequential', 'simultaneous']), members } }
  }
  if (inList) return { number: '+441632960000', ringSeconds: 9 }
  if (chance.happens(0.3)) return { number: `+4420794601${two(other)}` }
  return chance.happens(0.2) ? { busy: true } : { number: chance.happens(0.7) ? '+441632960000' : '+33123456789' }
}

function randomCaller(people: number, chance: Chance): string {
  const user = chance.below(people)
  return chance.happens(0.5) ? `2${1 + (user % 2)}${200 + user}` : chance.happens(0.5) ? 'anonymous' : '+4416329600*'
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
