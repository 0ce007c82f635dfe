import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Body, EntityChange, Kind } from '../entities/kind.ts'
import type { Author, ConfigurationStore, ListOptions } from './configuration-store.ts'
import { openStore } from './open-store.ts'

const author: Author = { actor: 'tester', address: '', source: 'command' }
const people = ['Anna', 'bertha', 'Çelik', 'Dörte', 'émile', 'Zoë', '李', "O'Hara"]

function user(index: number): Body {
  const name = people[index % people.length] ?? ''
  return {
    id: `u${index}`,
    userName: `u${index}`,
    firstName: name,
    lastName: `Number ${index % 7}`,
    email: `u${index}@example.com`,
    site: index % 3 === 0 ? 'london' : 'bristol',
    ...(index % 2 === 0 ? { lines: (index % 4) + 1 } : {}),
    ...(index % 5 === 0 ? { active: index % 10 === 0 } : {}),
    ...(index % 11 === 0 ? { blockList: { callers: ['anonymous', '+4420*'] } } : {}),
  }
}

const folder = mkdtempSync(join(tmpdir(), 'ringdown-store-'))
const store: ConfigurationStore = await openStore(folder)
t.teardown(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})
const changes: EntityChange[] = []
for (let index = 0; index < 100; index++) {
  changes.push({ kind: 'user', id: `u${index}`, before: null, after: user(index) })
}
const password = 'correct horse'
changes.push({
  kind: 'device',
  id: 'd1',
  before: null,
  after: { id: 'd1', user: 'u1', sipUserName: 'desk', password },
})
await store.commit(0, changes, author, 'people')

async function listed(options: ListOptions, kind: Kind = 'user'): Promise<string[]> {
  const result = await store.entities.list(kind, options)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.entities.map(({ id }) => id)
}

async function problem(options: ListOptions, kind: Kind = 'user'): Promise<string> {
  const result = await store.entities.list(kind, options)
  if (result.ok) throw new Error(`it gave ${result.entities.length} entities`)
  return result.problems.map(({ message, cure }) => `${message}. ${cure}`).join(' | ')
}

function expected(fits: (body: Body) => boolean): string[] {
  return Array.from({ length: 100 }, (_, index) => user(index))
    .filter(fits)
    .map(({ id }) => String(id))
    .sort()
}

t.test('filters by fields, converted by the schema', async (test) => {
  const filtered = (field: string, value: string) => listed({ filters: [{ field, value }] })
  test.same(
    await filtered('site', 'london'),
    expected((body) => body['site'] === 'london'),
  )
  test.same(
    await filtered('lines', '3'),
    expected((body) => body['lines'] === 3),
  )
  test.same(
    await filtered('lines', ''),
    expected((body) => body['lines'] === undefined),
    'not there',
  )
  test.same(
    await filtered('active', 'false'),
    expected((body) => body['active'] === false),
  )
  test.same(
    await filtered('firstName', "O'Hara"),
    expected((body) => body['firstName'] === "O'Hara"),
  )
  test.same(
    await filtered('blockList.callers', '+4420*'),
    expected((body) => body['blockList'] !== undefined),
  )
  test.same(
    await filtered('blockList', ''),
    expected((body) => body['blockList'] === undefined),
  )
  test.same(await filtered('id', 'u7'), ['u7'])
  const filters = [
    { field: 'site', value: 'london' },
    { field: 'lines', value: '1' },
  ]
  test.same(
    await listed({ filters }),
    expected((body) => body['site'] === 'london' && body['lines'] === 1),
  )
})

t.test('searches without case and accents', async (test) => {
  test.same(
    await listed({ q: 'EMILE' }),
    expected((body) => body['firstName'] === 'émile'),
  )
  test.same(
    await listed({ q: 'dorte number 3' }),
    expected((body) => body['firstName'] === 'Dörte' && body['lastName'] === 'Number 3'),
  )
  test.same(
    await listed({ q: '李' }),
    expected((body) => body['firstName'] === '李'),
  )
  test.same(await listed({ q: 'u99@ex' }), ['u99'])
  test.same(await listed({ q: '%' }), [])
  test.same(await listed({ q: '_' }), [])
})

