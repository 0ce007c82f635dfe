/** All about recordings that lie on this machine, put together; one for the process that serves the API. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { recordingsName } from '../../media/recording/recording-folder.ts'
import { archiveKeysName, readRecordingKeys, recordingKeysName } from '../../media/recording/recording-keys.ts'
import type { RecordingDescription } from '../../media/recording/recording-order.ts'
import type { RecordingRow } from './catalogue.ts'
import { Catalogue } from './catalogue.ts'
import type { KeepingTimes } from './intake.ts'
import { Intake } from './intake.ts'
import { isInstalled } from './limited-child.ts'
import { RecordingStore } from './recording-store.ts'
import { Retention } from './retention.ts'
import { Tasks } from './tasks.ts'

export interface RecordingsOptions {
  readonly dataFolder: string
  readonly log: Logger
  readonly clock: () => number
  readonly keepingTimes: (description: RecordingDescription) => KeepingTimes
  /** What new recordings become. */
  readonly format: () => 'wav' | 'opus' | 'mp3'
  readonly warningGigabytes: () => number | null
  /** Told of each recording that is deleted because its time is over. */
  readonly expired: (row: RecordingRow) => Promise<void>
}

/** How often it is looked for new recordings, and for those whose time is over; milliseconds. */
const intakeEvery = 1000
const retentionEvery = 600_000
/** Recordings that are compressed each time. */
const compressedAtOnce = 20

export class Recordings {
  readonly catalogue: Catalogue
  readonly store: RecordingStore
  readonly tasks: Tasks
  readonly #intake: Intake
  readonly #retention: Retention
  readonly #options: RecordingsOptions
  readonly #timers: NodeJS.Timeout[] = []
  readonly #incompressible = new Set<string>()
  #background: Promise<void> = Promise.resolve()
  #compressing = false
  #closed = false
  #warned = false

  /** @throws Error with one line for people where keys or catalogue cannot be read */
  constructor(options: RecordingsOptions) {
    const { dataFolder, log, clock, keepingTimes } = options
    const root = join(dataFolder, recordingsName)
    mkdirSync(root, { recursive: true, mode: 0o700 })
    this.#options = options
    const keys = readRecordingKeys(dataFolder, recordingKeysName)
    const archiveKeys = keys.length > 0 ? keys : ownArchiveKeys(dataFolder)
    this.catalogue = new Catalogue(dataFolder)
    const { catalogue } = this
    this.store = new RecordingStore({ root, catalogue, keys, archiveKeys, clock })
    this.tasks = new Tasks(clock)
    this.#intake = new Intake({ root, catalogue, log, keepingTimes })
    this.#retention = new Retention({ catalogue, store: this.store, log, clock, deleted: options.expired })
  }

  /** Begins to look by itself. */
  start(): void {
    this.#later(() => this.#intake.takeOrphans())
    this.#every(intakeEvery, async () => {
      if ((await this.#intake.takeNew()) > 0) this.#compressLater()
    })
    this.#every(retentionEvery, () => this.#keep())
  }

  /** What has been completed up to now is in the catalogue afterwards. */
  async takeNew(): Promise<void> {
    await this.#intake.takeNew()
  }

  /** Does what is due by the policies: compresses, archives, deletes. */
  async keep(): Promise<void> {
    await this.#compress()
    await this.#keep()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all([this.tasks.close(), this.#retention.close(), this.#background])
    this.catalogue.close()
  }

  async #keep(): Promise<void> {
    await this.#retention.run()
    const most = this.#options.warningGigabytes()
    const { bytes, recordings } = await this.catalogue.count({})
    const isMuch = most !== null && bytes > most * 1e9
    if (isMuch && !this.#warned) {
      this.#options.log.warn({ bytes, recordings }, 'Recordings take more than the account wants to be warned of')
    }
    this.#warned = isMuch
  }

  #compressLater(): void {
    if (this.#options.format() === 'wav' || this.#compressing) return
    this.#compressing = true
    this.#later(() =>
      this.#compress().finally(() => {
        this.#compressing = false
      }),
    )
  }

  /** Newest first; one that cannot be compressed stays as it is. */
  async #compress(): Promise<void> {
    const form = this.#options.format()
    if (form === 'wav' || !isInstalled('ffmpeg')) return
    const { rows } = await this.catalogue.list(
      { state: 'hot' },
      { field: 'startedAt', descending: true },
      null,
      compressedAtOnce,
    )
    for (const row of rows) {
      if (this.#closed) return
      if (row.form !== 'wav' || this.#incompressible.has(row.id)) continue
      try {
        await this.store.compress(row, form)
      } catch (error) {
        this.#incompressible.add(row.id)
        this.#options.log.warn(
          { err: error, recording: row.id },
          'A recording could not be compressed and stays as it is',
        )
      }
    }
  }

  #every(milliseconds: number, work: () => Promise<void>): void {
    const timer = setInterval(() => this.#later(work), milliseconds)
    timer.unref()
    this.#timers.push(timer)
    this.#later(work)
  }

  /** One after the other, and nothing of it ends the process. */
  #later(work: () => Promise<unknown>): void {
    this.#background = this.#background
      .then(() => (this.#closed ? undefined : work()))
      .then(
        () => undefined,
        (error: unknown) => this.#options.log.error({ err: error }, 'Recordings could not be looked after'),
      )
  }
}

/** The archive is encrypted though nobody configured a key: by one that is made at the first need. */
function ownArchiveKeys(dataFolder: string) {
  const path = join(dataFolder, archiveKeysName)
  if (!existsSync(path)) {
    const text = '# Encrypts archived recordings. Keep a copy: without it they cannot be retrieved.\n'
    writeFileSync(path, `${text}archive ${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  }
  return readRecordingKeys(dataFolder, archiveKeysName)
}
