/**
 * The journal's files and their order. Two sorts, both numbered, numbers are never used twice:
 *
 *     0000000007.log        records in the order they were written; only the one with the highest number is written to
 *     0000000006.snapshot   what was live at the end of 0000000006.log: takes the place of everything up to that number
 *
 * The journal is the snapshot with the highest number followed by the logs with higher numbers. A snapshot gets its
 * name when it is complete and on disk (until then it is called .partial), and only then what it replaces is deleted,
 * so there is no moment at which this rule gives anything but the whole journal.
 */
import { closeSync, copyFileSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface JournalFile {
  readonly path: string
  readonly name: string
  readonly number: number
  readonly sort: 'log' | 'snapshot'
}

export interface JournalFiles {
  /** In the order in which they are read. */
  readonly files: readonly JournalFile[]
  /** Paths of what a snapshot has replaced and of snapshots that were not finished. */
  readonly superseded: readonly string[]
  readonly highestNumber: number
}

const KEPT_DAMAGED_COPIES = 8
const FILE_NAME = /^(\d{10,15})\.(log|snapshot|snapshot\.partial)$/
const DAMAGED_COPY_NAME = /^\d{10,15}\.(log|snapshot)\.damaged-\d+$/

function numbered(folder: string, number: number, ending: string): string {
  return join(folder, `${String(number).padStart(10, '0')}.${ending}`)
}

export function logPath(folder: string, number: number): string {
  return numbered(folder, number, 'log')
}

export function snapshotPath(folder: string, number: number): string {
  return numbered(folder, number, 'snapshot')
}

export function partialSnapshotPath(folder: string, number: number): string {
  return numbered(folder, number, 'snapshot.partial')
}

/** Lists the files that make up the journal, those numbered above `upTo` left out. Throws what readdir throws. */
export function listJournal(folder: string, upTo = Number.POSITIVE_INFINITY): JournalFiles {
  const found: JournalFile[] = []
  const superseded: string[] = []
  let highestNumber = 0
  for (const name of readdirSync(folder)) {
    const match = FILE_NAME.exec(name)
    const number = Number(match?.[1])
    if (match === null || number > upTo) continue
    highestNumber = Math.max(highestNumber, number)
    const path = join(folder, name)
    if (match[2] === 'log' || match[2] === 'snapshot') found.push({ path, name, number, sort: match[2] })
    else superseded.push(path)
  }
  // A log and a snapshot of the same number: the snapshot contains the log.
  found.sort((a, b) => a.number - b.number || (a.sort === 'log' ? -1 : 1))
  const base = found.findLastIndex((file) => file.sort === 'snapshot')
  for (const file of found.slice(0, Math.max(base, 0))) superseded.push(file.path)
  return { files: found.slice(Math.max(base, 0)), superseded, highestNumber }
}

/** Makes the names in the folder survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Keeps a copy of a damaged file for inspection; of all copies the newest eight stay. Returns the copy's name, or why
 * there is none: a full disk must not keep the engine from starting.
 */
export function keepDamagedCopy(folder: string, file: JournalFile, offset: number): string {
  const name = `${file.name}.damaged-${offset}`
  try {
    copyFileSync(file.path, join(folder, name))
    const copies = readdirSync(folder).filter((other) => DAMAGED_COPY_NAME.test(other))
    copies.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    for (const old of copies.slice(0, -KEPT_DAMAGED_COPIES)) rmSync(join(folder, old), { force: true })
    return `a copy is kept as ${name}`
  } catch (error) {
    rmSync(join(folder, name), { force: true })
    return `no copy could be kept: ${error instanceof Error ? error.message : String(error)}`
  }
}
