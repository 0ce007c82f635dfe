/** Incremental compilation against compilation of everything, and old snapshots against what they were. */
import fc from 'fast-check'
import type { Test } from 'tap'
import t from 'tap'
import type { Body, Kind } from '../entities/kind.ts'
import type { Callee, DigitDirectory, Directory, FeatureCodes, Snapshot } from '../snapshot.ts'
import type { ChangedEntity } from './changes-by-kind.ts'
import { SnapshotCompiler } from './snapshot-compiler.ts'

function finish(compiler: SnapshotCompiler, changes: readonly ChangedEntity[], revision: number): Snapshot {
  const compilation = compiler.compile(changes, revision)
  for (;;) {
    const step = compilation.next()
    if (step.done === true) return step.value
  }
}

const writtenCodes = new WeakMap<FeatureCodes, string>()

function codesWritten(codes: FeatureCodes): string {
  const known = writtenCodes.get(codes)
  if (known !== undefined) return known
  const { alone, before, ...rest } = codes
  const text = JSON.stringify([[...alone], before.lengths, [...before.values], rest])
  writtenCodes.set(codes, text)
  return text
}

/** All that can be reached, as text: objects by what they hold, however they came about. */
function written(snapshot: Snapshot): string {
  const list = <T>(directory: Pick<Directory<T>, 'values'>, textOf: (value: T) => string) =>
    [...directory.values()].map(textOf).sort()
  const text = (value: unknown): string =>
    JSON.stringify(value, (key, part: unknown) => {
      if (typeof part === 'function') return 'function'
      // Nearly all PBXs share one object with the usual codes, and every user has his PBX below him.
      if (key === 'featureCodes') return codesWritten(part as FeatureCodes)
      if (key === 'numbering' || key === 'callingCountry') return (part as { country: string } | null)?.country
      if (key === 'timeZone') return (part as { name: string }).name
      if (part instanceof Set) return [...part]
      // In what order a map was filled means nothing: it is only asked by key.
      return part instanceof Map ? [...part].sort(([one], [other]) => (one < other ? -1 : 1)) : part
    })
  const dialling = [...snapshot.dialling].map(
    ([account, { holdersByUniqueExtension, extensionsByDialCode, ...rest }]) => [
      account,
      list(holdersByUniqueExtension, String),
      list(extensionsByDialCode, keysIn),
      text(rest),
    ],
  )
  return [
    text(snapshot.accounts),
    text(dialling),
    text(snapshot.pbxsByDomain),
    text(snapshot.trunks),
    text(snapshot.callingPlans),
    list(snapshot.extensions, keysIn).join('\n'),
    list(snapshot.users, text).join('\n'),
    list(snapshot.devicesBySipUserName, text).join('\n'),
    list(snapshot.phoneNumbers, text).join('\n'),
    list(snapshot.ringGroups, text).join('\n'),
    list(snapshot.contactsByNumber, text).join('\n'),
    text(snapshot.schedules),
    [snapshot.extensions, snapshot.users, snapshot.devicesBySipUserName, snapshot.phoneNumbers, snapshot.ringGroups]
      .map((directory) => directory.size)
      .join(),
  ].join('\n\n')
}

/** Who has extensions of one PBX. */
function keysIn(holders: DigitDirectory<Callee>): string {
  const written = [...holders.values()].map(
    (callee) => `${callee.pbx.id} ${callee.extension} ${callee.kind} ${callee.id}`,
  )
  return `${holders.size}: ${written.sort().join()}`
}

/** Every key leads to what bears it. */
function checkKeys(t: Test, snapshot: Snapshot): void {
  for (const group of snapshot.ringGroups.values()) {
    if (snapshot.ringGroups.get(group.key) !== group) t.fail(`ring group ${group.id} is not under its key`)
    if (
      group.extension !== '' &&
      snapshot.extensions.get(group.pbx.id)?.find(group.extension, 0, group.extension.length) !== group
    ) {
      t.fail(`ring group ${group.id} is not under extension ${group.extension}`)
    }
    if (snapshot.pbxsByDomain.get(group.pbx.domain) !== group.pbx) t.fail(`ring group ${group.id} hangs below nothing`)
  }
  for (const user of snapshot.users.values()) {
    if (snapshot.users.get(user.id) !== user) t.fail(`user ${user.id} is not under his id`)
    if (
      user.extension !== '' &&
      snapshot.extensions.get(user.pbx.id)?.find(user.extension, 0, user.extension.length) !== user
    ) {
      t.fail(`user ${user.id} is not under extension ${user.extension}`)
    }
    if (snapshot.pbxsByDomain.get(user.pbx.domain) !== user.pbx || user.site.pbx !== user.pbx) {
      t.fail(`user ${user.id} hangs below a PBX that is not there`)
    }
    for (const device of user.devices) {
      if (snapshot.devicesBySipUserName.get(device.sipUserName) !== device) t.fail(`device ${device.id} is not there`)
    }
  }
}

