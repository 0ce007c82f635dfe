/**
 * Recordings on disk, as the thread that writes them sees them: begun, appended to, paused, completed, and found again
 * after a crash. What fails ends nothing: the sound that is missing then is silence in the file and a gap in its
 * description, and writing is tried again.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Law } from '../sound/g711.ts'
import { readSound } from './read-sound.ts'
import { mediaName, mediaNumber, newFolder, openFolder, soundPath } from './recording-folder.ts'
import type { RecordingDescription, RecordingGap, RecordingOrder, RecordingPause } from './recording-order.ts'
import { isRecordingId } from './recording-order.ts'
import { syncFolder, writeNamed } from './seal-file.ts'
import type { RecordingKey } from './sealed-sound.ts'
import type { WriteAt } from './sound-file.ts'
import { SoundFile } from './sound-file.ts'

const synced = promisify(fsync)
/** Bytes of both channels a millisecond. */
const perMillisecond = 16
/** How long a disk that failed is left alone, in milliseconds. */
const pauseAfterFailure = 5000

export interface RecordingFilesOptions {
  /** The folder of recordings. */
  readonly root: string
  /** Name of the media process. */
  readonly media: string
  /** How many media processes there are now: what others left, the first one takes over. Left out: nothing is. */
  readonly processes?: number | undefined
  /** The first is for new recordings; none: they are not encrypted. */
  readonly keys: readonly RecordingKey[]
  readonly write: WriteAt
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

export type FileEvent =
  | { readonly event: 'failed'; readonly id: string; readonly message: string }
  | { readonly event: 'recovered'; readonly id: string }
  | { readonly event: 'empty'; readonly id: string }
  | { readonly event: 'complete'; readonly description: RecordingDescription }

/** What the end of a recording brings. */
export interface RecordingEnd {
  /** Bytes that were handed over, lost ones too; `null`: unknown. */
  readonly length: number | null
  readonly endedAt: number
  readonly late: readonly [number, number]
  readonly undecoded: readonly [number, number]
  readonly cutShort: RecordingDescription['cutShort']
}

/** What stands in `open/` while a recording goes on. */
interface LiveRecording {
  order: RecordingOrder
  readonly startedAt: number
  readonly law: Law
  readonly key: string | null
  readonly pauses: RecordingPause[]
  readonly gaps: RecordingGap[]
}

/** One that could not even be begun. */
interface RefusedRecording {
  order: RecordingOrder
  readonly startedAt: number
  readonly law: Law
  readonly retryAt: number
}

interface OpenRecording {
  readonly live: LiveRecording
  readonly sound: SoundFile
  /** Of the sound, where position 0 of what is appended stands. */
  readonly base: number
  /** Law of what is appended. */
  readonly law: Law
  /** After a failure: when to try again. */
  retryAt: number | null
  gap: RecordingGap['why'] | null
}

export class RecordingFiles {
  readonly #options: RecordingFilesOptions
  readonly #open = new Map<string, OpenRecording>()
  readonly #refused = new Map<string, RefusedRecording>()
  readonly #expected = new Set<string>()
  readonly #tell: (event: FileEvent) => void

  /** @throws what the system says where the folders cannot be made */
  constructor(options: RecordingFilesOptions, tell: (event: FileEvent) => void) {
    this.#options = options
    this.#tell = tell
    for (const folder of [openFolder(options.root, options.media), newFolder(options.root)]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    }
  }

  /** Its conversation goes on: what there is of it already is no orphan. */
  expect(id: string): void {
    this.#expected.add(id)
  }

