/** What commands print. */
import { stringify } from 'yaml'

/** For programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`)
}

/** For people: one field a line. What others chose may hold control characters, which YAML escapes. */
export function printFields(value: unknown): void {
  process.stdout.write(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }))
}

/** Lines about what goes on, apart from results. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`)
}