/** The company while it changes: keeps every change sound, as the checks before the compiler do. */
class Company {
  readonly entities = new Map<string, { readonly kind: Kind; readonly id: string; readonly body: Body }>()
  #changes: ChangedEntity[] = []

  put(kind: Kind, id: string, body: Body): void {
    this.entities.set(`${kind} ${id}`, { kind, id, body })
    this.#changes.push({ kind, id, after: body })
  }

  delete(kind: Kind, id: string): void {
    if (this.entities.delete(`${kind} ${id}`)) this.#changes.push({ kind, id, after: null })
  }

  all(kind: Kind): (Body & { readonly id: string })[] {
    return [...this.entities.values()].filter((each) => each.kind === kind).map(({ id, body }) => ({ ...body, id }))
  }

  takeChanges(): ChangedEntity[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }

  whole(): ChangedEntity[] {
    return [...this.entities.values()].map(({ kind, id, body }) => ({ kind, id, after: body }))
  }

  carryOut(step: Step): void {
    const { a, b, c, flag } = step
    const pbx = `p${a % 4}`
    const site = `s${a % 6}`
    const user = `u${a % 12}`
    switch (step.what) {
      case 'account':
        this.put('account', 'acme', {
          name: `Acme ${b}`,
          ...(flag ? { blockList: { callers: ['100', 'anonymous'] }, outboundBlockList: ['+44900'] } : {}),
        })
        return
      case 'pbx':
        this.put('pbx', pbx, {
          id: pbx,
          name: `PBX ${b}`,
          domain: `${pbx}.test`,
          country: b % 2 === 0 ? 'GB' : 'DE',
          ...(flag ? { dialCode: `2${a % 4}`, callingPlan: `plan${b % 3}` } : {}),
          ...(c % 3 === 0 ? { blockList: { callers: ['101', '20100', '+4420*'] } } : {}),
          ...(c % 4 === 0 ? { mainNumber: '+442079460001', featureCodes: { page: `*${b}`, park: 'off' } } : {}),
        })
        return
      case 'no pbx':
        if (this.all('site').every((each) => each['pbx'] !== pbx)) this.delete('pbx', pbx)
        return
      case 'site': {
        const target = `p${b % 4}`
        if (!this.entities.has(`pbx ${target}`)) return
        const taken = this.#extensionsIn(target)
        const moved = [...this.all('user'), ...this.all('ringGroup')].filter((each) => each['site'] === site)
        const known = this.entities.get(`site ${site}`)?.body['pbx']
        if (known !== target && moved.some((each) => taken.has(String(each['extension'])))) return
        this.put('site', site, {
          id: site,
          name: `Site ${b}`,
          pbx: target,
          timeZone: b % 2 === 0 ? 'Europe/London' : 'America/New_York',
          ...(flag ? { mainNumber: '+442079460000', mainNumberForAll: c % 2 === 0 } : {}),
          ...(c % 3 === 0 ? { country: 'US', outboundBlockList: ['+1900'] } : {}),
          ...(c % 4 === 0 ? { callingPlan: 'international' } : {}),
        })
        return
      }
      case 'no site':
        if ([...this.all('user'), ...this.all('ringGroup')].every((each) => each['site'] !== site))
          this.delete('site', site)
        return
      case 'user': {
        const home = this.entities.get(`site s${b % 6}`)
        if (home === undefined) return
        const extension = `10${c % 8}`
        const holder = this.#extensionsIn(String(home.body['pbx'])).get(extension)
        this.put('user', user, {
          id: user,
          userName: user,
          firstName: 'User',
          lastName: `${b}`,
          email: 'a@b.c',
          site: home.id,
          ...(holder === undefined || holder === user ? { extension } : {}),
          ...(flag ? { primaryNumber: `+4420794600${10 + (b % 5)}` } : {}),
          ...(c % 4 === 0
            ? { forwarding: { all: { to: { user: `u${c % 12}` } }, busy: { to: { voicemail: true } } } }
            : {}),
          ...(c % 5 === 0 ? { blockList: { callers: ['103', '20103'], treatment: { ringGroup: 'g' } } } : {}),
          ...(c % 4 === 1 ? { externalCallerId: { name: `Name ${b}`, number: '+442079460010' } } : {}),
          ...(b % 4 === 1 ? { internalCallerId: { name: `Inside ${c}` } } : {}),
          ...(c % 3 === 1 ? { callingPlan: `plan${a % 3}`, callingCountry: 'FR', outboundBlockList: ['+7'] } : {}),
          ...(b % 4 === 0 ? { timeZone: 'Asia/Tokyo', doNotDisturb: flag, recording: { mode: 'always' } } : {}),
          ...(b % 3 === 0
            ? {
                rules: [
                  { name: 'off', enabled: false, to: { busy: true } },
                  {
                    name: 'one',
                    who: { callers: ['103', '+44*', '+442079460000-+442079460099'], contacts: [`c${c % 4}`] },
                    when: flag ? { weekly: { monday: [{ from: '09:00', to: '24:00' }] } } : { schedule: `x${c}` },
                    to: { list: { order: 'sequential', members: [{ user: 'u1' }, { ringGroup: 'g1' }] } },
                  },
                  { name: 'two', when: { until: '2027-01-01T00:00' }, to: { ringPhones: { seconds: 5 } } },
                ],
              }
            : {}),
        })
        return
      }
      case 'no user':
        for (const kind of ['device', 'phoneNumber'] as const) {
          for (const each of this.all(kind)) if (each['user'] === user) this.delete(kind, each.id)
        }
        this.delete('user', user)
        return
      case 'device': {
        const sipUserName = `sip${c % 16}`
        const bearer = this.all('device').find((each) => each['sipUserName'] === sipUserName)
        if (!this.entities.has(`user u${b % 12}`) || (bearer !== undefined && bearer.id !== `d${a}`)) return
        this.put('device', `d${a}`, {
          id: `d${a}`,
          user: `u${b % 12}`,
          sipUserName,
          password: `secret ${c}`,
          ...(flag ? { digestAlgorithms: ['MD5'] } : {}),
        })
        return
      }
      case 'no device':
        this.delete('device', `d${a}`)
        return
      case 'swap devices': {
        const [one, other] = [this.entities.get(`device d${a}`), this.entities.get(`device d${b}`)]
        if (one === undefined || other === undefined || one === other) return
        this.put('device', one.id, { ...one.body, sipUserName: other.body['sipUserName'] })
        this.put('device', other.id, { ...other.body, sipUserName: one.body['sipUserName'] })
        return
      }
      case 'swap extensions': {
        const [one, other] = [this.entities.get(`user ${user}`), this.entities.get(`user u${b % 12}`)]
        if (one === undefined || other === undefined || one === other || one.body['site'] !== other.body['site']) return
        const { extension: first, ...oneRest } = one.body
        const { extension: second, ...otherRest } = other.body
        this.put('user', one.id, second === undefined ? oneRest : { ...oneRest, extension: second })
        this.put('user', other.id, first === undefined ? otherRest : { ...otherRest, extension: first })
        return
      }
      case 'number': {
        const number = `+4420794600${10 + a}`
        const owner = `u${b % 12}`
        const held = this.entities.has(`user ${owner}`) ? { user: owner } : {}
        this.put('phoneNumber', number, {
          number,
          ...(flag ? { ringGroup: `g${c % 4}` } : held),
          ...(c % 5 === 0 ? { status: 'pending', temporaryNumber: `+4420794600${10 + ((a + 1) % 16)}` } : {}),
          ...(c % 3 === 0 ? { sharedCallerId: { displayName: `Shared ${c}` } } : {}),
        })
        return
      }
      case 'no number':
        this.delete('phoneNumber', `+4420794600${10 + a}`)
        return
      case 'trunk':
        this.put('trunk', `t${a % 5}`, {
          id: `t${a % 5}`,
          name: `Trunk ${b}`,
          address: '192.0.2.1',
          trusted: [],
          prefixes: flag ? ['+', '+49'] : ['+4'],
          priority: b % 3,
          ...(c % 3 === 0 ? { country: 'DE' } : {}),
          ...(c % 4 === 0 ? { emergency: 'never' } : c % 4 === 1 ? { emergency: 'first' } : {}),
        })
        return
      case 'no trunk':
        this.delete('trunk', `t${a % 5}`)
        return
      case 'plan':
        this.put('callingPlan', `plan${a % 3}`, {
          id: `plan${a % 3}`,
          name: `Plan ${b}`,
          allow: flag ? ['GB', '+336'] : ['FR'],
          ...(c % 2 === 0 ? { deny: ['+4477'] } : {}),
        })
        return
      case 'no plan':
        this.delete('callingPlan', `plan${a % 3}`)
        return
      case 'schedule':
        this.put('schedule', `x${a}`, {
          id: `x${a}`,
          name: `Schedule ${b}`,
          timeZone: flag ? 'Europe/London' : 'Asia/Tokyo',
          weekly: { monday: [{ from: '09:00', to: '24:00' }], tuesday: [{ from: '00:00', to: '12:00' }] },
          exceptions: [{ date: '2026-12-25', until: '2026-12-28', holiday: true }],
        })
        return
      case 'no schedule':
        this.delete('schedule', `x${a}`)
        return
      case 'group': {
        const home = this.entities.get(`site s${b % 6}`)
        if (home === undefined) return
        const id = `g${a % 4}`
        const extension = `10${c % 8}`
        const holder = this.#extensionsIn(String(home.body['pbx'])).get(extension)
        this.put('ringGroup', id, {
          id,
          name: `Group ${b}`,
          site: home.id,
          members: [{ user: `u${b % 12}` }, { number: '+441632960000', optedOut: flag }],
          ...(holder === undefined || holder === id ? { extension } : {}),
          ...(flag ? { forwarding: { busy: { to: { user: 'u1' } } }, pattern: 'in-order' } : {}),
        })
        return
      }
      case 'no group':
        this.delete('ringGroup', `g${a % 4}`)
        return
      case 'contact':
        this.put('contact', `c${a % 4}`, {
          id: `c${a % 4}`,
          firstName: 'Contact',
          lastName: `${b}`,
          phoneNumbers: [{ number: `+44163296000${c % 4}`, type: 'WORK' }],
        })
        return
      case 'no contact':
        this.delete('contact', `c${a % 4}`)
        return
      default:
        step.what satisfies never
    }
  }

