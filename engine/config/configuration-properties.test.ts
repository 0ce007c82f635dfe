/**
 * Whatever is changed in whatever order: a change is accepted exactly when the configuration that it leads to would be,
 * checked from nothing; and a refused change leaves no trace.
 */
import fc from 'fast-check'
import t from 'tap'
import type { EntityWrite, Finding } from './configuration.ts'
import { Configuration } from './configuration.ts'
import { difference } from './difference.ts'
import { documentOf } from './document-of.ts'
import { writesOfDocument } from './document-writes.ts'
import { countryFact, deviceFact, dialledFact, extensionFact, numberFact } from './entities/facts.ts'
import type { Body, EntityKey, Kind } from './entities/kind.ts'
import { kindNames } from './entities/kind.ts'

const pbxIds = ['p1', 'p2', 'p3']
const siteIds = ['s1', 's2', 's3']
const userIds = ['a', 'b', 'c', 'd']
const groupIds = ['g1', 'g2']
/** Chosen to collide: with emergency numbers, feature codes, and with dial codes before each other. */
const extensions = ['11', '99', '12', '111', '112', '1001', '55', '555', '2155', '2199', '21112', '911', '933']
const dialCodes = ['9', '21', '2', '5']
const numbers = ['+442079460101', '+442079460102', '+33123456789', '+12025550100']
const countries = ['GB', 'US', 'DE']

const pick = <Item>(items: readonly Item[]) => fc.constantFrom(...items)
const maybe = <Item>(of: fc.Arbitrary<Item>) => fc.option(of, { nil: undefined, freq: 2 })

/** As it comes from JSON: without fields that are `undefined`. */
function without(body: Record<string, unknown>): Body {
  return JSON.parse(JSON.stringify(body)) as Body
}

/** What to do with an entity; where it is there already, mostly only a field or two are changed. */
interface Step extends EntityKey {
  /** `undefined`: without the field. `null`: delete it. */
  readonly fields: Readonly<Record<string, unknown>> | null
  readonly whole: boolean
  readonly chosen: readonly number[]
}

function written(kind: Kind, id: fc.Arbitrary<string>, fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({
    kind: fc.constant(kind),
    id,
    fields: fc.record(fields),
    whole: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    chosen: fc.array(fc.nat(20), { minLength: 1, maxLength: 2 }),
  })
}

function writeOf(configuration: Configuration, { kind, id, fields, whole, chosen }: Step): EntityWrite {
  if (fields === null) return { kind, id, body: null }
  const name = kind === 'phoneNumber' ? { number: id } : { id }
  const there = configuration.get(kind, id)
  if (there === undefined || whole) return { kind, id, body: without({ ...name, ...fields }) }
  const names = Object.keys(fields)
  const changed = chosen.map((number) => names[number % names.length] ?? '')
  return {
    kind,
    id,
    body: without({ ...there, ...Object.fromEntries(changed.map((field) => [field, fields[field]])) }),
  }
}

const destination = fc.oneof(
  pick(userIds).map((user) => ({ user })),
  pick(numbers).map((number) => ({ number })),
  pick(groupIds).map((ringGroup) => ({ ringGroup })),
  fc.constant({ busy: true }),
)
const rule = destination.map((to) => ({ to }))
const blockList = fc.record({
  callers: fc.array(pick([...extensions, '211001', '91001', 'anonymous']), { maxLength: 2 }),
})
const forwarding = fc.record({ all: maybe(rule), busy: maybe(rule) }).map(without)

const account = written('account', fc.constant('account'), { name: fc.constant('Acme'), blockList: maybe(blockList) })
const pbx = written('pbx', pick(pbxIds), {
  name: fc.constant('P'),
  domain: pick(['one.test', 'two.test', 'three.test']),
  dialCode: maybe(pick(dialCodes)),
  extensionLength: fc.constant({ shortest: 2, longest: 6 }),
  country: pick(countries),
  outsidePrefix: maybe(pick(['9', '0'])),
  misdialIsError: maybe(fc.constant(false)),
  featureCodes: maybe(pick([{ ownVoicemail: 'off' }, { ownVoicemail: '1001' }, { emergencyTest: 'off' }])),
  blockList: maybe(blockList),
})
const site = written('site', pick(siteIds), {
  name: fc.constant('S'),
  pbx: pick(pbxIds),
  timeZone: fc.constant('Europe/London'),
  country: maybe(pick(countries)),
  mainNumber: maybe(pick(numbers)),
})
const user = written('user', pick(userIds), {
  userName: pick([...userIds, ...userIds, 'A', 'e', 'f']),
  firstName: fc.constant('A'),
  lastName: fc.constant('B'),
  email: fc.constant('a@b.test'),
  site: pick(siteIds),
  extension: maybe(pick(extensions)),
  primaryNumber: maybe(pick(numbers)),
  active: maybe(fc.constant(false)),
  internationalForwarding: maybe(fc.constant(true)),
  forwarding: maybe(forwarding),
  blockList: maybe(blockList),
})
const group = written('ringGroup', pick(groupIds), {
  name: pick(['G', 'H']),
  site: pick(siteIds),
  extension: maybe(pick(extensions)),
  members: pick(userIds).map((member) => [{ user: member }]),
  forwarding: maybe(rule.map((all) => ({ all }))),
})
const phoneNumber = written('phoneNumber', pick(numbers), { user: maybe(pick(userIds)) })
const device = written('device', pick(['d1', 'd2']), {
  user: pick(userIds),
  sipUserName: pick(['x', 'y']),
  password: fc.constant('12345678'),
})
const removal = pick<EntityKey>([
  ...pbxIds.map((id) => ({ kind: 'pbx' as const, id })),
  ...siteIds.map((id) => ({ kind: 'site' as const, id })),
  ...userIds.map((id) => ({ kind: 'user' as const, id })),
  ...groupIds.map((id) => ({ kind: 'ringGroup' as const, id })),
  ...numbers.map((id) => ({ kind: 'phoneNumber' as const, id })),
  ...['d1', 'd2'].map((id) => ({ kind: 'device' as const, id })),
]).map((key): Step => ({ ...key, fields: null, whole: true, chosen: [] }))

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: account, weight: 1 },
  { arbitrary: pbx, weight: 3 },
  { arbitrary: site, weight: 3 },
  { arbitrary: user, weight: 8 },
  { arbitrary: group, weight: 3 },
  { arbitrary: phoneNumber, weight: 4 },
  { arbitrary: device, weight: 2 },
  { arbitrary: removal, weight: 4 },
)

