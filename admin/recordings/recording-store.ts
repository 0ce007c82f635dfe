/** What becomes of the files of recordings: played, compressed, archived, retrieved, deleted. Rows and files agree after each. */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { readSound } from '../../media/recording/read-sound.ts'
import { descriptionPath } from '../../media/recording/recording-folder.ts'
import { writeWhole } from '../../media/recording/seal-file.ts'
import type { RecordingKey } from '../../media/recording/sealed-sound.ts'
import { wavHeaderLength } from '../../media/sound/wav-header.ts'
import type { Catalogue, RecordingRow } from './catalogue.ts'
import type { SoundFileForm } from './catalogue-tables.ts'
import { ffmpegInput, runLimited } from './limited-child.ts'

/** How long what was retrieved stays, in milliseconds. */
const retrievedFor = 7 * 86_400_000

export interface RecordingStoreOptions {
  /** The folder of recordings. */
  readonly root: string
  readonly catalogue: Catalogue
  /** The first encrypts; all open. */
  readonly keys: readonly RecordingKey[]
  /** The same for the archive, which is always encrypted. */
  readonly archiveKeys: readonly RecordingKey[]
  readonly clock: () => number
}

export class RecordingStore {
  readonly #options: RecordingStoreOptions

  constructor(options: RecordingStoreOptions) {
    this.#options = options
  }

  /** Whether its file is where the row says. */
  async isThere(row: RecordingRow): Promise<boolean> {
    return stat(join(this.#options.root, row.file)).then(
      () => true,
      () => false,
    )
  }

  /**
   * @param to the byte after the last; `null`: to the end
   * @throws Error where it lies in the archive; UnreadableSoundError; what the system says
   */
  sound(row: RecordingRow, from = 0, to: number | null = null): AsyncGenerator<Buffer> {
    if (row.state === 'cold') throw new Error(`recording ${row.id} is in the archive`)
    const { root, keys } = this.#options
    return readSound({ root, file: row.file, law: row.form === 'wav' ? row.law : null, key: row.key, keys }, from, to)
  }

  /**
   * Gone for good: sound, archive, description and row. The row goes first, so that nobody finds what is half gone.
   * @throws Error where it is held
   */
  async delete(id: string): Promise<boolean> {
    const row = await this.#options.catalogue.find(id)
    if (row === null) return false
    if (row.hold !== null) throw new Error(`recording ${id} is held: ${row.hold}`)
    const { root, catalogue } = this.#options
    // The description would bring it back at the next start.
    await rm(join(root, descriptionPath(row.id, row.started_at)), { force: true })
    await catalogue.remove(id)
    for (const file of [row.file, row.archive]) if (file !== null) await rm(join(root, file), { force: true })
    return true
  }

  /** Replaces a WAV file by a smaller form. @throws ChildFailedError; the WAV file stays then */
  async compress(row: RecordingRow, form: 'opus' | 'mp3'): Promise<void> {
    const { root, catalogue, keys } = this.#options
    const codec =
      form === 'opus'
        ? ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg']
        : ['-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3']
    const limits = { seconds: 1800, megabytes: 2048, outputBytes: Math.max(1 << 20, row.bytes) }
    const file = row.file.replace(/\.[a-z]+$/, `.${key(keys) === null ? endingOf(form) : `${form}s`}`)
    const hash = createHash('sha256')
    let bytes = 0
    const counted = async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const piece of pieces) {
        hash.update(piece)
        bytes += piece.length
        yield piece
      }
    }
    const pieces = runLimited('ffmpeg', [...ffmpegInput('wav'), ...codec, 'pipe:1'], this.sound(row), limits)
    const stored = await writeWhole(join(root, file), counted(pieces), key(keys))
    const values = { form, file, bytes, sha256: hash.digest('hex'), stored_bytes: stored, key: key(keys)?.name ?? null }
    await catalogue.change(row.id, values)
    await rm(join(root, row.file), { force: true })
  }

  /** Moves it into the archive: compressed without loss, and encrypted. */
  async archive(row: RecordingRow): Promise<void> {
    const { root, catalogue, archiveKeys } = this.#options
    const archiveKey = key(archiveKeys)
    if (archiveKey === null) throw new Error('there is no key for the archive')
    const archive = `archive/${row.id}.sealed`
    mkdirSync(dirname(join(root, archive)), { recursive: true, mode: 0o700 })
    const pieces = Readable.from(this.sound(row)).pipe(createGzip({ level: 9 }))
    const stored = await writeWhole(join(root, archive), pieces as AsyncIterable<Buffer>, archiveKey)
    const values = { state: 'cold', archive, archive_key: archiveKey.name, stored_bytes: stored } as const
    await catalogue.change(row.id, values)
    await rm(join(root, row.file), { force: true })
  }

  /** Makes it available for seven days; again from today where it is already. @throws what reading throws */
  async retrieve(row: RecordingRow): Promise<void> {
    const { root, catalogue, keys, archiveKeys, clock } = this.#options
    const available_until = clock() + retrievedFor
    if (row.state === 'retrieved') return catalogue.change(row.id, { available_until })
    if (row.state === 'hot' || row.archive === null) return
    const source = { root, file: row.archive, law: null, key: row.archive_key, keys: archiveKeys }
    const isSealed = key(keys) !== null
    const file = `retrieved/${row.id}.${isSealed ? 'whole' : endingOf(row.form)}`
    mkdirSync(dirname(join(root, file)), { recursive: true, mode: 0o700 })
    const whole = Readable.from(readSound(source, 0, null)).pipe(createGunzip()) as AsyncIterable<Buffer>
    // A sealed WAV file has no header on disk: it is made again when somebody reads.
    const pieces = isSealed && row.form === 'wav' ? withoutHeader(whole) : whole
    const stored = await writeWhole(join(root, file), pieces, key(keys))
    const values = { state: 'retrieved', file, key: key(keys)?.name ?? null, available_until } as const
    await catalogue.change(row.id, { ...values, stored_bytes: row.stored_bytes + stored })
  }

  /** Back to the archive, which has kept it. */
  async giveBack(row: RecordingRow): Promise<void> {
    if (row.state !== 'retrieved' || row.archive === null) return
    const { root, catalogue } = this.#options
    const { size } = await stat(join(root, row.archive))
    await catalogue.change(row.id, { state: 'cold', available_until: null, stored_bytes: size })
    await rm(join(root, row.file), { force: true })
  }
}

/** What names of files in this form end with. */
export function endingOf(form: SoundFileForm): string {
  return form === 'opus' ? 'ogg' : form
}

function key(keys: readonly RecordingKey[]): RecordingKey | null {
  return keys[0] ?? null
}

async function* withoutHeader(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = wavHeaderLength
  for await (const piece of pieces) {
    if (left < piece.length) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}