  #extensionsIn(pbx: string): Map<string, string> {
    const found = new Map<string, string>()
    for (const user of [...this.all('user'), ...this.all('ringGroup')]) {
      if (this.entities.get(`site ${user['site']}`)?.body['pbx'] !== pbx) continue
      if (user['extension'] !== undefined) found.set(String(user['extension']), user.id)
    }
    return found
  }
}

const kindsOfStep = [
  'account',
  'pbx',
  'no pbx',
  'site',
  'no site',
  'user',
  'no user',
  'device',
  'no device',
  'swap devices',
  'swap extensions',
  'number',
  'no number',
  'trunk',
  'no trunk',
  'plan',
  'no plan',
  'schedule',
  'no schedule',
  'group',
  'no group',
  'contact',
  'no contact',
] as const
interface Step {
  readonly what: (typeof kindsOfStep)[number]
  readonly a: number
  readonly b: number
  readonly c: number
  readonly flag: boolean
}
const small = fc.nat({ max: 15 })
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    fc.constantFrom(...kindsOfStep),
    fc.constantFrom('site', 'user', 'user', 'user', 'device', 'number', 'swap extensions'),
  ),
  a: small,
  b: small,
  c: small,
  flag: fc.boolean(),
})

/** What every run begins with, so that few steps are refused. */
const beginning: readonly Step[] = [
  { what: 'account', a: 0, b: 0, c: 0, flag: false },
  ...[0, 1, 2, 3].map((a): Step => ({ what: 'pbx', a, b: a, c: 1, flag: a < 2 })),
  ...[0, 1, 2, 3, 4, 5].map((a): Step => ({ what: 'site', a, b: a, c: 1, flag: a < 2 })),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((a): Step => ({ what: 'user', a, b: a, c: a, flag: false })),
  ...[0, 1, 2, 3, 4, 5].map((a): Step => ({ what: 'device', a, b: a, c: a, flag: false })),
  ...[0, 1, 2, 3].map((a): Step => ({ what: 'number', a, b: a, c: a, flag: false })),
]

