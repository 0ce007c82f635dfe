/**
 * Sound that is encrypted at rest: AES-256-GCM in chunks of a fixed length, each with its own tag, so that any part can
 * be read without the rest and a file that a crash cut off is good up to its last whole chunk. Each file has a key of its
 * own, made from the configured one and a salt (HKDF, RFC 5869). Nonces are random, because a chunk that could not be
 * written is sealed again, with other bytes; the chunk's number is authenticated with it, so none can be moved.
 *
 *   "RDSEAL1\n"  salt (16 bytes)  then for each chunk: nonce (12 bytes)  sound  tag (16 bytes)
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const magic = Buffer.from('RDSEAL1\n', 'latin1')
const saltLength = 16
const nonceLength = 12
const tagLength = 16
/** What a chunk takes on disk beyond its sound. */
const sealLength = nonceLength + tagLength
/** Bytes of sound in each chunk but the last: 128 ms of stereo. */
export const chunkLength = 2048
export const sealedHeaderLength = magic.length + saltLength
const storedChunk = chunkLength + sealLength

/** A key by its name, which recordings keep. */
export interface RecordingKey {
  readonly name: string
  /** 32 bytes. */
  readonly secret: Buffer
}

/** The header of a new file, and the key of that file. */
export function newSeal(key: RecordingKey): { readonly header: Buffer; readonly fileKey: Buffer } {
  const salt = randomBytes(saltLength)
  return { header: Buffer.concat([magic, salt]), fileKey: fileKeyOf(key, salt) }
}

/** @returns the key of the file that begins so; `null`: this is no such file */
export function sealOf(key: RecordingKey, header: Buffer): Buffer | null {
  if (header.length < sealedHeaderLength || !header.subarray(0, magic.length).equals(magic)) return null
  return fileKeyOf(key, header.subarray(magic.length, sealedHeaderLength))
}

function fileKeyOf(key: RecordingKey, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key.secret, salt, 'ringdown recording', 32))
}

function placeOf(number: number): Buffer {
  const place = Buffer.alloc(6)
  place.writeUIntBE(number, 0, 6)
  return place
}

/** A chunk as it is stored. */
export function sealChunk(fileKey: Buffer, number: number, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', fileKey, nonce)
  cipher.setAAD(placeOf(number))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** @returns `null` where it was changed or belongs elsewhere */
export function openChunk(fileKey: Buffer, number: number, stored: Buffer): Buffer | null {
  if (stored.length < sealLength) return null
  const decipher = createDecipheriv('aes-256-gcm', fileKey, stored.subarray(0, nonceLength))
  decipher.setAAD(placeOf(number))
  decipher.setAuthTag(stored.subarray(stored.length - tagLength))
  try {
    return Buffer.concat([decipher.update(stored.subarray(nonceLength, stored.length - tagLength)), decipher.final()])
  } catch {
    return null
  }
}

/** Bytes of sound in a sealed file of so many bytes. */
export function soundIn(storedLength: number): number {
  const rest = Math.max(0, storedLength - sealedHeaderLength)
  const whole = Math.floor(rest / storedChunk)
  return whole * chunkLength + Math.max(0, (rest % storedChunk) - sealLength)
}

/** Bytes of sound in its whole chunks: what is good after a crash. */
export function wholeSoundIn(storedLength: number): number {
  return Math.floor(Math.max(0, storedLength - sealedHeaderLength) / storedChunk) * chunkLength
}

/** Where a chunk stands in its file. */
export function chunkOffset(number: number): number {
  return sealedHeaderLength + number * storedChunk
}

/** Length of a stored chunk that holds so many bytes. */
export function storedLengthOf(bytes: number): number {
  return bytes + sealLength
}