  /** Begins a recording, or goes on with one of this id that a crash interrupted: what is missing becomes silence. */
  begin(order: RecordingOrder, startedAt: number, law: Law): void {
    if (!isRecordingId(order.id)) {
      this.#tell({ event: 'failed', id: order.id.slice(0, 80), message: 'its id cannot name a file' })
      return
    }
    try {
      const before = this.#readLive(order.id)
      this.#open.set(
        order.id,
        before === null ? this.#create(order, startedAt, law) : this.#goOn(before, startedAt, law),
      )
      if (this.#refused.delete(order.id)) this.#tell({ event: 'recovered', id: order.id })
    } catch (error) {
      if (!this.#refused.has(order.id)) this.#tell({ event: 'failed', id: order.id, message: messageOf(error) })
      const retryAt = this.#options.clock() + pauseAfterFailure
      this.#refused.set(order.id, { order, startedAt, law, retryAt })
    }
  }

  /** @param position of the first byte, counted from `begin` */
  append(id: string, position: number, bytes: Uint8Array): void {
    const recording = this.#open.get(id) ?? this.#beginAgain(id)
    if (recording === undefined) return
    if (recording.retryAt !== null && this.#options.clock() < recording.retryAt) return
    try {
      this.#fillUpTo(recording, position, recording.gap ?? 'overload')
      recording.sound.append(bytes, recording.law)
      if (recording.retryAt !== null) this.#tell({ event: 'recovered', id })
      recording.retryAt = recording.gap = null
    } catch (error) {
      this.#failed(id, recording, error)
    }
  }

  pause(id: string, position: number, at: number): void {
    const recording = this.#open.get(id)
    if (recording === undefined) return
    recording.live.pauses.push({ at: milliseconds(recording.base + position), from: at, to: null })
    this.#keepLive(id, recording)
  }

  resume(id: string, at: number): void {
    const recording = this.#open.get(id)
    if (recording === undefined) return
    endPause(recording.live.pauses, at)
    this.#keepLive(id, recording)
  }

  /** What is said of the recording has changed, as the callee after a transfer. */
  describe(order: RecordingOrder): void {
    const recording = this.#open.get(order.id)
    if (recording === undefined) return
    recording.live.order = order
    this.#keepLive(order.id, recording)
  }

  /**
   * Completes a recording: lengths, sum, description; file and folders are synced before it is told.
   * @returns whether it is complete; else it may be tried again
   */
  async complete(id: string, end: RecordingEnd): Promise<boolean> {
    const recording = this.#open.get(id)
    if (recording === undefined) return this.#completeUnbegun(id)
    const { live, sound } = recording
    const { root } = this.#options
    try {
      if (end.length !== null) this.#fillUpTo(recording, end.length, recording.gap ?? 'overload')
    } catch (error) {
      this.#failed(id, recording, error)
    }
    try {
      sound.end()
      await synced(sound.descriptor)
      endPause(live.pauses, end.endedAt)
      const file = soundPath(id, live.startedAt, live.key !== null)
      const { bytes, sha256 } = await this.#sumOf(file, live)
      const description: RecordingDescription = {
        version: 1,
        ...live.order,
        startedAt: live.startedAt,
        endedAt: end.endedAt,
        milliseconds: milliseconds(sound.length),
        pauses: live.pauses,
        gaps: live.gaps,
        late: end.late,
        undecoded: end.undecoded,
        file,
        law: live.law,
        bytes,
        sha256,
        key: live.key,
        cutShort: recording.retryAt === null ? end.cutShort : 'disk',
      }
      await this.#publish(id, description, join(root, dirname(file)))
      this.#open.delete(id)
      this.#expected.delete(id)
      closeSync(sound.descriptor)
      this.#tell({ event: 'complete', description })
      return true
    } catch (error) {
      this.#failed(id, recording, error)
      return false
    }
  }

  /** Ids of recordings that another life of this process began and nobody has gone on with. */
  unfinished(): string[] {
    this.#takeOver()
    const names = readdirSync(openFolder(this.#options.root, this.#options.media))
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5))
      .filter((id) => isRecordingId(id) && !this.#open.has(id) && !this.#expected.has(id))
  }

  /** What media processes were recording that are not started any more, because there are fewer now. */
  #takeOver(): void {
    const { root, media, processes } = this.#options
    if (processes === undefined || media !== mediaName(0)) return
    for (const name of readdirSync(dirname(openFolder(root, media)))) {
      if (mediaNumber(name) < processes) continue
      const folder = openFolder(root, name)
      for (const file of readdirSync(folder)) {
        if (file.endsWith('.json')) renameSync(join(folder, file), join(openFolder(root, media), file))
      }
    }
  }

  /** Repairs and completes one of them. */
  async completeUnfinished(id: string): Promise<boolean> {
    const live = this.#readLive(id)
    if (live === null) return true
    try {
      const recording = this.#reopen(live, live.law)
      this.#open.set(id, recording)
      const endedAt = live.pauses.find(({ to }) => to === null)?.from
      return await this.complete(id, {
        length: null,
        endedAt: endedAt ?? live.startedAt + pausedTime(live.pauses) + milliseconds(recording.sound.length),
        late: [0, 0],
        undecoded: [0, 0],
        cutShort: 'media-restart',
      })
    } catch (error) {
      this.#tell({ event: 'failed', id, message: messageOf(error) })
      return false
    }
  }

  /** @returns it, where it could not be begun before and can be now */
  #beginAgain(id: string): OpenRecording | undefined {
    const refused = this.#refused.get(id)
    if (refused === undefined || this.#options.clock() < refused.retryAt) return undefined
    this.begin(refused.order, refused.startedAt, refused.law)
    const recording = this.#open.get(id)
    // What came meanwhile is missing because of the disk.
    if (recording !== undefined) recording.gap = 'disk'
    return recording
  }

  /** Nothing came of it since this process began; an earlier one may have left something. */
  async #completeUnbegun(id: string): Promise<boolean> {
    if (!isRecordingId(id)) return true
    if (this.#readLive(id) !== null) return this.completeUnfinished(id)
    this.#expected.delete(id)
    this.#refused.delete(id)
    this.#tell({ event: 'empty', id })
    return true
  }

  #create(order: RecordingOrder, startedAt: number, law: Law): OpenRecording {
    const key = this.#options.keys[0]?.name ?? null
    const live: LiveRecording = { order, startedAt, law, key, pauses: [], gaps: [] }
    // The description comes first: sound without one would never be found.
    this.#writeLive(live)
    return this.#reopen(live, law)
  }

  #goOn(live: LiveRecording, startedAt: number, law: Law): OpenRecording {
    const recording = this.#reopen(live, law)
    endPause(live.pauses, startedAt)
    const due = Math.max(0, Math.round(startedAt - live.startedAt - pausedTime(live.pauses))) * perMillisecond
    this.#fillUpTo(recording, due, 'media-restart')
    this.#writeLive(live)
    return { ...recording, base: recording.sound.length }
  }

