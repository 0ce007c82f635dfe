/** The tables as code sees them; `migrations/` makes them. Booleans do not occur: SQLite has none. */
import type { Generated } from 'kysely'

export interface EntityTable {
  kind: string
  id: string
  /** JSON, with `{"secret": number}` where a secret is. */
  body: string
  /** What last changed it. */
  revision: number
  /** Order in which entities were made. */
  position: Generated<number>
  /** What people see, folded (folded-text.ts): for sorting. */
  title: string
  /** All texts of its own fields, folded: for searching. */
  search: string
}

export interface RevisionTable {
  number: number
  at: number
  actor: string
  address: string
  source: string
  summary: string
}

export interface ChangeTable {
  revision: number
  kind: string
  id: string
  /** JSON as in `entity.body`; null where it did not exist. */
  before: string | null
  after: string | null
}

export interface SecretTable {
  number: Generated<number>
  value: string
}

export interface AuditEventTable {
  number: Generated<number>
  at: number
  actor: string
  address: string
  source: string
  action: string
  kind: string | null
  id: string | null
  revision: number | null
  summary: string
}

export interface AdministratorTable {
  user_name: string
  password_hash: string
  failures: number
  locked_until: number
  created_at: number
}

export interface TokenTable {
  hash: string
  administrator: string
  name: string
  created_at: number
  expires_at: number
}

export interface IdempotencyTable {
  key: string
  administrator: string
  request_hash: string
  at: number
  /** null while the request is being carried out. */
  status: number | null
  body: string | null
}

export interface MetaTable {
  name: string
  value: string
}

export interface Tables {
  entity: EntityTable
  revision: RevisionTable
  change: ChangeTable
  secret: SecretTable
  audit_event: AuditEventTable
  administrator: AdministratorTable
  token: TokenTable
  idempotency: IdempotencyTable
  meta: MetaTable
}
