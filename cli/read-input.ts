/** Files that commands are given. */
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
 * @throws UsageError where it cannot be read
 */
export function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
