/** Files that commands are given. */
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { UsageError } from './usage-error.ts'

/** @throws UsageError */
export function readYaml(file: string): unknown {
  const document = parseDocument(readInput(file))
  const [fault] = document.errors
  if (fault !== undefined) throw new UsageError(`${file}: this is neither YAML nor JSON: ${fault.message}`)
  try {
    return document.toJS() as unknown
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * The text of a file, or of standard input for `-`.
 * @throws UsageError where it cannot be read or is not UTF-8
 */
export function readInput(file: string): string {
  const bytes = bytesOf(file)
  // Anything else would silently become something else than was written.
  if (!isUtf8(bytes)) throw new UsageError(`${file} is not UTF-8: save it in that encoding`)
  return bytes.toString('utf8')
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
