/** Makes a data folder from a backup. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { engineLives } from '../../engine/control/client.ts'
import { lockDataFolder, openDataFolder, StartError } from '../../supervisor/data-folder.ts'
import type { BackupFile, Manifest } from './manifest.ts'
import { checkBackup } from './manifest.ts'
import { syncFile, syncFolder } from './on-disk.ts'

export interface RestoredBackup {
  readonly manifest: Manifest
  /** Folder with what was there before; '' where there was nothing. */
  readonly before: string
  /** Files that stood elsewhere, are not there any more or are others now, and stay in the backup. */
  readonly outside: readonly BackupFile[]
}

/** In every folder that somebody began to restore into, until it is done. */
const stagingName = 'restoring'
/** Folders with what was there before begin so; they stay as they are. */
const asidePrefix = 'before-restore-'
/** Nobody's data. */
const ignored: ReadonlySet<string> = new Set(['supervisor.pid', 'lost+found', stagingName])

/**
 * @param replace whether a folder with data is taken too; what is in it is moved aside within it, nothing is deleted
 * @throws StartError where a server runs on the folder, it has data, or the backup is damaged, not whole or newer
 */
export async function restoreBackup(backup: string, dataFolder: string, replace: boolean): Promise<RestoredBackup> {
  const manifest = await checkBackup(backup)
  openDataFolder(dataFolder)
  // Held meanwhile, so that no server begins here.
  const lock = lockDataFolder(dataFolder)
  try {
    if (await engineLives(dataFolder))
      throw new StartError(`An engine still serves ${dataFolder}: stop the server first`)
    const entries = readdirSync(dataFolder).filter((name) => !ignored.has(name) && !name.startsWith(asidePrefix))
    if (entries.length > 0 && !replace) {
      throw new StartError(
        `The data folder ${dataFolder} is not empty: name another one with --data, or say --replace to move aside what is there`,
      )
    }
    const inside = manifest.files.filter(({ from }) => from === undefined)
    const staging = join(dataFolder, stagingName)
    rmSync(staging, { recursive: true, force: true })
    mkdirSync(staging, { mode: 0o700 })
    for (const { name } of inside) {
      copyFileSync(join(backup, name), join(staging, name))
      syncFile(join(staging, name))
    }
    const before = entries.length === 0 ? '' : moveAside(dataFolder, entries)
    for (const { name } of inside) renameSync(join(staging, name), join(dataFolder, name))
    rmSync(staging, { recursive: true })
    syncFolder(dataFolder)
    return { manifest, before, outside: manifest.files.filter((file) => isElsewhere(backup, file)) }
  } finally {
    lock.release()
  }
}

function moveAside(dataFolder: string, entries: readonly string[]): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const aside = join(dataFolder, `${asidePrefix}${time}`)
  mkdirSync(aside, { mode: 0o700 })
  for (const name of entries) renameSync(join(dataFolder, name), join(aside, name))
  return aside
}

function isElsewhere(backup: string, { name, from }: BackupFile): boolean {
  if (from === undefined) return false
  return !existsSync(from) || !readFileSync(from).equals(readFileSync(join(backup, name)))
}
