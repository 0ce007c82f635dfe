import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { Sqlite } from '../../sqlite/sqlite.ts'
import type { Body, EntityChange } from '../entities/kind.ts'
import type { Author, ConfigurationStore } from './configuration-store.ts'
import { openStore, storeName } from './open-store.ts'

const author: Author = { actor: 'anna', address: '192.0.2.7', source: 'api' }

async function opened(test: Test): Promise<{ store: ConfigurationStore; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-store-'))
  const store = await openStore(folder, { patience: 200 })
  test.teardown(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { store, folder }
}

function made(kind: EntityChange['kind'], after: Body): EntityChange {
  return { kind, id: String(after['id']), before: null, after }
}

function site(id: string, more: Body = {}): Body {
  return { id, name: `Site ${id}`, pbx: 'north', timeZone: 'Europe/London', ...more }
}

function device(id: string, password: string, more: Body = {}): Body {
  return { id, user: 'anna', sipUserName: id, password, ...more }
}

t.test('writes entities, revision, history and audit together', async (test) => {
  const { store } = await opened(test)
  const version = store.dataVersion()
  test.same(await store.commit(0, [made('site', site('london'))], author, 'site london made'), {
    ok: true,
    revision: 1,
  })
  test.not(store.dataVersion(), version)
  const bristol = site('bristol')
  const moved = site('london', { timeZone: 'Europe/Paris' })
  const changes: EntityChange[] = [
    { kind: 'site', id: 'london', before: site('london'), after: moved },
    made('site', bristol),
  ]
  test.same(await store.commit(1, changes, author, 'two'), { ok: true, revision: 2 })
  test.equal(store.revision(), 2)
  test.equal(store.entityRevision('site', 'london'), 2)
  test.equal(store.entityRevision('site', 'nowhere'), 0)
  test.same(await store.entities.get('site', 'london'), { kind: 'site', id: 'london', body: moved, revision: 2 })
  test.same(await store.load(), {
    revision: 2,
    entities: [
      { kind: 'site', id: 'london', body: moved },
      { kind: 'site', id: 'bristol', body: bristol },
    ],
  })
  const [second, first, ...others] = await store.revisions.list()
  test.same(others, [])
  test.match(second, { number: 2, actor: 'anna', address: '192.0.2.7', source: 'api', summary: 'two' })
  test.match(first, { number: 1, summary: 'site london made' })
  test.same(await store.revisions.list({ before: 2 }), [first])
  test.same(await store.revisions.get(3), null)
  const events = await store.audit.list()
  test.match(events, [
    { action: 'change', revision: 2, kind: null, changesInAll: 2 },
    { action: 'change', revision: 1, kind: 'site', id: 'london', changes: [made('site', site('london'))] },
  ])
  test.same(
    (await store.audit.list({ kind: 'site', id: 'bristol' })).map(({ revision }) => revision),
    [2],
    'found by an entity among several',
  )
})

t.test('refuses what was checked on another revision, and changes nothing', async (test) => {
  const { store } = await opened(test)
  await store.commit(0, [made('site', site('london'))], author, 'one')
  test.same(await store.commit(0, [made('site', site('bristol'))], author, 'late'), { ok: false, conflict: 1 })
  test.equal(await store.entities.count('site'), 1)
  test.equal((await store.audit.list()).length, 1)
  await test.rejects(store.commit(1, [made('site', site('london'))], author, 'wrong'), /is not as it was checked/)
  test.equal(store.revision(), 1)
  test.same(await store.commit(1, [], author, 'nothing'), { ok: true, revision: 1 })
})

t.test('says that another connection keeps the file locked', async (test) => {
  const { store, folder } = await opened(test)
  const other = new Sqlite(join(folder, storeName))
  other.exec('BEGIN IMMEDIATE')
  const commit = store.commit(0, [made('site', site('london'))], author, 'one')
  await test.rejects(commit, { fault: 'locked', message: /is being written by another process/ })
  test.equal(store.revision(), 0, 'reading goes on meanwhile')
  other.exec('ROLLBACK')
  other.close()
  test.same(await store.commit(0, [made('site', site('london'))], author, 'one'), { ok: true, revision: 1 })
})

t.test('merges what changed since a revision', async (test) => {
  const { store } = await opened(test)
  const one = site('one')
  const two = site('two')
  const better = { ...one, name: 'Better' }
  await store.commit(0, [made('site', one), made('site', two)], author, '')
  await store.commit(1, [{ kind: 'site', id: 'one', before: one, after: { ...one, name: 'Other' } }], author, '')
  await store.commit(2, [{ kind: 'site', id: 'one', before: { ...one, name: 'Other' }, after: better }], author, '')
  await store.commit(3, [{ kind: 'site', id: 'two', before: two, after: null }], author, '')
  await store.commit(4, [made('site', site('three'))], author, '')
  await store.commit(5, [{ kind: 'site', id: 'three', before: site('three'), after: null }], author, '')
  test.same(await store.changesSince(1), {
    revision: 6,
    entities: [
      { kind: 'site', id: 'one', body: better },
      { kind: 'site', id: 'two', body: null },
    ],
  })
  test.same(await store.changesSince(6), { revision: 6, entities: [] })
  test.same(await store.revisions.difference(1, 6), [
    { kind: 'site', id: 'one', before: one, after: better },
    { kind: 'site', id: 'two', before: two, after: null },
  ])
  test.same(await store.revisions.difference(6, 1), [
    { kind: 'site', id: 'one', before: better, after: one },
    { kind: 'site', id: 'two', before: null, after: two },
  ])
  test.same(await store.revisions.entitiesAt(0), [])
  test.same(await store.revisions.entitiesAt(1), [
    { kind: 'site', id: 'one', body: one },
    { kind: 'site', id: 'two', body: two },
  ])
  test.equal((await store.revisions.entitiesAt(5))?.length, 2)
  test.equal(await store.revisions.entitiesAt(7), null)
  test.equal(await store.revisions.entitiesAt(-1), null)
})

t.test('keeps secrets in one table and nowhere else', async (test) => {
  const { store, folder } = await opened(test)
  const first = device('phone1', 'first-secret')
  const other = device('phone2', 'other-secret')
  await store.commit(0, [made('device', first), made('device', other)], author, 'made')
  const renamed = { ...first, digestAlgorithms: ['SHA-256'] }
  await store.commit(1, [{ kind: 'device', id: 'phone1', before: first, after: renamed }], author, 'same secret')
  const changed = { ...renamed, password: 'second-secret' }
  await store.commit(2, [{ kind: 'device', id: 'phone1', before: renamed, after: changed }], author, 'new secret')
  test.same(
    (await store.load()).entities.map(({ body }) => body['password']),
    ['second-secret', 'other-secret'],
  )
  test.same((await store.changesSince(2)).entities, [{ kind: 'device', id: 'phone1', body: changed }])
  test.notOk('password' in ((await store.entities.get('device', 'phone1'))?.body ?? {}))
  const [same] = await store.revisions.changes(2)
  test.same(same?.before?.['password'], same?.after?.['password'], 'the same number: not changed')
  const [fresh] = await store.revisions.changes(3)
  test.notSame(fresh?.before?.['password'], fresh?.after?.['password'], 'another number: changed')
  await store.commit(3, [{ kind: 'device', id: 'phone2', before: other, after: null }], author, 'gone')
  const reading = new Sqlite(join(folder, storeName), { readonly: true })
  const secrets = reading.prepare('select value from secret').pluck().all()
  test.same(secrets, ['second-secret'])
  for (const table of ['entity', 'change', 'audit_event', 'revision', 'meta']) {
    test.notMatch(JSON.stringify(reading.prepare(`select * from ${table}`).all()), /-secret/, table)
  }
  reading.close()
  const copy = join(folder, 'copy.db')
  await store.copyTo(copy)
  const bytes = readFileSync(copy, 'latin1')
  test.notMatch(bytes, /first-secret|other-secret/, 'not even in pages that are free')
  test.match(bytes, /second-secret/)
})

t.test('many changes leave the process time for others', async (test) => {
  const { store } = await opened(test)
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const changes = Array.from({ length: 5000 }, (_, index) => made('site', site(`site${index}`)))
  const commit = store.commit(0, changes, author, 'many')
  const seen = new Set<number>()
  const look = setInterval(() => seen.add(store.revision()), 1)
  test.same(await commit, { ok: true, revision: 1 })
  clearInterval(timer)
  clearInterval(look)
  test.ok(turns > 3, `${turns} turns meanwhile`)
  test.notOk(seen.has(1), 'nobody saw it before it was whole')
  test.equal(await store.entities.count('site'), 5000)
  test.equal((await store.audit.list())[0]?.changes.length, 20)

  turns = 0
  const counting = setInterval(() => turns++, 0)
  const back = await store.revisions.difference(1, 0)
  clearInterval(counting)
  test.equal(back.length, 5000)
  test.ok(turns > 3, `${turns} turns while a large difference was read`)
})

t.test('events that are no changes of the configuration', async (test) => {
  const { store } = await opened(test)
  const entry = {
    actor: 'ben',
    address: '192.0.2.1',
    source: 'api',
    action: 'sign-in-failed',
    summary: 'wrong password',
  }
  await store.audit.add(entry)
  await store.audit.add({ ...entry, actor: 'anna', action: 'sign-in', summary: 'signed in' })
  test.match(await store.audit.list({ action: 'sign-in-failed' }), [{ ...entry, revision: null, changes: [] }])
  test.equal((await store.audit.list({ actor: 'anna' })).length, 1)
  test.equal((await store.audit.list({ source: "api' or '1'='1" })).length, 0)
  test.equal((await store.audit.list({ until: 1 })).length, 0)
  test.equal((await store.audit.list({ since: 1, limit: 1 })).length, 1)
})
