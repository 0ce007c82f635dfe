/**
 * Each kind of entity is made, read, listed, changed and deleted, and refused for each reason, by the API and by
 * documents. The table in docs/api.md is held to what was seen here.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Test } from 'tap'
import t from 'tap'
import { documentOf } from '../../../engine/config/document-of.ts'
import type { Kind, KindDefinition } from '../../../engine/config/entities/kind.ts'
import { kindDefinitions } from '../../../engine/config/entities/kinds.ts'
import type { TestApplication } from '../../application-under-test.ts'
import { startTestApplication } from '../../application-under-test.ts'
import { pathOf } from './entity-schemas.ts'

type Fields = Record<string, unknown>

interface Example {
  /** One more entity of the kind in the small company. */
  readonly body: Fields
  /** A change of some fields. */
  readonly change: Fields
  /** A field that names something, and what is not there. */
  readonly dangling?: Fields
  /** Fields that make it collide with what is there; the body's own id is changed. */
  readonly duplicate?: Fields
  /** What makes another entity point at it, so that it cannot be deleted. */
  readonly pointing?: { readonly url: string; readonly body: Fields }
}

const examples: Readonly<Record<Kind, Example>> = {
  account: { body: { name: 'Small Company' }, change: { name: 'Large Company' }, dangling: { defaultPbx: 'nowhere' } },
  listener: {
    body: { bind: '127.0.0.1', port: 5080 },
    change: { advertiseMedia: '192.0.2.9' },
  },
  pbx: {
    body: { id: 'south', name: 'South', domain: 'south.example.com', country: 'GB' },
    change: { name: 'Far South' },
    dangling: { callingPlan: 'nowhere' },
    duplicate: { domain: 'north.example.com' },
    pointing: { url: '/v1/sites', body: { id: 'dover', name: 'Dover', pbx: 'south', timeZone: 'Europe/London' } },
  },
  trunk: {
    body: {
      id: 'carrier',
      name: 'Carrier',
      address: '192.0.2.1',
      trusted: [{ address: '192.0.2.1' }],
      prefixes: ['+'],
    },
    change: { name: 'Other carrier' },
  },
  schedule: {
    body: {
      id: 'office',
      name: 'Office',
      timeZone: 'Europe/London',
      weekly: { monday: [{ from: '09:00', to: '17:00' }] },
    },
    change: { name: 'Office hours' },
    pointing: {
      url: '/v1/call-queues',
      body: { id: 'orders', name: 'Orders', site: 'london', members: [{ user: 'anna' }], schedule: 'office' },
    },
  },
  callingPlan: {
    body: { id: 'near', name: 'Near', allow: ['GB'] },
    change: { note: 'No calls abroad' },
    pointing: { url: '/v1/users/ben', body: { callingPlan: 'near' } },
  },
  profilePolicy: {
    body: { id: 'strict', name: 'Strict', locks: [] },
    change: { note: 'For new people' },
    pointing: { url: '/v1/users/ben', body: { profilePolicy: 'strict' } },
  },
  audioFile: {
    body: { id: 'waltz', name: 'Waltz' },
    change: { note: 'By Strauss' },
    pointing: { url: '/v1/users/ben', body: { musicOnHold: 'waltz' } },
  },
  site: {
    body: { id: 'york', name: 'York', pbx: 'north', timeZone: 'Europe/London' },
    change: { areaCode: '1904' },
    dangling: { pbx: 'nowhere' },
    pointing: { url: '/v1/users/ben', body: { site: 'york' } },
  },
  user: {
    body: {
      id: 'cora',
      userName: 'cora',
      firstName: 'Cora',
      lastName: 'Clark',
      email: 'cora@example.com',
      site: 'london',
    },
    change: { jobTitle: 'Cook' },
    dangling: { site: 'nowhere' },
    duplicate: { userName: 'anna' },
    pointing: { url: '/v1/users/ben', body: { forwarding: { noAnswer: { to: { user: 'cora' } } } } },
  },
  ringGroup: service({ members: [{ user: 'anna' }] }, 'ringGroup'),
  callQueue: service({ members: [{ user: 'anna' }] }, 'callQueue'),
  autoAttendant: {
    ...service(
      { menus: [{ name: 'main', keys: [{ key: '1', to: { user: 'anna' } }] }], open: 'main' },
      'autoAttendant',
    ),
  },
  parkSlot: { ...service({ extension: '7001' }, ''), duplicate: { extension: '1001' } },
  pagingGroup: { ...service({ extension: '7002', members: ['anna'] }, ''), duplicate: { extension: '1001' } },
  conference: service({}, 'conference'),
  device: {
    body: { id: 'anna-2', user: 'anna', sipUserName: 'anna-2', password: 'a-long-secret-3' },
    change: { digestAlgorithms: ['MD5'] },
    dangling: { user: 'nobody' },
    duplicate: { sipUserName: 'ben-desk' },
  },
  phoneNumber: {
    body: { number: '+442079460102' },
    change: { user: 'ben' },
    dangling: { user: 'nobody' },
    pointing: { url: '/v1/sites/london', body: { mainNumber: '+442079460102' } },
  },
  webhook: {
    body: { id: 'crm', name: 'CRM', url: 'https://crm.test/calls', secret: 'a-long-secret-4' },
    change: { events: ['call-ended'] },
  },
  contact: { body: { id: 'plumber', firstName: 'Paul', lastName: 'Plumb' }, change: { location: 'Leeds' } },
}