/** Something to begin with that most changes fit. */
const begin: readonly EntityWrite[] = [
  { kind: 'account', id: 'account', body: { id: 'account', name: 'Acme' } },
  ...pbxIds.map((id, index) => ({
    kind: 'pbx' as const,
    id,
    body: {
      id,
      name: id,
      domain: `${id}.test`,
      country: 'GB',
      extensionLength: { shortest: 2, longest: 6 },
      ...(index === 2 ? {} : { dialCode: ['21', '9'][index] }),
    },
  })),
  ...siteIds.map((id, index) => ({
    kind: 'site' as const,
    id,
    body: { id, name: id, pbx: pbxIds[index], timeZone: 'Europe/London' },
  })),
  ...userIds.map((id, index) => ({
    kind: 'user' as const,
    id,
    body: {
      id,
      userName: id,
      firstName: 'A',
      lastName: 'B',
      email: 'a@b.test',
      site: siteIds[index % 3],
      ...(index === 3 ? {} : { extension: ['1001', '2155', '12'][index] }),
      ...(index === 1 ? { blockList: { callers: ['211001'] } } : {}),
      ...(index === 2 ? { forwarding: { all: { to: { number: numbers[2] } }, busy: { to: { user: 'a' } } } } : {}),
    },
  })),
  ...numbers.slice(0, 3).map((id) => ({ kind: 'phoneNumber' as const, id, body: { number: id } })),
  {
    kind: 'ringGroup' as const,
    id: 'g1',
    body: { id: 'g1', name: 'Group', site: 's2', members: [{ user: 'a' }] },
  },
]

function bodiesOf(configuration: Configuration): EntityWrite[] {
  const found: EntityWrite[] = []
  for (const kind of kindNames) {
    for (const { id } of configuration.keys(kind)) found.push({ kind, id, body: configuration.get(kind, id) ?? null })
  }
  return found
}

function named(keys: Iterable<EntityKey>): string[] {
  return [...keys].map(({ kind, id }) => `${kind} ${id}`).sort()
}

/** Everything that can be asked of it. */
function answersOf(configuration: Configuration): unknown {
  const digits = [...extensions, '211001', '91001', '9999', '999']
  const facts = [
    ...digits.flatMap((each) => [
      ...['', ...pbxIds].map((id) => extensionFact(each, id)),
      dialledFact(each),
      dialledFact(`21${each}`),
    ]),
    ...numbers.map(numberFact),
    ...userIds.map(deviceFact),
    ...countries.flatMap((country) => ['', ...pbxIds].map((id) => countryFact(country, id))),
  ]
  return {
    bodies: bodiesOf(configuration),
    counts: kindNames.map((kind) => configuration.count(kind)),
    holders: [
      ...pbxIds.flatMap((id) => extensions.map((each) => configuration.holderOf(`extension ${id}`, each))),
      ...dialCodes.map((code) => configuration.holderOf('dialCode', code)),
      ...['one.test', 'two.test', 'three.test', 'p1.test'].map((name) => configuration.holderOf('domain', name)),
      ...userIds.map((name) => configuration.holderOf('userName', name)),
    ].map((key) => (key === undefined ? '' : `${key.kind} ${key.id}`)),
    having: facts.map((fact) => named(configuration.havingFact(fact))),
    watching: facts.map((fact) => named(configuration.watchersOf(fact))),
    referring: [
      ...pbxIds.map((id) => named(configuration.referrersOf('pbx', id))),
      ...siteIds.map((id) => named(configuration.referrersOf('site', id))),
      ...userIds.map((id) => named(configuration.referrersOf('user', id))),
      ...numbers.map((id) => named(configuration.referrersOf('phoneNumber', id))),
    ],
    warnings: shown(configuration.warnings().findings),
  }
}

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, id, path, value, message }) => `${kind} ${id} ${path} ${value} ${message}`).sort()
}

