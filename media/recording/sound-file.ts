/**
 * The file of one recording while it is written. Its length on disk is known at every moment, so that a write that failed
 * can be repeated, and a file that a crash left behind is gone on with where its sound ends.
 */
import { fstatSync, readSync } from 'node:fs'
import type { Law } from '../sound/g711.ts'
import { recoded, silence } from '../sound/g711.ts'
import { wavHeader, wavHeaderLength } from '../sound/wav-header.ts'
import type { RecordingKey } from './sealed-sound.ts'
import {
  chunkLength,
  chunkOffset,
  newSeal,
  sealChunk,
  sealedHeaderLength,
  sealOf,
  wholeSoundIn,
} from './sealed-sound.ts'

/** The one thing that may fail here; handed in. */
export type WriteAt = (
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => number

/** Bytes of silence that are written at once. */
const silencePiece = 32_768

export class SoundFile {
  readonly descriptor: number
  readonly law: Law
  readonly #write: WriteAt
  readonly #fileKey: Buffer | null
  /** Bytes of sound that are on disk. */
  #stored = 0
  /** Begun chunk of an encrypted file. */
  readonly #chunk = Buffer.alloc(chunkLength)
  #chunkLength = 0

  /**
   * @param descriptor open for reading and writing
   * @param key `null`: a WAV file
   * @throws what the system says; Error where what is there is no recording
   */
  constructor(descriptor: number, law: Law, key: RecordingKey | null, write: WriteAt) {
    this.descriptor = descriptor
    this.law = law
    this.#write = write
    const length = fstatSync(descriptor).size
    if (key === null) {
      this.#fileKey = null
      if (length < wavHeaderLength) this.#all(wavHeader(law, 2, 0), 0)
      // Both channels or none of a sample.
      else this.#stored = (length - wavHeaderLength) & ~1
      return
    }
    if (length < sealedHeaderLength) {
      const { header, fileKey } = newSeal(key)
      this.#fileKey = fileKey
      this.#all(header, 0)
      return
    }
    const header = Buffer.alloc(sealedHeaderLength)
    readSync(descriptor, header, 0, header.length, 0)
    this.#fileKey = sealOf(key, header)
    if (this.#fileKey === null) throw new Error('the file does not begin as an encrypted recording does')
    this.#stored = wholeSoundIn(length)
  }

  /** Bytes of sound so far. */
  get length(): number {
    return this.#stored + this.#chunkLength
  }

  /**
   * @param from law of the bytes
   * @throws what the system says; then `length` says how much was taken, and the rest may be written again
   */
  append(bytes: Uint8Array, from: Law = this.law): void {
    const sound = from === this.law ? bytes : bytes.map((byte) => recoded[from][this.law][byte] ?? 0)
    if (this.#fileKey === null) this.#appendPlain(sound)
    else this.#appendSealed(sound, this.#fileKey)
  }

  /** @param bytes how much silence */
  appendSilence(bytes: number): void {
    const quiet = new Uint8Array(Math.min(bytes, silencePiece)).fill(silence[this.law])
    for (let left = bytes; left > 0; left -= silencePiece) this.append(quiet.subarray(0, Math.min(left, silencePiece)))
  }

  /** Writes what is kept back, and the lengths into the header. Nothing may be appended afterwards. */
  end(): void {
    if (this.#fileKey === null) {
      this.#all(wavHeader(this.law, 2, this.#stored), 0)
      return
    }
    if (this.#chunkLength === 0) return
    const number = this.#stored / chunkLength
    this.#all(sealChunk(this.#fileKey, number, this.#chunk.subarray(0, this.#chunkLength)), chunkOffset(number))
    this.#stored += this.#chunkLength
    this.#chunkLength = 0
  }

  #appendPlain(sound: Uint8Array): void {
    let at = 0
    while (at < sound.length) {
      const wrote = this.#write(this.descriptor, sound, at, sound.length - at, wavHeaderLength + this.#stored)
      at += wrote
      this.#stored += wrote
    }
  }

  #appendSealed(sound: Uint8Array, fileKey: Buffer): void {
    let at = 0
    while (at < sound.length) {
      const taken = Math.min(chunkLength - this.#chunkLength, sound.length - at)
      this.#chunk.set(sound.subarray(at, at + taken), this.#chunkLength)
      if (this.#chunkLength + taken === chunkLength) {
        const number = this.#stored / chunkLength
        // Until it is on disk the chunk counts as not begun with these bytes: they will come again.
        this.#all(sealChunk(fileKey, number, this.#chunk), chunkOffset(number))
        this.#stored += chunkLength
        this.#chunkLength = 0
      } else this.#chunkLength += taken
      at += taken
    }
  }

  #all(bytes: Uint8Array, position: number): void {
    let at = 0
    while (at < bytes.length) at += this.#write(this.descriptor, bytes, at, bytes.length - at, position + at)
  }
}