function idOf(definition: KindDefinition, body: Fields): string {
  return String(body['id'] ?? definition.idOf(body))
}

function service(more: Fields, kind: string): Example {
  return {
    body: { id: 'extra', name: 'Extra', site: 'london', ...more },
    change: { name: 'Changed' },
    dangling: { site: 'nowhere' },
    ...(kind === '' ? {} : { duplicate: { extension: '1001' } }),
    ...(kind === ''
      ? {}
      : { pointing: { url: '/v1/users/ben', body: { forwarding: { noAnswer: { to: { [kind]: 'extra' } } } } } }),
  }
}

/** What was seen, by kind: the columns of the table. */
const columns = [
  'create',
  'read',
  'list',
  'change',
  'delete',
  'wrong type',
  'unknown field',
  'missing field',
  'not there',
  'names nothing',
  'duplicate',
  'same id',
  'lost update',
  'in use',
] as const
type Column = (typeof columns)[number]

class KindCheck {
  readonly #t: Test
  readonly #test: TestApplication
  readonly #definition: KindDefinition
  readonly #example: Example
  readonly #id: string
  readonly #list: string
  readonly #one: string
  readonly seen: Partial<Record<Column, number>> = {}

  constructor(t: Test, test: TestApplication, definition: KindDefinition) {
    this.#t = t
    this.#test = test
    this.#definition = definition
    this.#example = examples[definition.kind]
    const { body } = this.#example
    this.#id = idOf(definition, body)
    this.#list = `/v1/${pathOf(definition)}`
    this.#one = definition.kind === 'account' ? '/v1/account' : `${this.#list}/${encodeURIComponent(this.#id)}`
  }

