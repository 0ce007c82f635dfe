/** The tables of `recordings.db`, and opening them. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Generated } from 'kysely'
import { Kysely, SqliteDialect } from 'kysely'
import type { Connection } from '../../engine/sqlite/sqlite.ts'
import { Sqlite } from '../../engine/sqlite/sqlite.ts'

export const catalogueName = 'recordings.db'
const formVersion = 1

/** `cold`: in the archive, to be retrieved before it is played. `retrieved`: there again for some days. */
export type StorageState = 'hot' | 'cold' | 'retrieved'
export type SoundFileForm = 'wav' | 'opus' | 'mp3'

export interface RecordingTable {
  readonly number: Generated<number>
  readonly id: string
  readonly call: string
  readonly direction: string
  readonly started_at: number
  readonly milliseconds: number
  readonly caller_user: string | null
  readonly caller_name: string
  readonly caller_number: string
  readonly caller_site: string | null
  readonly caller_pbx: string | null
  readonly callee_user: string | null
  readonly callee_name: string
  readonly callee_number: string
  readonly callee_site: string | null
  readonly callee_pbx: string | null
  /** All of the description, as JSON. */
  readonly description: string
  readonly state: StorageState
  readonly form: SoundFileForm
  /** Below the folder of recordings; of `retrieved` the copy, whose archive stays. */
  readonly file: string
  readonly law: 'mu' | 'A'
  readonly key: string | null
  /** Of the file that can be played. */
  readonly bytes: number
  readonly sha256: string
  /** On disk, the archive too. */
  readonly stored_bytes: number
  /** In the archive, where it lies there. */
  readonly archive: string | null
  readonly archive_key: string | null
  readonly policy: string | null
  readonly hot_days: number
  readonly cold_days: number
  readonly available_until: number | null
  /** Why it may not be deleted; `null`: it may. */
  readonly hold: string | null
}

export interface OwnerTable {
  readonly recording: number
  readonly user: string
}

export interface CatalogueDatabase {
  readonly recording: RecordingTable
  readonly owner: OwnerTable
}

export interface OpenCatalogue {
  readonly connection: Connection
  readonly queries: Kysely<CatalogueDatabase>
}

/** @throws Error with one line that says what to do, for a file of a newer version; what SQLite throws */
export function openCatalogue(dataFolder: string): OpenCatalogue {
  const path = join(dataFolder, catalogueName)
  closeSync(openSync(path, 'a', 0o600))
  const connection = new Sqlite(path)
  try {
    connection.pragma('busy_timeout = 5000')
    connection.pragma('journal_mode = WAL')
    // Rows can be made again from the descriptions, which lie beside the sound.
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    const version = Number(connection.pragma('user_version', { simple: true }))
    if (version > formVersion) {
      throw new Error(`${path} was written by a newer version of Ringdown: start that one`)
    }
    if (version < formVersion) connection.transaction(() => createTables(connection))()
  } catch (error) {
    connection.close()
    throw error
  }
  return { connection, queries: new Kysely({ dialect: new SqliteDialect({ database: connection }) }) }
}

function createTables(connection: Connection): void {
  const { schema } = new Kysely<CatalogueDatabase>({ dialect: new SqliteDialect({ database: connection }) })
  const run = (statement: { compile(): { readonly sql: string } }) => connection.exec(statement.compile().sql)
  let table = schema
    .createTable('recording')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
  for (const name of ['call', 'direction', 'caller_name', 'caller_number', 'callee_name', 'callee_number'] as const) {
    table = table.addColumn(name, 'text', (column) => column.notNull())
  }
  for (const name of ['description', 'state', 'form', 'file', 'law', 'sha256'] as const) {
    table = table.addColumn(name, 'text', (column) => column.notNull())
  }
  for (const side of ['caller', 'callee']) {
    for (const what of ['user', 'site', 'pbx']) table = table.addColumn(`${side}_${what}`, 'text')
  }
  for (const name of ['started_at', 'milliseconds', 'bytes', 'stored_bytes', 'hot_days', 'cold_days'] as const) {
    table = table.addColumn(name, 'integer', (column) => column.notNull())
  }
  for (const name of ['key', 'archive', 'archive_key', 'policy', 'hold'] as const) table = table.addColumn(name, 'text')
  run(table.addColumn('available_until', 'integer'))
  run(
    schema
      .createTable('owner')
      .addColumn('recording', 'integer', (column) =>
        column.notNull().references('recording.number').onDelete('cascade'),
      )
      .addColumn('user', 'text', (column) => column.notNull()),
  )
  run(schema.createIndex('recording_started_at').on('recording').columns(['started_at', 'number']))
  run(schema.createIndex('recording_state').on('recording').columns(['state', 'started_at']))
  run(schema.createIndex('owner_user').on('owner').column('user'))
  run(schema.createIndex('owner_recording').on('owner').column('recording'))
  connection.pragma(`user_version = ${formVersion}`)
}
