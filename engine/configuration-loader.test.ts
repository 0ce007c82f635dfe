import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import type { ChangedEntity } from './config/compile/changes-by-kind.ts'
import type { Body, EntityChange, Kind } from './config/entities/kind.ts'
import type { Snapshot } from './config/snapshot.ts'
import type { ConfigurationStore } from './config/store/configuration-store.ts'
import { openStore } from './config/store/open-store.ts'
import type { ConfigurationUser } from './configuration-loader.ts'
import { ConfigurationLoader } from './configuration-loader.ts'
import type { ConfigurationSource, Reading } from './configuration-reader.ts'
import { ConfigurationReader } from './configuration-reader.ts'

const account: Body = { id: 'acme', name: 'Acme' }
const pbx: Body = { id: 'p', name: 'P', domain: 'p.test', country: 'GB' }
const site: Body = { id: 's', name: 'S', pbx: 'p', timeZone: 'Europe/London' }
const user = (id: string, ringSeconds = 15): Body => ({
  id,
  userName: id,
  firstName: 'U',
  lastName: id,
  email: 'a@b.c',
  site: 's',
  ringSeconds,
})
const device: Body = { id: 'd', user: 'anna', sipUserName: 'anna', password: 'a secret of hers' }

function loaderOf(source: ConfigurationSource, refuse: (snapshot: Snapshot) => string | null = () => null) {
  const snapshots: Snapshot[] = []
  const said: string[] = []
  const say = (_fields: object, message: string) => void said.push(message)
  const compilations = { whole: 0 }
  const compiledWhole = () => void compilations.whole++
  const loader = new ConfigurationLoader({ source, now: () => performance.now(), compiledWhole })
  const served: ConfigurationUser = {
    log: { info: say, warn: say, error: say },
    refuse,
    inForce: (snapshot) => void snapshots.push(snapshot),
  }
  loader.serveFor(served)
  return { loader, snapshots, said, compilations }
}