t.test('whatever changes in whatever order: as if everything were compiled anew; older snapshots stay', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 }),
      (batches) => {
        const company = new Company()
        for (const each of beginning) company.carryOut(each)
        const compiler = new SnapshotCompiler()
        let last = finish(compiler, company.takeChanges(), 1)
        for (const [index, batch] of batches.entries()) {
          const before = written(last)
          for (const each of batch) company.carryOut(each)
          const next = finish(compiler, company.takeChanges(), index + 2)
          t.equal(written(last), before, 'the snapshot before is what it was')
          t.equal(written(next), written(finish(new SnapshotCompiler(), company.whole(), index + 2)))
          checkKeys(t, next)
          last = next
        }
      },
    ),
    { numRuns: 300 },
  )
})

function start(): { compiler: SnapshotCompiler; company: Company; first: Snapshot } {
  const company = new Company()
  for (const each of beginning) company.carryOut(each)
  const compiler = new SnapshotCompiler()
  return { compiler, company, first: finish(compiler, company.takeChanges(), 1) }
}

t.test('one changed user is one new object', async (t) => {
  const { compiler, company, first } = start()
  company.put('user', 'u3', { ...company.entities.get('user u3')?.body, ringSeconds: 33 })
  const next = finish(compiler, company.takeChanges(), 2)
  t.equal(next.revision, 2)
  t.equal(next.users.get('u3')?.ringSeconds, 33)
  for (const user of first.users.values()) if (user.id !== 'u3') t.equal(next.users.get(user.id), user)
  t.equal(next.users.get('u3')?.devices, first.users.get('u3')?.devices)
  t.equal(next.accounts[0], first.accounts[0])
  const [before, after] = [first, next].map(({ extensions }) => extensions.get(first.users.get('u3')?.pbx.id ?? ''))
  for (const user of before?.values() ?? []) {
    t.equal(
      after?.find(user.extension, 0, user.extension.length),
      next.users.get(user.id),
      'everybody is found as he is',
    )
  }
  for (const part of [
    'devicesBySipUserName',
    'phoneNumbers',
    'trunks',
    'pbxsByDomain',
    'callingPlans',
    'ringGroups',
    'schedules',
    'contactsByNumber',
  ] as const) {
    t.equal(next[part], first[part], `${part} is the one before`)
  }
})