  async #expect(
    column: Column,
    status: number,
    method: string,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) {
    const answer = await this.#test.ask(method as 'GET', url, body, headers)
    this.#t.equal(answer.statusCode, status, `${this.#definition.kind}, ${column}: ${answer.body.slice(0, 400)}`)
    if (status >= 400) this.#t.match(answer.json(), { status, type: /^urn:ringdown:problem:/, detail: /./ })
    if (status === 422) this.#t.match(answer.json().problems, [{ message: /./, cure: /./ }])
    this.seen[column] = answer.statusCode
    return answer
  }

  #document(change: (list: Fields[]) => Fields[] | Fields): string {
    const document = JSON.parse(JSON.stringify(documentOf(this.#test.configuration.configuration))) as Fields
    const { collection, kind } = this.#definition
    if (kind === 'account') document[collection] = change([document[collection] as Fields])
    else document[collection] = change((document[collection] as Fields[] | undefined) ?? [])
    return JSON.stringify(document)
  }

  /** A document with one more entity. */
  #with(body: Fields): string {
    return this.#document((list) => (this.#definition.kind === 'account' ? { ...list[0], ...body } : [...list, body]))
  }

  async #apply(status: number, text: string, prune = false): Promise<void> {
    const answer = await this.#test.ask('PUT', `/v1/document?prune=${prune}`, text)
    this.#t.equal(answer.statusCode, status, `${this.#definition.kind} by document: ${answer.body.slice(0, 400)}`)
  }

  async run(): Promise<void> {
    if (this.#definition.kind !== 'account') await this.#wholeLife()
    else await this.#account()
    await this.#refusals()
  }

  async #account(): Promise<void> {
    const { body, change } = this.#example
    await this.#expect('read', 200, 'GET', this.#one)
    await this.#expect('change', 200, 'PATCH', this.#one, change)
    await this.#expect('change', 200, 'PUT', this.#one, body)
    await this.#apply(200, this.#with(change))
    this.#t.match((await this.#test.ask('GET', this.#one)).json(), change)
  }

  async #wholeLife(): Promise<void> {
    const { body, change, pointing } = this.#example
    const shown = { ...body }
    for (const field of this.#definition.secrets) delete shown[field]
    const created = await this.#expect('create', 201, 'POST', this.#list, body)
    this.#t.equal(created.headers['location'], this.#one)
    const read = await this.#expect('read', 200, 'GET', this.#one)
    this.#t.match(read.json(), shown)
    const list = await this.#expect('list', 200, 'GET', `${this.#list}?limit=1000`)
    this.#t.ok(list.json().items.some((item: Fields) => idOf(this.#definition, item) === this.#id))
    await this.#expect('same id', 409, 'POST', this.#list, body)
    const changed = await this.#expect('change', 200, 'PATCH', this.#one, change)
    this.#t.match(changed.json(), change)
    await this.#expect('change', 200, 'PUT', this.#one, shown)
    if (pointing !== undefined) {
      const method = pointing.url.split('/').length > 3 ? 'PATCH' : 'POST'
      const made = await this.#test.ask(method, pointing.url, pointing.body)
      this.#t.ok(made.statusCode < 300, made.body)
      const refused = await this.#expect('in use', 409, 'DELETE', this.#one)
      this.#t.ok(refused.json().referrers.length > 0)
      await this.#apply(
        422,
        this.#document((entries) => entries.filter((entry) => idOf(this.#definition, entry) !== this.#id)),
        true,
      )
      this.#t.equal((await this.#test.ask('POST', '/v1/revisions/1/restore', {})).statusCode, 200)
    } else await this.#expect('delete', 204, 'DELETE', this.#one)
    // The same by documents.
    await this.#apply(200, this.#with(body))
    this.#t.match((await this.#test.ask('GET', this.#one)).json(), shown)
    await this.#expect('delete', 204, 'DELETE', this.#one)
    await this.#apply(200, this.#with(body))
    await this.#apply(
      200,
      this.#document((entries) => entries.filter((entry) => idOf(this.#definition, entry) !== this.#id)),
      true,
    )
    this.#t.equal((await this.#test.ask('GET', this.#one)).statusCode, 404)
    await this.#expect('not there', 404, 'GET', this.#one)
    await this.#expect('not there', 404, 'PUT', this.#one, shown)
    await this.#expect('not there', 404, 'PATCH', this.#one, {})
    await this.#expect('not there', 404, 'DELETE', this.#one)
    await this.#test.ask('POST', this.#list, body)
    await this.#expect('lost update', 412, 'PATCH', this.#one, change, { 'if-match': '"1"' })
    await this.#expect('lost update', 412, 'DELETE', this.#one, undefined, { 'if-match': '"1"' })
    this.#t.equal((await this.#test.ask('DELETE', this.#one)).statusCode, 204)
  }

  async #refusals(): Promise<void> {
    const single = this.#definition.kind === 'account'
    const method = single ? 'PUT' : 'POST'
    const url = single ? this.#one : this.#list
    const { body, dangling, duplicate, change } = this.#example
    const before = this.#test.configuration.revision
    const refused = async (column: Column, wrong: Fields) => {
      await this.#expect(column, 422, method, url, wrong)
      if (column !== 'missing field' || !single) await this.#apply(422, this.#with(wrong))
    }
    const firstField = Object.keys(body).find((field) => field !== 'id') ?? ''
    await refused('wrong type', { ...body, [firstField]: { a: 1 } })
    await refused('unknown field', { ...body, nosuchfield: 1 })
    const required = (this.#definition.schema as unknown as { required?: readonly string[] }).required ?? []
    const missing = required.find((field) => field !== 'id') ?? required[0]
    if (missing !== undefined) {
      const { [missing]: _, ...rest } = body
      await refused('missing field', rest)
    }
    if (dangling !== undefined) await refused('names nothing', { ...body, ...dangling })
    if (duplicate !== undefined) await refused('duplicate', { ...body, ...duplicate })
    if (single) await this.#expect('lost update', 412, 'PATCH', url, change, { 'if-match': '"0"' })
    this.#t.equal(this.#test.configuration.revision, before, 'nothing was changed by what was refused')
  }
}

/** The table of docs/api.md, from what was seen. */
function tableOf(seen: ReadonlyMap<string, Partial<Record<Column, number>>>): string {
  const lines = [`| | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---').join('|')}|`]
  for (const [name, results] of seen)
    lines.push(`| \`${name}\` | ${columns.map((column) => results[column] ?? '').join(' | ')} |`)
  return lines.join('\n')
}

function page(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('docs/api.md', folder)
    if (existsSync(file)) return readFileSync(file, 'utf8')
    if (folder.pathname === '/') throw new Error('there is no docs/api.md')
  }
}

t.setTimeout(300_000)

t.test('every kind, every operation, every refusal', { timeout: 300_000 }, async (t) => {
  const seen = new Map<string, Partial<Record<Column, number>>>()
  for (const definition of kindDefinitions()) {
    const test = await startTestApplication()
    const check = new KindCheck(t, test, definition)
    await check.run()
    seen.set(definition.kind === 'account' ? 'account' : pathOf(definition), check.seen)
    await test.close()
  }
  const table = tableOf(seen)
  t.ok(page().includes(table), `docs/api.md should have this table:\n${table}`)
})
