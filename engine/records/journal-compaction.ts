import { closeSync, fdatasyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { listJournal, partialSnapshotPath, snapshotPath, syncFolder } from './journal-folder.ts'
import type { EntryPlace, JournalIdentity } from './journal-format.ts'
import { encodeFileHeader } from './journal-format.ts'
import { LiveEntries } from './journal-live.ts'
import { EntryQueue } from './journal-queue.ts'

export interface Compaction {
  /** Size of the new snapshot. */
  readonly snapshotBytes: number
  readonly damage: readonly string[]
}

const CHUNK_BYTES = 1024 * 1024

/** Gathers many small entries into few writes. */
class SnapshotWriter {
  written = 0
  readonly #descriptor: number
  readonly #queue: EntryQueue

  constructor(descriptor: number, identity: JournalIdentity) {
    this.#descriptor = descriptor
    this.#queue = new EntryQueue(identity)
    const header = encodeFileHeader(identity)
    this.#write(header, header.length)
  }

  append(bytes: Buffer, entry: EntryPlace): void {
    this.#queue.copy(bytes, entry)
    if (this.#queue.used >= CHUNK_BYTES) this.flush()
  }

  flush(): void {
    this.#queue.seal()
    this.#write(this.#queue.buffer, this.#queue.used)
    this.#queue.clear()
  }

  #write(bytes: Buffer, length: number): void {
    let done = 0
    while (done < length) done += writeSync(this.#descriptor, bytes, done, length - done)
    this.written += length
  }
}

/**
 * Replaces the snapshot and the logs up to number `upTo` (all of them closed) by a new snapshot. It pauses between its
 * steps so that its thread can do other things; a crash at any of them leaves a journal with the same content. Throws
 * what the file system throws, the journal then being as it was.
 */
export function* compact(
  folder: string,
  identity: JournalIdentity,
  upTo: number,
): Generator<string, Compaction, undefined> {
  const { files, superseded } = listJournal(folder, upTo)
  const live = new LiveEntries(folder, identity, false)
  for (const file of files) {
    live.add(file, false)
    yield `read ${file.name}`
  }
  const partial = partialSnapshotPath(folder, upTo)
  let snapshotBytes = 0
  try {
    const descriptor = openSync(partial, 'w', 0o600)
    try {
      yield 'opened the new snapshot'
      const writer = new SnapshotWriter(descriptor, identity)
      live.forEach((_key, bytes, entry) => {
        writer.append(bytes, entry)
      })
      writer.flush()
      snapshotBytes = writer.written
      yield 'wrote the new snapshot'
      fdatasyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    yield 'synced the new snapshot'
    renameSync(partial, snapshotPath(folder, upTo))
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  yield 'named the new snapshot'
  syncFolder(folder)
  yield 'synced the folder'
  for (const path of [...superseded, ...files.map((file) => file.path)]) {
    // The snapshot that was just named may have the name of a file that was read.
    if (path !== snapshotPath(folder, upTo)) rmSync(path, { force: true })
    yield `deleted ${path}`
  }
  return { snapshotBytes, damage: live.damage }
}