t.test('a changed site takes along who is there and nobody else', async (t) => {
  const { compiler, company, first } = start()
  company.put('site', 's1', { ...company.entities.get('site s1')?.body, areaCode: '20' })
  const next = finish(compiler, company.takeChanges(), 2)
  for (const user of first.users.values()) {
    if (user.site.id === 's1') t.equal(next.users.get(user.id)?.site.areaCode, '20')
    else t.equal(next.users.get(user.id), user)
  }
})

t.test('what does not fit together throws, names it, and leaves what was in force', async (t) => {
  const { compiler, company, first } = start()
  const before = written(first)
  company.put('device', 'lost', { id: 'lost', user: 'nobody', sipUserName: 'lost', password: 'x' })
  t.throws(() => finish(compiler, company.takeChanges(), 2), /user nobody, who does not exist/)
  t.throws(() => finish(compiler, [], 3), /did not end/, 'its state cannot be built upon')
  t.equal(written(first), before)
  const { entities } = company
  entities.delete('device lost')
  t.equal(written(finish(new SnapshotCompiler(), company.whole(), 1)), before)
  const faults: readonly [ChangedEntity, RegExp][] = [
    [{ kind: 'user', id: 'u0', after: null }, /user u0, who does not exist/],
    [{ kind: 'site', id: 's0', after: null }, /site s0, which does not exist/],
    [{ kind: 'pbx', id: 'p0', after: null }, /PBX p0, which does not exist/],
    [{ kind: 'user', id: 'twin', after: { ...entities.get('user u0')?.body, id: 'twin' } }, /extension 100/],
    [{ kind: 'device', id: 'twin', after: { ...entities.get('device d0')?.body } }, /SIP user name sip0/],
  ]
  for (const [fault, message] of faults) {
    t.throws(() => finish(new SnapshotCompiler(), [...company.whole(), fault], 1), message)
  }
})

t.test('it pauses often', async (t) => {
  const entities: ChangedEntity[] = [
    { kind: 'account', id: 'a', after: { name: 'A' } },
    { kind: 'pbx', id: 'p', after: { id: 'p', name: 'P', domain: 'p.test', country: 'GB' } },
    { kind: 'site', id: 's', after: { id: 's', name: 'S', pbx: 'p', timeZone: 'Europe/London' } },
  ]
  for (let index = 0; index < 2000; index++) {
    const id = `u${index}`
    entities.push({
      kind: 'user',
      id,
      after: { userName: id, firstName: 'U', lastName: 'V', site: 's', extension: `${1000 + index}` },
    })
  }
  let pauses = 0
  const compilation = new SnapshotCompiler().compile(entities, 1)
  while (compilation.next().done !== true) pauses++
  t.ok(pauses > 2000 / 50, `${pauses} pauses`)
})