t.test('goes through any order page by page without leaving out or repeating anybody', async (test) => {
  const orders = [
    [],
    ['-id'],
    ['title'],
    ['-title'],
    ['lastName', '-firstName'],
    ['-lines', 'id'],
    ['lines', '-active'],
    ['active'],
  ]
  for (const sort of orders) {
    const whole = await listed({ sort, limit: 1000 })
    test.equal(new Set(whole).size, 100, `all by ${sort.join()}`)
    for (const limit of [1, 7, 100]) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.entities.list('user', { sort, limit, ...(cursor === undefined ? {} : { cursor }) })
        if (!page.ok) throw new Error(JSON.stringify(page.problems))
        seen.push(...page.entities.map(({ id }) => id))
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      test.same(seen, whole, `by ${sort.join()}, ${limit} a page`)
    }
  }
  test.same(
    (await listed({ sort: ['title'], limit: 2 })).map((id) => user(Number(id.slice(1)))['firstName']),
    ['Anna', 'Anna'],
  )
})

t.test('a page goes on where it ended though entities come and go', async (test) => {
  const first = await store.entities.list('user', { limit: 10 })
  if (!first.ok || first.next === null) throw new Error('no page')
  const second = await listed({ limit: 10, cursor: first.next })
  const last = first.entities.at(-1)
  if (last === undefined) throw new Error('empty')
  const revision = store.revision()
  await store.commit(revision, [{ kind: 'user', id: last.id, before: last.body, after: null }], author, 'gone')
  test.same(await listed({ limit: 10, cursor: first.next }), second)
  await store.commit(revision + 1, [{ kind: 'user', id: last.id, before: null, after: last.body }], author, 'back')
})

t.test('shows the fields asked for, and never a secret', async (test) => {
  const result = await store.entities.list('user', { fields: ['site', 'email'], limit: 1 })
  test.match(result, { ok: true })
  test.same(result.ok && result.entities[0]?.body, { id: 'u0', email: 'u0@example.com', site: 'london' })
  test.match(await problem({ fields: ['password'] }, 'device'), /no such field/)
  test.match(await problem({ filters: [{ field: 'password', value: password }] }, 'device'), /no such field/)
  test.match(await problem({ sort: ['password'] }, 'device'), /no such field/)
  test.same(await listed({ q: password }, 'device'), [])
  test.notMatch(JSON.stringify(await store.entities.list('device')), /horse|"secret"/)
})

const hostile = [
  "' or 1=1 --",
  "'); drop table entity; --",
  '$."site"',
  'site" or "1"="1',
  'site; select * from secret',
  "lastName') union select value, value, 1 from secret --",
  '__proto__',
  'constructor',
  'toString',
  'a.b.c.d.e.f.g.h',
  '..',
  '\u0000',
  '\ud800',
  'x'.repeat(100_000),
]

t.test('hostile names and values find nothing and break nothing', async (test) => {
  for (const text of hostile) {
    const shown = JSON.stringify(text.slice(0, 30))
    test.match(await problem({ filters: [{ field: text, value: 'x' }] }), /no such field/, `field ${shown}`)
    test.match(await problem({ sort: [text] }), /no such field/, `sort ${shown}`)
    test.match(await problem({ fields: [text] }), /no such field/, `fields ${shown}`)
    test.match(await problem({ cursor: text }), /no cursor/, `cursor ${shown}`)
    test.same(await listed({ filters: [{ field: 'site', value: text }] }), [], `value ${shown}`)
    test.equal(await store.entities.get('user', text), null)
    if (text.length < 200) test.same(await listed({ q: text }), [], `q ${shown}`)
    const values = Buffer.from(JSON.stringify(['lastName', text, text])).toString('base64url')
    if (text.length < 2000) await listed({ sort: ['lastName'], cursor: values })
  }
  test.equal(await store.entities.count('user'), 100)
})

t.test('says what cannot be asked', async (test) => {
  const filtered = (field: string, value: string) => problem({ filters: [{ field, value }] })
  test.match(await filtered('lines', 'two'), /Write a number/)
  test.match(await filtered('active', 'yes'), /Write true or false/)
  test.match(await filtered('blockList', 'x'), /one of its fields/)
  test.match(await problem({ sort: ['blockList'] }), /cannot be sorted/)
  test.match(await problem({ q: 'x'.repeat(201) }), /too long/)
  test.match(await problem({ sort: ['id', 'title', 'site', 'lines', 'active', 'email'] }), /too many fields/)
  const page = await store.entities.list('user', { limit: 1, sort: ['title'] })
  const cursor = page.ok ? (page.next ?? '') : ''
  test.match(await problem({ cursor, sort: ['-title'] }), /no cursor of this list/)
  for (const values of [[['title', 1]], ['title', {}, 'u1'], 'title', null, ['title', 'x', 'y', 'z']]) {
    const forged = Buffer.from(JSON.stringify(values)).toString('base64url')
    test.match(await problem({ cursor: forged, sort: ['title'] }), /no cursor of this list/)
  }
})
