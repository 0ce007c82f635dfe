/**
 * Takes complete recordings into the catalogue. Media leaves each description in `new/`; a row is made of it, then it moves
 * to its sound. Whatever dies in between, the next look finds it: nothing is told from process to process.
 */
import { readdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Logger } from 'pino'
import { descriptionPath, newFolder } from '../../media/recording/recording-folder.ts'
import type { RecordedParty, RecordingDescription } from '../../media/recording/recording-order.ts'
import type { Catalogue, NewRecording } from './catalogue.ts'
import { readDescription } from './read-description.ts'

/** How long a recording is kept at once and then in the archive, in days. */
export interface KeepingTimes {
  readonly policy: string | null
  readonly hotDays: number
  readonly coldDays: number
}

export interface IntakeOptions {
  /** The folder of recordings. */
  readonly root: string
  readonly catalogue: Catalogue
  readonly log: Logger
  /** By the policy of the owner as it is now. */
  readonly keepingTimes: (description: RecordingDescription) => KeepingTimes
}

const dayForm = /^\d{4}-\d\d-\d\d$/

export class Intake {
  readonly #options: IntakeOptions
  readonly #bad = new Set<string>()
  #running: Promise<number> | null = null

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Takes in what is new. @returns how many came */
  async takeNew(): Promise<number> {
    this.#running ??= this.#takeNew().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Makes rows of descriptions that have none, as after the catalogue was lost. @returns how many came */
  async takeOrphans(): Promise<number> {
    let came = 0
    for (const day of await names(this.#options.root)) {
      if (!dayForm.test(day)) continue
      const folder = join(this.#options.root, day)
      for (const name of await names(folder)) {
        if (!name.endsWith('.json')) continue
        // Nearly all have their row: its id is the file's name, so they need not be read.
        if ((await this.#options.catalogue.find(basename(name, '.json'))) !== null) continue
        const description = await this.#read(join(folder, name))
        if (description !== null && (await this.#take(description))) came++
      }
    }
    if (came > 0) this.#options.log.warn({ recordings: came }, 'Recordings without a row were found and taken in')
    return came
  }

  async #takeNew(): Promise<number> {
    const { root, log } = this.#options
    const folder = newFolder(root)
    let came = 0
    for (const name of await names(folder)) {
      const path = join(folder, name)
      if (!name.endsWith('.json') || this.#bad.has(path)) continue
      try {
        const description = await this.#read(path)
        if (description === null) {
          this.#bad.add(path)
          continue
        }
        if (await this.#take(description)) came++
        await rename(path, join(root, descriptionPath(description.id, description.startedAt)))
      } catch (error) {
        log.error({ err: error, description: name }, 'A recording could not be taken in: it is tried again')
      }
    }
    return came
  }

  /** @returns `null` where it is none, which is told */
  async #read(path: string): Promise<RecordingDescription | null> {
    const description = readDescription(await readFile(path, 'utf8'))
    if (description === null) {
      this.#options.log.error({ path }, 'This is no description of a recording: it is left where it lies')
    }
    return description
  }

  async #take(description: RecordingDescription): Promise<boolean> {
    const { root, catalogue, keepingTimes } = this.#options
    if ((await catalogue.find(description.id)) !== null) return false
    const stored = await stat(join(root, description.file)).then(
      ({ size }) => size,
      () => null,
    )
    // The sound went without its description, as when a deletion was cut short.
    if (stored === null) return false
    return catalogue.add(rowOf(description, stored, keepingTimes(description)))
  }
}

function rowOf(description: RecordingDescription, stored: number, times: KeepingTimes): NewRecording {
  const { caller, callee } = description
  return {
    id: description.id,
    call: description.call,
    direction: description.direction,
    started_at: description.startedAt,
    milliseconds: description.milliseconds,
    ...partyColumns('caller', caller),
    ...partyColumns('callee', callee),
    description: JSON.stringify(description),
    state: 'hot',
    form: 'wav',
    file: description.file,
    law: description.law,
    key: description.key,
    bytes: description.bytes,
    sha256: description.sha256,
    stored_bytes: stored,
    archive: null,
    archive_key: null,
    policy: times.policy,
    hot_days: times.hotDays,
    cold_days: times.coldDays,
    available_until: null,
    hold: null,
    owners: description.owners,
  }
}

function partyColumns<Side extends 'caller' | 'callee'>(side: Side, party: RecordedParty) {
  return {
    [`${side}_user`]: party.user,
    [`${side}_name`]: party.name,
    [`${side}_number`]: party.number,
    [`${side}_site`]: party.site,
    [`${side}_pbx`]: party.pbx,
  } as Record<`${Side}_name` | `${Side}_number`, string> &
    Record<`${Side}_user` | `${Side}_site` | `${Side}_pbx`, string | null>
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
