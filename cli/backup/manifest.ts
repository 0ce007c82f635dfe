/** What a backup says about itself. It is written last: a folder without it is no whole backup. */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { newestVersion } from '../../engine/config/store/migrations/migrate.ts'
import { StartError } from '../../supervisor/data-folder.ts'

export const manifestName = 'manifest.json'
/** Form of backups that this version writes, and the newest it reads. */
export const manifestForm = 1

export interface BackupFile {
  /** Within the backup, with / between folders. */
  readonly name: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
  /** Where it stood, if that was not the data folder. */
  readonly from?: string
}

export interface Manifest {
  readonly form: number
  /** Version of the program that made it. */
  readonly ringdown: string
  readonly madeAt: string
  readonly dataFolder: string
  /** Version of the tables in config.db. */
  readonly tables: number
  /** Revision of the configuration. */
  readonly revision: number
  readonly files: readonly BackupFile[]
}

/** @throws what the file system throws */
export async function describeFile(folder: string, name: string, from?: string): Promise<BackupFile> {
  const path = join(folder, name)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const described = { name, bytes: statSync(path).size, sha256: hash.digest('hex') }
  return from === undefined ? described : { ...described, from }
}

/**
 * Reads a backup's manifest, and every file for its check sum.
 * @throws StartError where it is none, not whole, damaged, or of a newer version
 */
export async function checkBackup(folder: string): Promise<Manifest> {
  const manifest = readManifest(folder)
  for (const file of manifest.files) {
    const found = await describeFile(folder, file.name).catch(() => null)
    if (found === null) throw new StartError(`The backup ${folder} is not whole: ${file.name} is missing or unreadable`)
    if (found.sha256 !== file.sha256) {
      throw new StartError(`The backup ${folder} is damaged: ${file.name} is not what was written; take another backup`)
    }
  }
  return manifest
}

function readManifest(folder: string): Manifest {
  const path = join(folder, manifestName)
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new StartError(
        `${folder} is no whole backup: it has no ${manifestName}, which "ringdown backup" writes last`,
      )
    }
    throw new StartError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isManifest(manifest))
    throw new StartError(`The backup ${folder} is damaged: ${manifestName} is none; take another`)
  if (manifest.form > manifestForm || manifest.tables > newestVersion) {
    throw new StartError(
      `The backup ${folder} was made by a newer version (${manifest.ringdown}): restore it with that one`,
    )
  }
  return manifest
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false
  const { form, tables, revision, ringdown, files } = value as Partial<Record<keyof Manifest, unknown>>
  if (![form, tables, revision].every((number) => Number.isInteger(number)) || typeof ringdown !== 'string')
    return false
  return Array.isArray(files) && files.every(isFile) && files.some(({ name }) => name === 'config.db')
}

/** Names lead nowhere else than into the backup. */
function isFile(value: unknown): value is BackupFile {
  if (typeof value !== 'object' || value === null) return false
  const { name, sha256 } = value as Partial<Record<keyof BackupFile, unknown>>
  if (typeof name !== 'string' || typeof sha256 !== 'string') return false
  return /^(outside\/)?[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)
}
