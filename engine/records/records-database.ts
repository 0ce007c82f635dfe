/** Opens `records.db`, and brings its tables to the form that this version knows. */
import { closeSync, openSync } from 'node:fs'
import { Kysely, SqliteDialect, sql } from 'kysely'
import type { Connection } from '../sqlite/sqlite.ts'
import { Sqlite } from '../sqlite/sqlite.ts'
import type { CallRecordTable, RecordsDatabase } from './call-record.ts'

/** Version of the tables; `user_version` of the file. */
export const formVersion = 6

/** The database cannot be used; the message is one line that says what to do. */
export class RecordsDatabaseError extends Error {}

export interface OpenRecords {
  /** For statements that run at once, in the thread that writes. */
  readonly connection: Connection
  /** Builds all SQL, and runs it for those who read. */
  readonly queries: Kysely<RecordsDatabase>
}

/**
 * @param path of the file, which is created unless `readOnly`
 * @throws RecordsDatabaseError for a file of a newer version; what SQLite throws where it cannot be opened
 */
export function openRecordsDatabase(path: string, readOnly: boolean): OpenRecords {
  // Who called whom is nobody else's business; SQLite gives its other files the same mode.
  if (!readOnly) closeSync(openSync(path, 'a', 0o600))
  const connection = new Sqlite(path, readOnly ? { readonly: true, fileMustExist: true } : {})
  try {
    connection.pragma('busy_timeout = 5000')
    if (!readOnly) {
      connection.pragma('journal_mode = WAL')
      // Rows can be made again from the journal, which is not let go of before they are written.
      connection.pragma('synchronous = NORMAL')
      // Sixteen megabytes: pages that many records share are written to the file once, not again and again.
      connection.pragma('wal_autocheckpoint = 4000')
    }
    const version = Number(connection.pragma('user_version', { simple: true }))
    if (version > formVersion) {
      throw new RecordsDatabaseError(
        `${path} was written by a newer version of Ringdown (form ${version}, this one knows up to ${formVersion}): ` +
          'start that version, or move the file away to begin without earlier call records',
      )
    }
    if (!readOnly && version < formVersion) connection.transaction(() => bringUpToDate(connection, version))()
  } catch (error) {
    connection.close()
    throw error
  }
  const queries = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: connection }) })
  return { connection, queries }
}

/** Since the third form. */
const transferColumns = ['parent', 'transferred_to', 'transferred_by'] as const
/** Since the fifth. */
const soundColumns = ['recordings', 'quality'] as const

function bringUpToDate(connection: Connection, version: number): void {
  if (version < 1) createTables(connection)
  if (version < 2) addColumns(connection, ['asked'])
  if (version < 3) addTransfers(connection)
  if (version < 4) addMessages(connection)
  if (version < 5) addColumns(connection, soundColumns)
  // What was told of a call's beginning is text until it is read (docs/decisions/0059-a-turn-is-a-group.md).
  if (version < 6) addColumns(connection, ['told'])
  connection.pragma(`user_version = ${formVersion}`)
}

function addColumns(connection: Connection, columns: readonly (keyof CallRecordTable)[]): void {
  const schema = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: connection }) }).schema
  for (const column of columns) {
    connection.exec(schema.alterTable('call_record').addColumn(column, 'text').compile().sql)
  }
}

function addTransfers(connection: Connection): void {
  addColumns(connection, transferColumns)
  const schema = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: connection }) }).schema
  // Most calls have no parent: only the others are in the index.
  connection.exec(
    schema
      .createIndex('call_record_parent')
      .on('call_record')
      .column('parent')
      .where(sql.ref('parent'), 'is not', null)
      .compile().sql,
  )
}

/** Since the fourth form. */
function addMessages(connection: Connection): void {
  const schema = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: connection }) }).schema
  const run = (statement: { compile(): { readonly sql: string } }) => connection.exec(statement.compile().sql)
  run(
    schema
      .createTable('message')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('sender_id', 'text', (column) => column.notNull())
      .addColumn('sender', 'text', (column) => column.notNull())
      .addColumn('recipient_id', 'text', (column) => column.notNull())
      .addColumn('recipient', 'text', (column) => column.notNull())
      .addColumn('dialled', 'text', (column) => column.notNull())
      .addColumn('content_type', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('sent_at', 'integer', (column) => column.notNull())
      .addColumn('settled_at', 'integer'),
  )
  for (const column of ['sender_id', 'recipient_id'] as const) {
    run(schema.createIndex(`message_${column}`).on('message').column(column))
  }
}

/** As the first form was. */
function createTables(connection: Connection): void {
  const schema = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: connection }) }).schema
  const run = (statement: { compile(): { readonly sql: string } }) => connection.exec(statement.compile().sql)
  run(
    schema
      .createTable('call_record')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('sip_call_id', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('caller_kind', 'text', (column) => column.notNull())
      .addColumn('caller_id', 'text', (column) => column.notNull())
      .addColumn('caller', 'text', (column) => column.notNull())
      .addColumn('dialled', 'text', (column) => column.notNull())
      .addColumn('domain', 'text', (column) => column.notNull())
      .addColumn('callee_kind', 'text')
      .addColumn('callee_id', 'text')
      .addColumn('callee', 'text')
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('steps', 'text', (column) => column.notNull())
      .addColumn('started_at', 'integer', (column) => column.notNull())
      .addColumn('answered_at', 'integer')
      .addColumn('ended_at', 'integer')
      .addColumn('ended_by', 'text')
      .addColumn('outcome', 'text')
      .addColumn('status', 'integer')
      .addColumn('phrase', 'text'),
  )
  run(schema.createIndex('call_record_started_at').on('call_record').column('started_at'))
  run(
    schema
      .createTable('progress')
      .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
      .addColumn('log', 'integer', (column) => column.notNull())
      .addColumn('offset', 'integer', (column) => column.notNull()),
  )
}
