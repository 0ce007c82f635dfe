import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { Sqlite } from '../sqlite/sqlite.ts'
import { applyDocument } from './apply-document.ts'
import type { ConfigurationWriter, EntityWrite, WriteResult } from './configuration-writer.ts'
import { openConfigurationWriter } from './configuration-writer.ts'
import type { Body } from './entities/kind.ts'
import type { Author } from './store/configuration-store.ts'
import { storeName } from './store/open-store.ts'

const author: Author = { actor: 'anna', address: '192.0.2.7', source: 'api' }

const company = {
  account: { name: 'Example' },
  pbxs: [{ id: 'north', name: 'North', domain: 'north.test', country: 'GB' }],
  sites: [{ id: 'office', name: 'Office', pbx: 'north', timeZone: 'Europe/London' }],
  users: ['anna', 'ben'].map((name, index) => person(name, `100${index + 1}`)),
  devices: [
    { id: 'desk', user: 'anna', sipUserName: 'desk', password: 'first-password' },
    { id: 'home', user: 'anna', sipUserName: 'home', password: 'other-password' },
  ],
}

function person(name: string, extension: string, more: Body = {}): Body {
  const rest = { firstName: name, lastName: 'Example', email: `${name}@example.com`, site: 'office', extension }
  return { id: name, userName: name, ...rest, ...more }
}

function user(name: string, extension: string, more: Body = {}): EntityWrite {
  return { kind: 'user', id: name, body: person(name, extension, more) }
}

async function opened(test: Test): Promise<{ writer: ConfigurationWriter; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-writer-'))
  const writer = await openConfigurationWriter(folder, { patience: 200 })
  test.teardown(async () => {
    await writer.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { writer, folder }
}

async function withCompany(test: Test): Promise<{ writer: ConfigurationWriter; folder: string }> {
  const all = await opened(test)
  const result = await apply(all.writer, company)
  if (!result.ok) throw new Error(JSON.stringify(result))
  return all
}

function apply(writer: ConfigurationWriter, document: unknown, prune = true) {
  return applyDocument(writer, JSON.stringify(document), 'company.json', author, { prune })
}

function written(result: WriteResult): Extract<WriteResult, { ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result))
  return result
}

t.test('applies a document as one revision; the same again makes none', async (test) => {
  const { writer } = await withCompany(test)
  test.equal(writer.revision, 1)
  test.equal(writer.configuration.count('user'), 2)
  const again = await apply(writer, company)
  test.match(again, { ok: true, revision: 1, changes: [] })
  test.equal(writer.store.revision(), 1)
})

t.test('what a document does not list goes with prune and stays without', async (test) => {
  const { writer } = await withCompany(test)
  const less = { ...company, users: [company.users[0]] }
  test.match(await apply(writer, less, false), { ok: true, changes: [] })
  test.match(await apply(writer, less), { ok: true, changes: [{ kind: 'user', id: 'ben', after: null }] })
  test.match(await apply(writer, { ...company, users: [] }), { ok: false, reason: 'problems' }, 'the devices need her')
})

t.test('mistakes of a document are told with their places, and change nothing', async (test) => {
  const { writer } = await withCompany(test)
  const users = [company.users[0], person('ben', '1001')]
  const result = await apply(writer, { ...company, users })
  test.match(result, { ok: false, reason: 'problems' })
  test.match(JSON.stringify(result), /users\[[01]\]\.extension/)
  test.match(await apply(writer, { ...company, account: undefined }), { ok: false, reason: 'problems' })
  test.match(await applyDocument(writer, 'account: [', 'x.yaml', author, { prune: true }), { ok: false })
  test.equal(writer.store.revision(), 1)
  const sound = await writer.write([user('cora', '1003')], author)
  test.match(sound, { ok: true, revision: 2 })
})

t.test('writes, says who and what, and tells listeners', async (test) => {
  const { writer } = await withCompany(test)
  const told: unknown[] = []
  const stop = writer.onChange((revision, changes) => told.push([revision, changes.map(({ id }) => id)]))
  test.match(await writer.write([user('cora', '1003')], author), { ok: true, revision: 2, changes: [{ id: 'cora' }] })
  test.match(await writer.write([{ kind: 'user', id: 'cora', body: null }], author), { ok: true, revision: 3 })
  stop()
  await writer.write([user('cora', '1003')], author, { summary: 'once more' })
  test.same(told, [
    [2, ['cora']],
    [3, ['cora']],
  ])
  test.same((await writer.store.revisions.list()).map(({ summary }) => summary).slice(0, 3), [
    'once more',
    'user cora deleted',
    'user cora made',
  ])
})

