/**
 * Sound files in memory, for players: read once, without waiting, and kept as long as there is room. Only files in the
 * form of telephones are played (8000 samples a second, one channel, G.711 or 16 bits), so that nothing has to be computed
 * where calls wait; uploads are converted to it when they come (docs/audio.md).
 */
import { open } from 'node:fs/promises'
import type { SoundForm } from '../sound/sound-file-form.ts'
import { soundFormOf } from '../sound/sound-file-form.ts'
import { telephoneRate } from '../sound/telephone-sound.ts'

/** Longest file, in bytes: an hour of G.711. */
const longestFile = 30 * 1024 * 1024
/** Bytes that are kept. */
const mostKept = 64 * 1024 * 1024
/** How long a file is believed to be what it was, in milliseconds: replaced prompts are heard soon. */
const goodFor = 10_000

export interface LoadedSound {
  readonly bytes: Uint8Array
  readonly form: SoundForm
}

/** `loading` becomes one of the others; a fault is one line for people. */
export interface SoundEntry {
  state: 'loading' | 'loaded' | 'failed'
  sound: LoadedSound | null
  fault: string
  readAt: number
}

export class SoundCache {
  readonly #entries = new Map<string, SoundEntry>()
  readonly #clock: () => number
  #kept = 0

  /** @param clock milliseconds that only go forward */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Begins to read where it must; whoever plays looks at the entry again. */
  get(path: string): SoundEntry {
    const found = this.#entries.get(path)
    if (found !== undefined && (found.state === 'loading' || this.#clock() - found.readAt < goodFor)) {
      // Last used, last to be dropped.
      this.#entries.delete(path)
      this.#entries.set(path, found)
      return found
    }
    this.#drop(path)
    const entry: SoundEntry = { state: 'loading', sound: null, fault: '', readAt: this.#clock() }
    this.#entries.set(path, entry)
    void this.#read(path, entry)
    return entry
  }

  async #read(path: string, entry: SoundEntry): Promise<void> {
    try {
      const sound = await readSoundFile(path)
      entry.sound = sound
      entry.state = 'loaded'
      if (this.#entries.get(path) === entry) this.#kept += sound.bytes.length
      for (const [oldest] of this.#entries) {
        if (this.#kept <= mostKept || oldest === path) break
        this.#drop(oldest)
      }
    } catch (error) {
      entry.fault = error instanceof Error ? error.message : String(error)
      entry.state = 'failed'
    }
  }

  /** Who plays it has it until he ends. */
  #drop(path: string): void {
    const entry = this.#entries.get(path)
    if (entry === undefined) return
    this.#entries.delete(path)
    this.#kept -= entry.sound?.bytes.length ?? 0
  }
}

/** @throws Error with one line for people */
async function readSoundFile(path: string): Promise<LoadedSound> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size > longestFile) throw new Error(`${path} is longer than ${longestFile / 1024 / 1024} MB`)
    const bytes = new Uint8Array(size)
    const { bytesRead } = await handle.read(bytes, 0, size, 0)
    const read = bytes.subarray(0, bytesRead)
    const found = soundFormOf(read)
    if (!found.ok) throw new Error(`${path}: ${found.message}`)
    const { form, channels, rate } = found.form
    const isPlayable =
      channels === 1 && rate === telephoneRate && (form === 'mu' || form === 'A' || form === 'signed16')
    if (!isPlayable) throw new Error(`${path} is not in the form of telephones: upload it to the audio library`)
    return { bytes: read, form: found.form }
  } finally {
    await handle.close()
  }
}
