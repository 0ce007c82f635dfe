import { join } from 'node:path'
import { storeName } from '../../engine/config/store/open-store.ts'
import { Sqlite } from '../../engine/sqlite/sqlite.ts'

interface Row {
  readonly kind: string
  readonly id: string
  readonly body: string | null
}

/** Throws unless every table of the configuration's database agrees with the others; gives the newest revision. */
export function checkWhole(folder: string): number {
  const sqlite = new Sqlite(join(folder, storeName))
  try {
    const integrity = sqlite.pragma('integrity_check', { simple: true })
    if (integrity !== 'ok') throw new Error(String(integrity))
    if ((sqlite.pragma('foreign_key_check') as unknown[]).length > 0) throw new Error('a foreign key leads nowhere')
    const number = (sql: string) => Number(sqlite.prepare(sql).pluck().get())
    const newest = number('select max(number) from revision')
    const inHistory = number('select max(revision) from change')
    const inAudit = number('select revision from audit_event where revision is not null order by number desc limit 1')
    if (inHistory !== newest || inAudit !== newest) throw new Error(`revisions ${newest}, ${inHistory}, ${inAudit}`)
    if (number('select count(*) from revision') !== newest) throw new Error('a revision is missing')
    if (number('select count(distinct revision) from audit_event') !== newest)
      throw new Error('an audit event is missing')
    const entities = sqlite.prepare('select kind, id, body from entity').all() as Row[]
    const history = sqlite.prepare('select kind, id, after as body from change order by revision').all() as Row[]
    const expected = new Map<string, string>()
    for (const { kind, id, body } of history) {
      if (body === null) expected.delete(`${kind} ${id}`)
      else expected.set(`${kind} ${id}`, body)
    }
    if (entities.length !== expected.size) throw new Error(`${entities.length} entities, history has ${expected.size}`)
    for (const { kind, id, body } of entities) {
      if (expected.get(`${kind} ${id}`) !== body) throw new Error(`${kind} ${id} is not as its history says`)
    }
    const marks = entities.flatMap(({ body }) => [...(body ?? '').matchAll(/"password":\{"secret":(\d+)\}/g)])
    const numbers = marks.map((match) => Number(match[1])).sort((one, other) => one - other)
    const secrets = sqlite.prepare('select number from secret order by number').pluck().all()
    if (JSON.stringify(numbers) !== JSON.stringify(secrets)) throw new Error('secrets do not belong to entities')
    return newest
  } finally {
    sqlite.close()
  }
}