t.test('refuses what does not fit, whoever asks, all or nothing', async (test) => {
  const { writer } = await withCompany(test)
  const refused = await writer.write([user('cora', '1003'), user('dora', '1001')], author)
  test.match(refused, { ok: false, reason: 'problems' })
  test.equal(writer.configuration.get('user', 'cora'), undefined)
  const deletion = await writer.write([{ kind: 'site', id: 'office', body: null }], author)
  test.match(deletion, { ok: false, reason: 'problems' })
  for (const body of [17, 'text', [], { id: 'x' }, { ...person('eve', '1009'), site: "' or 1=1 --" }]) {
    test.match(await writer.write([{ kind: 'user', id: 'eve', body }], author), { ok: false, reason: 'problems' })
  }
  test.equal(writer.store.revision(), 1)
})

t.test('a dry run changes nothing', async (test) => {
  const { writer } = await withCompany(test)
  const dry = await writer.write([user('cora', '1003')], author, { dryRun: true })
  test.match(dry, { ok: true, revision: 1, changes: [{ id: 'cora', before: null }] })
  test.equal(writer.configuration.get('user', 'cora'), undefined)
  test.equal(writer.store.revision(), 1)
})

t.test('an older revision of the whole or of an entity is a conflict', async (test) => {
  const { writer } = await withCompany(test)
  const key = { kind: 'user', id: 'ben' } as const
  const update = [user('ben', '1002', { lines: 3 })]
  test.match(await writer.write(update, author, { expectedRevision: 0 }), {
    ok: false,
    reason: 'conflict',
    revision: 1,
  })
  test.match(await writer.write(update, author, { entityRevisions: [{ ...key, revision: 1 }] }), {
    ok: true,
    revision: 2,
  })
  const late = await writer.write([user('ben', '1002')], author, { entityRevisions: [{ ...key, revision: 1 }] })
  test.same(late, { ok: false, reason: 'conflict', revision: 2, entities: [{ ...key, revision: 2 }] })
  const fresh = await writer.write([user('ben', '1002')], author, { entityRevisions: [{ ...key, revision: 0 }] })
  test.match(fresh, { ok: false, reason: 'conflict' })
})

t.test('writes that come together are carried out one after the other', async (test) => {
  const { writer } = await withCompany(test)
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      writer.writeWith((now) => {
        const lines = (Number(now.get('user', 'ben')?.['ringSeconds'] ?? 0) % 120) + 1
        return [user('ben', '1002', { ringSeconds: lines, lastName: `Name ${index}` })]
      }, author),
    ),
  )
  test.same(
    results.map((result) => written(result).revision),
    Array.from({ length: 20 }, (_, index) => index + 2),
  )
  test.equal(writer.configuration.get('user', 'ben')?.['ringSeconds'], 20, 'each saw the one before')
  await test.rejects(
    writer.writeWith(() => {
      throw new Error('none')
    }, author),
    /none/,
  )
})

t.test('two writers on one store see each other', async (test) => {
  const { writer, folder } = await withCompany(test)
  const other = await openConfigurationWriter(folder)
  test.teardown(() => other.close())
  const told: number[] = []
  writer.onChange((revision) => told.push(revision))
  await other.write([user('cora', '1003')], author)
  test.match(await writer.write([user('dora', '1003')], author), { ok: false, reason: 'problems' }, 'taken meanwhile')
  test.same(told, [2])
  await other.write([user('cora', '1004')], author)
  await writer.follow()
  test.equal(writer.configuration.get('user', 'cora')?.['extension'], '1004')
  const both = await Promise.all([
    ...Array.from({ length: 10 }, (_, index) => writer.write([user(`w${index}`, `20${index + 10}`)], author)),
    ...Array.from({ length: 10 }, (_, index) => other.write([user(`o${index}`, `30${index + 10}`)], author)),
  ])
  for (const result of both) written(result)
  await Promise.all([writer.follow(), other.follow()])
  test.equal(writer.configuration.count('user'), 23)
  test.equal(other.configuration.count('user'), 23)
  test.equal(writer.revision, 23)
  const many = Array.from({ length: 500 }, (_, index) => user(`m${index}`, `4${1000 + index}`))
  written(await other.write(many, author))
  const late = writer.write([user('late', '41007')], author)
  test.match(
    await late,
    { ok: false, reason: 'problems' },
    'what is followed in slices is all there for the next check',
  )
  test.equal(writer.configuration.count('user'), 523)
})

