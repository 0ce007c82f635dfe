import { sql } from 'kysely'
import { queries } from '../query-builder.ts'
import type { Migration } from './migration.ts'

const { schema } = queries

/** Migrations that have been released are never changed: another one follows. */
export const firstTables: Migration = {
  number: 1,
  statements: [
    schema
      .createTable('entity')
      .addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull().references('revision.number'))
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('search', 'text', (column) => column.notNull())
      .addUniqueConstraint('entity_key', ['kind', 'id'])
      .modifyEnd(sql`strict`),
    schema.createIndex('entity_title').on('entity').columns(['kind', 'title', 'id']),
    schema
      .createTable('revision')
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`),
    schema
      .createTable('change')
      .addColumn('revision', 'integer', (column) => column.notNull().references('revision.number'))
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .addPrimaryKeyConstraint('change_key', ['revision', 'kind', 'id'])
      .modifyEnd(sql`strict, without rowid`),
    // Where the newest state before a revision is looked for, and an entity's history.
    schema.createIndex('change_entity').on('change').columns(['kind', 'id', 'revision']),
    schema
      .createTable('secret')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('value', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`),
    schema
      .createTable('audit_event')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('kind', 'text')
      .addColumn('id', 'text')
      .addColumn('revision', 'integer', (column) => column.unique().references('revision.number'))
      .addColumn('summary', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`),
    schema
      .createTable('administrator')
      .addColumn('user_name', 'text', (column) => column.primaryKey())
      .addColumn('password_hash', 'text', (column) => column.notNull())
      .addColumn('failures', 'integer', (column) => column.notNull())
      .addColumn('locked_until', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`),
    schema
      .createTable('token')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('administrator', 'text', (column) =>
        column.notNull().references('administrator.user_name').onDelete('cascade'),
      )
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`),
    schema.createIndex('token_administrator').on('token').column('administrator'),
    schema
      .createTable('idempotency')
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('administrator', 'text', (column) => column.notNull())
      .addColumn('request_hash', 'text', (column) => column.notNull())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addColumn('status', 'integer')
      .addColumn('body', 'text')
      .addPrimaryKeyConstraint('idempotency_key', ['key', 'administrator'])
      .modifyEnd(sql`strict`),
    schema.createIndex('idempotency_at').on('idempotency').column('at'),
    schema
      .createTable('meta')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`),
  ],
}
