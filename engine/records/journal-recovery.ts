import { rmSync, statSync, truncateSync } from 'node:fs'
import type { EntryKind, RecoveredEntries } from './entries.ts'
import { listJournal, syncFolder } from './journal-folder.ts'
import type { JournalIdentity } from './journal-format.ts'
import { entryValue, FILE_HEADER_BYTES, kindOfLetter } from './journal-format.ts'
import { identifyJournal, LiveEntries } from './journal-live.ts'

export interface Recovery {
  readonly recovered: RecoveredEntries
  readonly identity: JournalIdentity
  readonly highestNumber: number
  readonly fileCount: number
  /** Size of the snapshot, 0 if there is none. */
  readonly snapshotBytes: number
  /** Size of all logs. */
  readonly logBytes: number
}

/**
 * Reads the journal in `folder`: the newest value of each entry, oldest first. Cuts off the torn end of the newest log
 * and deletes what a snapshot has replaced. Throws if the folder cannot be read or was written by a newer version.
 */
export function recoverJournal(folder: string): Recovery {
  const { files, superseded, highestNumber } = listJournal(folder)
  const identity = identifyJournal(files)
  if (superseded.length > 0) {
    // The snapshot's name must be on disk before what it replaces goes: the crash may have come between the two.
    syncFolder(folder)
    for (const path of superseded) rmSync(path, { force: true })
  }
  const live = new LiveEntries(folder, identity, true)
  let snapshotBytes = 0
  let logBytes = 0
  for (const file of files) {
    const { size } = statSync(file.path)
    if (file.sort === 'snapshot') snapshotBytes += size
    else logBytes += size
    const tail = live.add(file, file.sort === 'log' && file.number === highestNumber)
    // The log is not the newest any more from now on, and what is torn would be called damage next time.
    if (tail === undefined) continue
    if (tail.offset < FILE_HEADER_BYTES) rmSync(file.path, { force: true })
    else truncateSync(file.path, tail.offset)
  }
  const entries: { kind: EntryKind; key: string; value: string }[] = []
  live.forEach((key, buffer, entry) => {
    const kind = kindOfLetter(key.charAt(0))
    if (kind !== undefined) entries.push({ kind, key: key.slice(1), value: entryValue(buffer, entry) })
  })
  const begun = live.begun()
  const recovered = begun.length === 0 ? { entries, damage: live.damage } : { entries, damage: live.damage, begun }
  return { recovered, identity, highestNumber, fileCount: files.length, snapshotBytes, logBytes }
}