t.test('a store that cannot be written leaves everything as it was', async (test) => {
  const { writer, folder } = await withCompany(test)
  const sqlite = new Sqlite(join(folder, storeName))
  sqlite.exec('BEGIN IMMEDIATE')
  const result = await writer.write([user('cora', '1003')], author)
  test.match(result, { ok: false, reason: 'store', error: { fault: 'locked' } })
  test.equal(writer.configuration.get('user', 'cora'), undefined)
  sqlite.exec('ROLLBACK')
  sqlite.close()
  test.match(await writer.write([user('cora', '1003')], author), { ok: true, revision: 2 })
})

t.test('secrets left out stay, null takes them away where they may be missing', async (test) => {
  const { writer } = await withCompany(test)
  const { password, ...shown } = company.devices[0] ?? { password: '' }
  const key = { kind: 'device', id: 'desk' } as const
  const same = await writer.write([{ ...key, body: { ...shown, user: 'ben' } }], author)
  test.match(same, { ok: true, changes: [{ after: { password, user: 'ben' } }] })
  const [change] = await writer.difference(1, 2)
  test.same(change?.before?.['password'], change?.after?.['password'])
  test.match(await writer.write([{ ...key, body: { ...shown, password: null } }], author), { ok: false })
  const withoutPasswords = { ...company, devices: company.devices.map(({ password: _, ...device }) => device) }
  test.match(await apply(writer, withoutPasswords), { ok: true }, 'an export without secrets can be applied')
  test.equal(writer.configuration.get('device', 'desk')?.['password'], password)
})

t.test('restores a revision as a new one', async (test) => {
  const { writer } = await withCompany(test)
  await writer.write([user('ben', '1002', { lines: 4 }), user('cora', '1003')], author)
  await writer.write([{ kind: 'user', id: 'ben', body: null }], author)
  const dry = await writer.restoreRevision(1, author, { dryRun: true })
  test.match(
    written(dry)
      .changes.map(({ id }) => id)
      .sort(),
    ['ben', 'cora'],
  )
  test.match(await writer.restoreRevision(1, author), { ok: true, revision: 4 })
  test.same(await writer.difference(1, 4), [])
  test.same(await writer.revisionDocument(4), await writer.revisionDocument(1))
  test.match(await writer.store.revisions.get(4), { source: 'restore', summary: 'revision 1 restored', actor: 'anna' })
  test.match(await writer.restoreRevision(4, author), { ok: true, revision: 4, changes: [] })
  test.match(await writer.restoreRevision(99, author), { ok: false, reason: 'problems' })
  test.match(await writer.restoreRevision(-1, author), { ok: false, reason: 'problems' })
  test.equal(await writer.revisionDocument(99), null)
})

t.test('restoring never brings back a secret', async (test) => {
  const { writer } = await withCompany(test)
  const [desk, home] = company.devices
  const changed = { ...desk, password: 'second-password', digestAlgorithms: ['SHA-256'] }
  await writer.write([{ kind: 'device', id: 'desk', body: changed }], author)
  test.match(await writer.restoreRevision(1, author), { ok: true, revision: 3 })
  test.equal(writer.configuration.get('device', 'desk')?.['password'], 'second-password', 'the one of now')
  test.equal(writer.configuration.get('device', 'desk')?.['digestAlgorithms'], undefined)
  await writer.write([{ kind: 'device', id: 'home', body: null }], author)
  const refused = await writer.restoreRevision(1, author)
  test.match(refused, { ok: false, reason: 'problems', problems: [{ kind: 'device', id: 'home', path: 'password' }] })
  test.match(JSON.stringify(refused), /Give a new password/)
  const newSecret = { kind: 'device', id: 'home', field: 'password' } as const
  const newSecrets = [{ ...newSecret, value: 'third-password' }]
  test.match(await writer.restoreRevision(1, author, { newSecrets }), { ok: true, revision: 5 })
  test.same(writer.configuration.get('device', 'home'), { ...home, password: 'third-password' })
  const weak = [{ ...newSecret, value: 'short' }]
  await writer.write([{ kind: 'device', id: 'home', body: null }], author)
  test.match(await writer.restoreRevision(1, author, { newSecrets: weak }), { ok: false, reason: 'problems' })
  test.notMatch(JSON.stringify(await writer.revisionDocument(1)), /password/)
})
