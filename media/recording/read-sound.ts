/** Reads recordings back as files that can be played, whole or a range of bytes, encrypted or not. */
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Law } from '../sound/g711.ts'
import { wavHeader, wavHeaderLength } from '../sound/wav-header.ts'
import type { RecordingKey } from './sealed-sound.ts'
import {
  chunkLength,
  chunkOffset,
  openChunk,
  sealedHeaderLength,
  sealOf,
  soundIn,
  storedLengthOf,
} from './sealed-sound.ts'

export interface SoundSource {
  /** The folder of recordings. */
  readonly root: string
  /** Below it. */
  readonly file: string
  /** `null`: what is encrypted is a whole file; else it is sound without a header, which is made as it is read. */
  readonly law: Law | null
  /** Name of the key; `null`: the file lies there as it is. */
  readonly key: string | null
  readonly keys: readonly RecordingKey[]
}

/** Bytes that are read at once; a multiple of the chunks. */
const pieceLength = 64 * chunkLength

/** It cannot be read; the message is for people. */
export class UnreadableSoundError extends Error {}

/**
 * @param from first byte of the file that can be played
 * @param to the byte after the last; `null`: to the end
 * @throws UnreadableSoundError; what the system says
 */
export async function* readSound(source: SoundSource, from: number, to: number | null): AsyncGenerator<Buffer> {
  const handle = await open(join(source.root, source.file), 'r')
  try {
    const { size } = await handle.stat()
    if (source.key === null) yield* plain(handle, from, Math.min(to ?? size, size))
    else yield* opened(handle, source, size, from, to)
  } finally {
    await handle.close()
  }
}

async function* plain(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const piece = await readAt(handle, at, Math.min(pieceLength, to - at))
    if (piece.length === 0) return
    yield piece
    at += piece.length
  }
}

async function* opened(
  handle: FileHandle,
  source: SoundSource,
  size: number,
  from: number,
  to: number | null,
): AsyncGenerator<Buffer> {
  const key = source.keys.find(({ name }) => name === source.key)
  if (key === undefined) {
    throw new UnreadableSoundError(`${source.file} is encrypted by the key ${source.key}, which is not here any more`)
  }
  const fileKey = sealOf(key, await readAt(handle, 0, sealedHeaderLength))
  if (fileKey === null) throw new UnreadableSoundError(`${source.file} does not begin as an encrypted recording does`)
  const length = soundIn(size)
  const before = headerLength(source)
  const end = Math.min(to ?? Number.MAX_SAFE_INTEGER, before + length)
  if (source.law !== null && from < before) yield wavHeader(source.law, 2, length).subarray(from, Math.min(end, before))
  const first = Math.max(0, from - before)
  const last = end - before
  for (let number = Math.floor(first / chunkLength); number * chunkLength < last; number++) {
    const begins = number * chunkLength
    const bytes = Math.min(chunkLength, length - begins)
    const chunk = openChunk(fileKey, number, await readAt(handle, chunkOffset(number), storedLengthOf(bytes)))
    if (chunk === null) {
      throw new UnreadableSoundError(`${source.file} was changed: what stands there from byte ${begins} is not ours`)
    }
    yield chunk.subarray(Math.max(0, first - begins), Math.min(bytes, last - begins))
  }
}

function headerLength({ law }: SoundSource): number {
  return law === null ? 0 : wavHeaderLength
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await handle.read(buffer, read, length - read, position + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return buffer.subarray(0, read)
}
