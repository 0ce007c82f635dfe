/**
 * The keys by which recordings are encrypted: the file `recording-keys` of the data folder, a line each with a name and
 * 64 hexadecimal digits. New recordings take the first; the others are kept for what they encrypted.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordingKey } from './sealed-sound.ts'

export const recordingKeysName = 'recording-keys'
/** The same form, for the archive, where there is no other. */
export const archiveKeysName = 'archive-keys'
const lineForm = /^([A-Za-z0-9_-]{1,40})\s+([0-9A-Fa-f]{64})$/

/**
 * @returns none where there is no such file: recordings are not encrypted
 * @throws Error with one line that says which line is wrong; the key itself is never named
 */
export function readRecordingKeys(dataFolder: string, name = recordingKeysName): readonly RecordingKey[] {
  const path = join(dataFolder, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const keys: RecordingKey[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name, digits] = lineForm.exec(line.trim()) ?? []
    if (name === undefined || digits === undefined) {
      throw new Error(`${path}, line ${index + 1}: write a name and 64 hexadecimal digits (openssl rand -hex 32)`)
    }
    if (keys.some((key) => key.name === name)) {
      throw new Error(`${path}, line ${index + 1}: there is another key called ${name}: give this one its own name`)
    }
    keys.push({ name, secret: Buffer.from(digits, 'hex') })
  }
  return keys
}
