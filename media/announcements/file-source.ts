/** Sound files, one after the other without a gap, as frames of samples. */
import type { FrameSource } from '../session-sound.ts'
import { linear } from '../sound/g711.ts'
import type { LoadedSound, SoundCache, SoundEntry } from './sound-cache.ts'

export class FileSource implements FrameSource {
  #fault = ''
  readonly #files: readonly string[]
  readonly #loop: boolean
  readonly #cache: SoundCache
  #entries: readonly SoundEntry[]
  #file = 0
  /** Byte within the sound of the file. */
  #at = 0
  #ended = false

  /** @param files most that are played at once: 500 */
  constructor(files: readonly string[], loop: boolean, cache: SoundCache) {
    this.#files = files.slice(0, 500)
    this.#loop = loop
    this.#cache = cache
    // All of them begin to be read at once.
    this.#entries = this.#files.map((file) => cache.get(file))
    if (files.length === 0) this.#end('there is nothing to play')
  }

  get fault(): string {
    return this.#fault
  }

  next(frame: Int16Array): boolean {
    frame.fill(0)
    let filled = 0
    while (filled < frame.length && !this.#ended) {
      const entry = this.#entries[this.#file]
      if (entry === undefined) {
        this.#again()
        continue
      }
      // Not read yet: silence, and nothing is skipped.
      if (entry.state === 'loading') return true
      if (entry.sound === null) {
        this.#end(entry.fault)
        break
      }
      filled += this.#copy(entry.sound, frame, filled)
    }
    return filled > 0
  }

  close(): void {
    this.#ended = true
    this.#entries = []
  }

  #copy({ bytes, form }: LoadedSound, frame: Int16Array, from: number): number {
    const size = form.form === 'signed16' ? 2 : 1
    const left = (form.length - this.#at) / size
    const count = Math.min(frame.length - from, left)
    let at = form.offset + this.#at
    if (form.form === 'signed16') {
      const [low, high] = form.bigEndian ? [1, 0] : [0, 1]
      for (let index = 0; index < count; index++, at += 2) {
        frame[from + index] = (bytes[at + low] ?? 0) | ((bytes[at + high] ?? 0) << 8)
      }
    } else {
      const table = linear[form.form === 'A' ? 'A' : 'mu']
      for (let index = 0; index < count; index++, at++) frame[from + index] = table[bytes[at] ?? 0] ?? 0
    }
    this.#at += count * size
    if (count === left) {
      this.#file++
      this.#at = 0
    }
    return count
  }

  #again(): void {
    if (!this.#loop) {
      this.#ended = true
      return
    }
    this.#file = 0
    // A file that was replaced meanwhile is heard from the next round on.
    this.#entries = this.#files.map((file) => this.#cache.get(file))
  }

  #end(fault: string): void {
    this.#ended = true
    this.#fault = fault
  }
}
