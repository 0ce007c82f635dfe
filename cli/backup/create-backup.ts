/** Copies what a data folder must not lose, while the server runs. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Body } from '../../engine/config/entities/kind.ts'
import { newestVersion } from '../../engine/config/store/migrations/migrate.ts'
import { openStore, storeName } from '../../engine/config/store/open-store.ts'
import { copyRecords } from '../../engine/records/copy-records.ts'
import { RecordsDatabaseError } from '../../engine/records/records-database.ts'
import { recordsDatabaseName } from '../../engine/records/records-file.ts'
import { StartError } from '../../supervisor/data-folder.ts'
import { packageVersion } from '../package-version.ts'
import type { Settings } from '../settings.ts'
import { settingNames, settingTable } from '../settings.ts'
import type { BackupFile, Manifest } from './manifest.ts'
import { describeFile, manifestForm, manifestName } from './manifest.ts'
import { syncFile, syncFolder } from './on-disk.ts'

/** Files of the data folder that are taken as they are. What is live (journal, sockets, locks, tokens) is not. */
const plainFiles = ['nonce.key', 'settings.yaml'] as const
/** Fields of listeners that name files. */
const listenerFiles = ['certificate', 'key', 'clientAuthorities'] as const

/**
 * Makes a backup in a folder that is empty or not there yet. The manifest is written last.
 * @param progress told of each file
 * @throws StartError, StoreError; what the file system and SQLite throw, as when the disk is full
 */
export async function createBackup(
  settings: Settings,
  target: string,
  progress: (line: string) => void,
): Promise<Manifest> {
  const dataFolder = resolve(settings.data)
  const store = await openStore(dataFolder, { readOnly: true })
  const files: BackupFile[] = []
  const add = async (name: string, from?: string) => {
    syncFile(join(target, name))
    const file = await describeFile(target, name, from)
    progress(`${name}  ${sizeText(file.bytes)}`)
    files.push(file)
  }
  try {
    makeTarget(target)
    await store.copyTo(join(target, storeName))
  } finally {
    await store.close()
  }
  const copied = await openStore(target, { readOnly: true })
  const revision = copied.revision()
  const { entities } = await copied.load()
  await copied.close()
  const listeners = entities.filter(({ kind }) => kind === 'listener').map(({ body }) => body)
  await add(storeName)
  const records = join(dataFolder, recordsDatabaseName)
  if (existsSync(records)) {
    copyRecordsOrSay(records, join(target, recordsDatabaseName))
    await add(recordsDatabaseName)
  }
  for (const name of plainFiles) {
    if (!existsSync(join(dataFolder, name))) continue
    copyFileSync(join(dataFolder, name), join(target, name))
    await add(name)
  }
  for (const path of outsideFiles(settings, dataFolder, listeners)) {
    mkdirSync(join(target, 'outside'), { recursive: true, mode: 0o700 })
    const name = `outside/${files.length}-${basename(path).replaceAll(/[^A-Za-z0-9._-]/g, '_')}`
    copyFileSync(path, join(target, name))
    await add(name, path)
  }
  const manifest: Manifest = {
    form: manifestForm,
    ringdown: packageVersion(),
    madeAt: new Date().toISOString(),
    dataFolder,
    tables: newestVersion,
    revision,
    files,
  }
  writeFileSync(join(target, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
  syncFile(join(target, manifestName))
  syncFolder(target)
  syncFolder(dirname(resolve(target)))
  return manifest
}

function copyRecordsOrSay(path: string, target: string): void {
  try {
    copyRecords(path, target)
  } catch (error) {
    throw error instanceof RecordsDatabaseError ? new StartError(error.message) : error
  }
}

/** Files that settings and listeners name and that are not taken already. */
function outsideFiles(settings: Settings, dataFolder: string, listeners: readonly Body[]): string[] {
  const inside: readonly string[] = plainFiles.map((name) => join(dataFolder, name))
  const named = [
    ...settingNames.filter((name) => settingTable[name].value === 'FILE').map((name) => settings[name]),
    ...listeners.flatMap((body) => listenerFiles.map((field) => body[field])),
  ]
  const paths = named.filter((path) => typeof path === 'string' && path !== '').map((path) => resolve(String(path)))
  return [...new Set(paths)].filter((path) => !inside.includes(path) && existsSync(path))
}

function makeTarget(target: string): void {
  mkdirSync(dirname(resolve(target)), { recursive: true })
  try {
    mkdirSync(target, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!isEmptyFolder(target)) {
      throw new StartError(`${target} is there already and not empty: name a new folder for the backup`)
    }
  }
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
