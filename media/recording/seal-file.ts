/** Writes a file that is complete when it has its name: encrypted in chunks where a key is given. */
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RecordingKey } from './sealed-sound.ts'
import { chunkLength, newSeal, sealChunk } from './sealed-sound.ts'

/**
 * Synced, with its folder, before this resolves.
 * @param key `null`: as it comes
 * @returns bytes on disk
 * @throws what the system says, or what the pieces throw; then nothing is left
 */
export async function writeWhole(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  key: RecordingKey | null,
): Promise<number> {
  const length = await writeNamed(path, pieces, key)
  await syncFolder(dirname(path))
  return length
}

/** The same, but for the folder: until that is synced too, the name may be gone when the power goes. */
export async function writeNamed(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  key: RecordingKey | null,
): Promise<number> {
  const part = `${path}.part`
  const handle = await open(part, 'w', 0o600)
  let length = 0
  try {
    for await (const piece of key === null ? pieces : sealed(pieces, key)) {
      await handle.writeFile(piece)
      length += piece.length
    }
    await handle.sync()
    await handle.close()
    await rename(part, path)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(part, { force: true })
    throw error
  }
  return length
}

/** Names of files in it last from when this resolves. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function* sealed(pieces: AsyncIterable<Uint8Array>, key: RecordingKey): AsyncGenerator<Buffer> {
  const { header, fileKey } = newSeal(key)
  yield header
  let number = 0
  let waiting: Uint8Array = new Uint8Array(0)
  for await (const piece of pieces) {
    const all = Buffer.concat([waiting, piece])
    const whole = all.length - (all.length % chunkLength)
    const chunks: Buffer[] = []
    for (let at = 0; at < whole; at += chunkLength) {
      chunks.push(sealChunk(fileKey, number++, all.subarray(at, at + chunkLength)))
    }
    if (chunks.length > 0) yield Buffer.concat(chunks)
    waiting = all.subarray(whole)
  }
  if (waiting.length > 0) yield sealChunk(fileKey, number, waiting)
}
