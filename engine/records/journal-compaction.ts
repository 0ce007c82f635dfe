import { closeSync, fdatasyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { listJournal, partialSnapshotPath, snapshotPath, syncFolder } from './journal-folder.ts'
import type { JournalIdentity } from './journal-format.ts'
import { encodeFileHeader } from './journal-format.ts'
import { DamagedRecordError, LiveRecords } from './journal-live.ts'

export interface Compaction {
  /** Size of the new snapshot. */
  readonly snapshotBytes: number
  readonly damage: readonly string[]
}

const CHUNK_BYTES = 1024 * 1024

/** Gathers many small records into few writes. */
class ChunkWriter {
  written = 0
  readonly #descriptor: number
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #used = 0

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  append(bytes: Buffer, offset: number, length: number): void {
    if (this.#used + length > CHUNK_BYTES) this.flush()
    if (length > CHUNK_BYTES) {
      this.#write(bytes, offset, length)
      return
    }
    bytes.copy(this.#chunk, this.#used, offset, offset + length)
    this.#used += length
  }

  flush(): void {
    this.#write(this.#chunk, 0, this.#used)
    this.#used = 0
  }

  #write(bytes: Buffer, offset: number, length: number): void {
    let done = 0
    while (done < length) done += writeSync(this.#descriptor, bytes, offset + done, length - done)
    this.written += length
  }
}

/**
 * Replaces the snapshot and the logs up to number `upTo` (all of them closed) by a new snapshot. It pauses between its
 * steps so that its thread can do other things; a crash at any of them leaves a journal with the same content. Throws
 * what the file system throws, the journal then being as it was.
 *
 * Most of what it reads is over, and is not checked for damage: that took half of the time.
 */
export function* compact(
  folder: string,
  identity: JournalIdentity,
  upTo: number,
): Generator<string, Compaction, undefined> {
  try {
    return yield* replace(folder, identity, upTo, true)
  } catch (error) {
    if (!(error instanceof DamagedRecordError)) throw error
    return yield* replace(folder, identity, upTo, false)
  }
}

function* replace(
  folder: string,
  identity: JournalIdentity,
  upTo: number,
  quick: boolean,
): Generator<string, Compaction, undefined> {
  const { files, superseded } = listJournal(folder, upTo)
  const live = new LiveRecords(folder, identity, quick)
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
      const writer = new ChunkWriter(descriptor)
      const header = encodeFileHeader(identity)
      writer.append(header, 0, header.length)
      live.forEach((_key, bytes, offset, length) => {
        writer.append(bytes, offset, length)
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