/** A store in a folder of its own, and the thread that reads it. */
async function stored(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-loader-'))
  const store = await openStore(folder)
  const reader = new ConfigurationReader()
  t.teardown(async () => {
    await reader.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return { folder, store, reader }
}

async function write(store: ConfigurationStore, ...entities: [Kind, string, Body | null, (Body | null)?][]) {
  const changes = entities.map(([kind, id, after, before = null]): EntityChange => ({ kind, id, before, after }))
  const author = { actor: 'test', address: '', source: 'command' } as const
  const result = await store.commit(store.revision(), changes, author, 'a test')
  if (!result.ok) throw new Error('somebody else wrote')
  return result.revision
}

const whole: [Kind, string, Body][] = [
  ['account', 'acme', account],
  ['pbx', 'p', pbx],
  ['site', 's', site],
  ['user', 'anna', user('anna')],
  ['device', 'd', device],
]

t.test('what is stored comes into force, and then what changes', async (t) => {
  const { folder, store, reader } = await stored(t)
  const first = await write(store, ...whole)
  const { loader, snapshots, said, compilations } = loaderOf(reader)
  reader.open(folder, () => undefined)
  t.match(await loader.bringIntoForce(first), { inForce: true, revision: first, problems: [] })
  t.equal(snapshots[0]?.devicesBySipUserName.get('anna')?.password, 'a secret of hers', 'secrets are resolved')
  const many = Array.from({ length: 2000 }, (_, index): [Kind, string, Body] => {
    const id = `u${index}`
    return ['user', id, user(id)]
  })
  const second = await write(store, ...many)
  const third = await write(store, ['user', 'anna', user('anna', 44), user('anna')])
  const answers = await Promise.all([second, third, third].map((revision) => loader.bringIntoForce(revision)))
  for (const answer of answers) t.match(answer, { inForce: true, revision: third })
  t.equal(loader.revision, third)
  t.equal(snapshots.at(-1)?.users.size, 2001)
  t.equal(snapshots.at(-1)?.users.get('anna')?.ringSeconds, 44)
  t.equal(snapshots[0]?.users.size, 1)
  t.equal(snapshots[0]?.phoneNumbers, snapshots.at(-1)?.phoneNumbers, 'what did not change is shared')
  t.match(await loader.bringIntoForce(third + 5), {
    inForce: false,
    revision: third,
    problems: [`There is no revision ${third + 5} yet`],
  })
  const fourth = await write(store, ['user', 'anna', null, user('anna', 44)], ['device', 'd', null, device])
  await loader.refresh()
  t.equal(loader.revision, fourth)
  t.equal(snapshots.at(-1)?.users.get('anna'), undefined)
  t.same([...new Set(said)], ['Configuration is in force'])
  await loader.refresh()
  t.equal(snapshots.at(-1)?.revision, fourth, 'nothing new is nothing done')
  t.equal(compilations.whole, 1)
})

t.test('what somebody wrote without saying so is found', async (t) => {
  const { folder, store, reader } = await stored(t)
  await write(store, ...whole)
  const { loader } = loaderOf(reader)
  let told: () => void = () => undefined
  reader.open(folder, () => void loader.refresh().then(() => told()))
  await loader.refresh()
  const seen = new Promise<void>((resolve) => {
    told = resolve
  })
  const revision = await write(store, ['user', 'ben', user('ben')])
  await seen
  t.equal(loader.revision, revision)
})

t.test('a database that is not there yet is a problem until it is', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-loader-'))
  const reader = new ConfigurationReader()
  const { loader, said } = loaderOf(reader)
  let told: () => void = () => undefined
  const seen = new Promise<void>((resolve) => {
    told = resolve
  })
  reader.open(folder, () => void loader.refresh().then(() => (loader.revision > 0 ? told() : undefined)))
  await loader.refresh()
  t.match(loader.problems, [/There is no configuration .*config\.db/])
  t.match(said, [/There is no configuration/])
  t.match(await loader.bringIntoForce(1), { inForce: false, revision: 0, problems: [/There is no configuration/] })
  const store = await openStore(folder)
  await write(store, ...whole)
  await seen
  t.same(loader.problems, [])
  await reader.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

/** Readings as they come, each asked for with the revision known. */
class Script implements ConfigurationSource {
  readonly asked: (number | null)[] = []
  readonly #readings: (Reading | Error)[]

  constructor(...readings: (Reading | Error)[]) {
    this.#readings = readings
  }

  async read(since: number | null): Promise<Reading> {
    this.asked.push(since)
    const reading = this.#readings.shift()
    if (reading === undefined || reading instanceof Error) throw reading ?? new Error('there is no more')
    return reading
  }
}

const everything = (...more: ChangedEntity[]): ChangedEntity[] => [
  ...whole.map(([kind, id, after]) => ({ kind, id, after })),
  ...more,
]
const lost: ChangedEntity = { kind: 'device', id: 'x', after: { ...device, id: 'x', user: 'nobody', sipUserName: 'x' } }

t.test(
  'one that cannot be compiled leaves the old one in force, and the next is read from the beginning',
  async (t) => {
    const source = new Script(
      { revision: 1, whole: true, changes: everything() },
      { revision: 2, whole: false, changes: [lost] },
      { revision: 3, whole: true, changes: everything({ kind: 'user', id: 'ben', after: user('ben') }) },
      { revision: 4, whole: false, changes: [{ kind: 'listener', id: 'l', after: { bind: '127.0.0.1' } }] },
    )
    const { loader, snapshots, said } = loaderOf(source)
    await loader.refresh()
    t.match(await loader.bringIntoForce(2), {
      inForce: false,
      revision: 1,
      problems: [/user nobody, who does not exist/],
    })
    t.equal(snapshots.length, 1)
    t.ok(said.includes('The configuration was not taken: the old one stays'))
    t.match(await loader.bringIntoForce(3), { inForce: true, revision: 3, problems: [] })
    t.equal(snapshots[1]?.users.size, 2)
    await loader.refresh()
    t.same(source.asked, [null, 1, null, 3])
    t.ok(said.includes('Changed listeners are used from the next start on'))
    t.ok(loader.compileMilliseconds > 0)
  },
)

t.test('one that must not come into force here does not, until it is another', async (t) => {
  const source = new Script(
    {
      revision: 1,
      whole: true,
      changes: [...everything(), { kind: 'account', id: 'acme', after: { ...account, sample: true } }],
    },
    { revision: 2, whole: false, changes: [{ kind: 'account', id: 'acme', after: account }] },
    new Error('the disk is gone'),
    { revision: 2, whole: false, changes: [] },
  )
  const { loader, snapshots } = loaderOf(source, ({ accounts }) => (accounts[0]?.isSample ? 'not here' : null))
  t.same(await loader.bringIntoForce(1), { inForce: false, revision: 0, problems: ['not here'] })
  t.same(await loader.bringIntoForce(2), { inForce: true, revision: 2, problems: [] })
  t.equal(snapshots.length, 1)
  await loader.refresh()
  t.same(loader.problems, ['the disk is gone'])
  t.equal(loader.revision, 2)
  await loader.refresh()
  t.same(loader.problems, [], 'it can be read again, and nothing has changed')
})

t.test('what is asked for while something is read is read after it', async (t) => {
  const release: (() => void)[] = []
  let reads = 0
  const source: ConfigurationSource = {
    read: () =>
      new Promise((resolve) => {
        const revision = ++reads
        release.push(() => resolve({ revision, whole: revision === 1, changes: revision === 1 ? everything() : [] }))
      }),
  }
  const { loader } = loaderOf(source)
  const first = loader.bringIntoForce(1)
  const second = loader.bringIntoForce(2)
  const third = loader.bringIntoForce(2)
  t.equal(release.length, 1)
  release[0]?.()
  t.match(await first, { inForce: true, revision: 1 })
  while (release.length < 2) await new Promise((resolve) => setImmediate(resolve))
  release[1]?.()
  t.match(await second, { inForce: true, revision: 2 })
  t.match(await third, { inForce: true, revision: 2 })
  t.equal(reads, 2, 'both by one reading')
})

t.test('changes that come with the notice of the next revision need not be read', async (t) => {
  const source = new Script(
    { revision: 1, whole: true, changes: everything() },
    { revision: 4, whole: false, changes: [{ kind: 'user', id: 'anna', after: user('anna', 44) }] },
  )
  const { loader, snapshots } = loaderOf(source)
  const anna = (ringSeconds: number): ChangedEntity[] => [
    { kind: 'user', id: 'anna', after: user('anna', ringSeconds) },
  ]
  t.match(await loader.bringIntoForce(1, anna(41)), { inForce: true, revision: 1 })
  t.same(source.asked, [null], 'the first is read: nothing is known yet')
  t.match(await loader.bringIntoForce(2, anna(42)), { inForce: true, revision: 2, problems: [] })
  t.equal(snapshots.at(-1)?.users.get('anna')?.ringSeconds, 42)
  t.equal(snapshots.at(-1)?.devicesBySipUserName.get('anna')?.userId, 'anna')
  t.match(await loader.bringIntoForce(2, anna(43)), { inForce: true, revision: 2 }, 'what is in force already stays')
  t.same(source.asked, [null])
  t.match(await loader.bringIntoForce(4, anna(44)), { inForce: true, revision: 4 })
  t.same(source.asked, [null, 2], 'where one was missed, all since then is read')
  t.equal(snapshots.at(-1)?.users.get('anna')?.ringSeconds, 44)
  t.match(await loader.bringIntoForce(5, [lost]), {
    inForce: false,
    revision: 4,
    problems: [/nobody, who does not exist/],
  })
})

t.test('what a standby has compiled is in force at once, with what has changed since', async (t) => {
  const { folder, store, reader } = await stored(t)
  await write(store, ...whole)
  const said: string[] = []
  const say = (_fields: object, message: string) => void said.push(message)
  const snapshots: Snapshot[] = []
  const served: ConfigurationUser = {
    log: { info: say, warn: say, error: say },
    refuse: () => null,
    inForce: (snapshot) => void snapshots.push(snapshot),
  }
  const loader = new ConfigurationLoader({ source: reader, now: () => performance.now() })
  reader.open(folder, () => undefined)
  await loader.refresh()
  t.same([snapshots.length, loader.revision, said], [0, 0, []], 'nobody is served yet')
  const second = await write(store, ['user', 'ben', user('ben')])
  loader.serveFor(served)
  await loader.refresh()
  t.same([loader.revision, snapshots.length, snapshots[0]?.users.size], [second, 1, 2])
})

t.test('what a standby has compiled serves though nothing can be read any more', async (t) => {
  const first: Reading = { revision: 1, whole: true, changes: everything() }
  let readings = 0
  const source: ConfigurationSource = {
    read: () => (readings++ === 0 ? Promise.resolve(first) : Promise.reject(new Error('the disk is gone'))),
  }
  const loader = new ConfigurationLoader({ source, now: () => performance.now() })
  await loader.refresh()
  const snapshots: Snapshot[] = []
  const silent = () => undefined
  loader.serveFor({
    log: { info: silent, warn: silent, error: silent },
    refuse: () => null,
    inForce: (snapshot) => void snapshots.push(snapshot),
  })
  await loader.refresh()
  t.same([loader.revision, snapshots.length, loader.problems], [1, 1, ['the disk is gone']])
})
