import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The secret from which nonces are made: 32 random bytes. It is kept in the data folder, so that after a
 * restart a phone's nonce is stale and not a failed sign-in.
 * @throws the system's error where the folder cannot be written
 */
export function nonceKey(dataFolder: string): Uint8Array {
  const file = join(dataFolder, 'nonce.key')
  try {
    const key = readFileSync(file, 'latin1').trim()
    if (/^[0-9a-f]{64}$/.test(key)) return Buffer.from(key, 'hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const key = randomBytes(32)
  writeFileSync(file, `${key.toString('hex')}\n`, { mode: 0o600 })
  return key
}