function after(configuration: Configuration, writes: readonly EntityWrite[]): EntityWrite[] {
  const keyed = new Map(bodiesOf(configuration).map((each) => [`${each.kind} ${each.id}`, each]))
  for (const each of writes) {
    if (each.body === null) keyed.delete(`${each.kind} ${each.id}`)
    else keyed.set(`${each.kind} ${each.id}`, each)
  }
  return [...keyed.values()]
}

/** The writes of steps, without what cannot be: two writes of one entity, deletes of what is not there. */
function writesOf(configuration: Configuration, steps: readonly Step[]): EntityWrite[] {
  const seen = new Set<string>()
  const possible = steps.filter(({ kind, id, fields }) => {
    const name = `${kind} ${id}`
    if (seen.has(name) || (fields === null && configuration.get(kind, id) === undefined)) return false
    seen.add(name)
    return true
  })
  return possible.map((each) => writeOf(configuration, each))
}

const changes = fc.array(fc.array(step, { minLength: 1, maxLength: 2 }), { minLength: 30, maxLength: 30 })

t.test('a change is accepted exactly when what it leads to would be; refused, it leaves no trace', async (t) => {
  let accepted = 0
  let refused = 0
  fc.assert(
    fc.property(changes, (steps) => {
      const configuration = Configuration.empty()
      const first = configuration.change(begin)
      if (!first.ok) throw new Error(JSON.stringify(first.problems))
      for (const step of steps) {
        const writes = writesOf(configuration, step)
        const whole = Configuration.empty()
        const expected = whole.change(after(configuration, writes))
        const before = answersOf(configuration)
        const result = configuration.change(writes)
        const told = result.ok ? 'accepted' : JSON.stringify(result.problems)
        const wanted = expected.ok ? 'accepted' : JSON.stringify(expected.problems)
        if (result.ok !== expected.ok) throw new Error(`${told}\nwhere the whole is ${wanted}`)
        if (result.ok) {
          accepted++
          const { bodies: _order, ...found } = answersOf(configuration) as Record<string, unknown>
          const { bodies: _orderOfWhole, ...want } = answersOf(whole) as Record<string, unknown>
          if (JSON.stringify(found) !== JSON.stringify(want)) {
            throw new Error(`${JSON.stringify(writes)}\n${JSON.stringify(found)}\nis not\n${JSON.stringify(want)}`)
          }
        } else {
          refused++
          if (JSON.stringify(answersOf(configuration)) !== JSON.stringify(before)) throw new Error('it left a trace')
        }
      }
    }),
    { numRuns: 50 },
  )
  t.ok(accepted > 300, `${accepted} accepted`)
  t.ok(refused > 300, `${refused} refused`)
})

t.test('a change that is taken back, or was only tried, leaves no trace', async (t) => {
  fc.assert(
    fc.property(changes, (steps) => {
      const configuration = Configuration.empty()
      configuration.change(begin)
      for (const [index, step] of steps.entries()) {
        const writes = writesOf(configuration, step)
        const before = JSON.stringify(answersOf(configuration))
        const tried = configuration.change(writes, { dryRun: true })
        if (JSON.stringify(answersOf(configuration)) !== before) throw new Error('trying left a trace')
        const done = configuration.change(writes)
        if (tried.ok !== done.ok) throw new Error('trying said something else')
        if (!done.ok || index % 2 === 0) continue
        done.undo()
        if (JSON.stringify(answersOf(configuration)) !== before) throw new Error('undoing left a trace')
      }
    }),
    { numRuns: 30 },
  )
  t.pass()
})

t.test('applying an export changes nothing, and applying it elsewhere makes the same', async (t) => {
  fc.assert(
    fc.property(changes, changes, (steps, others) => {
      const [one, other] = [steps, others].map((each) => {
        const configuration = Configuration.empty()
        configuration.change(begin)
        for (const step of each) configuration.change(writesOf(configuration, step))
        return configuration
      })
      if (one === undefined || other === undefined) return
      const text = JSON.stringify(documentOf(one))
      for (const configuration of [one, other]) {
        const reading = writesOfDocument(text, 'export.json', configuration, { prune: true })
        // A device that the other one does not have needs its password.
        if (!reading.ok && configuration === other) continue
        if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
        const result = configuration.change(reading.writes)
        if (!result.ok) throw new Error(JSON.stringify(result.problems))
        if (configuration === one && result.changes.length > 0) throw new Error(JSON.stringify(result.changes))
        if (JSON.stringify(documentOf(configuration)) !== text) throw new Error('not the same')
        if (difference(one, configuration).length > 0) throw new Error('not the same but for the order')
      }
    }),
    { numRuns: 30 },
  )
  t.pass()
})