  /** Opens the sound, which need not be there yet. */
  #reopen(live: LiveRecording, law: Law): OpenRecording {
    const { root, keys, write } = this.#options
    const key = live.key === null ? null : keys.find(({ name }) => name === live.key)
    if (key === undefined) throw new Error(`the key ${live.key} is not among the keys of recordings any more`)
    const path = join(root, soundPath(live.order.id, live.startedAt, key !== null))
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // Created where it is missing, never emptied.
    const descriptor = openSync(path, 'a+', 0o600)
    closeSync(descriptor)
    const writable = openSync(path, 'r+')
    try {
      const sound = new SoundFile(writable, live.law, key, write)
      return { live, sound, base: 0, law, retryAt: null, gap: null }
    } catch (error) {
      closeSync(writable)
      throw error
    }
  }

  /** Puts silence where sound is missing, and says so in the description. */
  #fillUpTo(recording: OpenRecording, position: number, why: RecordingGap['why']): void {
    const { sound, live, base } = recording
    const missing = base + position - sound.length
    if (missing <= 0) return
    const gap = { at: milliseconds(sound.length), milliseconds: milliseconds(missing), why }
    sound.appendSilence(missing)
    live.gaps.push(gap)
  }

  #failed(id: string, recording: OpenRecording, error: unknown): void {
    if (recording.retryAt === null) this.#tell({ event: 'failed', id, message: messageOf(error) })
    recording.retryAt = this.#options.clock() + pauseAfterFailure
    recording.gap = 'disk'
  }

  async #sumOf(file: string, live: LiveRecording): Promise<{ bytes: number; sha256: string }> {
    const source = { root: this.#options.root, file, law: live.law, key: live.key, keys: this.#options.keys }
    const hash = createHash('sha256')
    let bytes = 0
    for await (const piece of readSound(source, 0, null)) {
      hash.update(piece)
      bytes += piece.length
    }
    return { bytes, sha256: hash.digest('hex') }
  }

  /** The description stands complete under its name or not at all, whenever the power goes. */
  async #publish(id: string, description: RecordingDescription, soundFolder: string): Promise<void> {
    const { root } = this.#options
    const folder = newFolder(root)
    await writeNamed(join(folder, `${id}.json`), textOf(description), null)
    for (const each of [soundFolder, folder, root]) await syncFolder(each)
    rmSync(this.#livePath(id), { force: true })
  }

  #livePath(id: string): string {
    return join(openFolder(this.#options.root, this.#options.media), `${id}.json`)
  }

  #readLive(id: string): LiveRecording | null {
    let text: string
    try {
      text = readFileSync(this.#livePath(id), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    return JSON.parse(text) as LiveRecording
  }

  #writeLive(live: LiveRecording): void {
    const path = this.#livePath(live.order.id)
    try {
      writeFileSync(`${path}.part`, JSON.stringify(live), { mode: 0o600 })
      renameSync(`${path}.part`, path)
    } catch (error) {
      try {
        unlinkSync(`${path}.part`)
      } catch {
        // It was not even begun.
      }
      throw error
    }
  }

  #keepLive(id: string, recording: OpenRecording): void {
    try {
      this.#writeLive(recording.live)
    } catch (error) {
      this.#failed(id, recording, error)
    }
  }
}

function endPause(pauses: RecordingPause[], at: number): void {
  const last = pauses.at(-1)
  if (last?.to === null) pauses[pauses.length - 1] = { ...last, to: at }
}

/** Milliseconds of the pauses that have ended. */
function pausedTime(pauses: readonly RecordingPause[]): number {
  return pauses.reduce((sum, { from, to }) => sum + (to === null ? 0 : to - from), 0)
}

async function* textOf(description: RecordingDescription): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(description, null, 2)}\n`)
}

function milliseconds(bytes: number): number {
  return Math.round(bytes / perMillisecond)
}

function messageOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'the disk is full: make room, or set shorter times to keep recordings'
  return error instanceof Error ? error.message : String(error)
}
