/** What is different between two configurations, for programs and for people. */
import { isDeepStrictEqual } from 'node:util'
import { idOfBody } from './body-check.ts'
import type { Body, ConfigurationView, EntityChange } from './entities/kind.ts'
import { kindNames } from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'
import { shownValue } from './problem.ts'

/** What leads from one configuration to the other, kinds in their order and sorted by id within them. */
export function difference(before: ConfigurationView, after: ConfigurationView): EntityChange[] {
  const found: EntityChange[] = []
  for (const kind of kindNames) {
    const ids = new Set<string>()
    for (const body of before.all(kind)) ids.add(idOfBody(kind, body))
    for (const body of after.all(kind)) ids.add(idOfBody(kind, body))
    for (const id of [...ids].sort()) {
      const change = { kind, id, before: before.get(kind, id) ?? null, after: after.get(kind, id) ?? null }
      if (!isDeepStrictEqual(change.before, change.after)) found.push(change)
    }
  }
  return found
}

/** Changes beyond this number are counted, not described. */
const mostLines = 1000

/**
 * Lines for people: `+ user anna (Anna Abbott)`, `- user ben (Ben Baker)`, and for each field that changed
 * `~ user cora: extension 1003 -> 1004`. Secrets are only said to have changed.
 */
export function formatDifference(changes: readonly EntityChange[]): string[] {
  const lines: string[] = []
  let unlisted = 0
  for (const change of changes) {
    for (const line of linesOf(change)) {
      if (lines.length < mostLines) lines.push(line)
      else unlisted++
    }
  }
  if (unlisted > 0) lines.push(`... and ${unlisted} more`)
  return lines
}

function linesOf(change: EntityChange): string[] {
  const { kind, id, before, after } = change
  const { label, titleOf, secrets } = kindDefinition(kind)
  const name = kind === 'account' ? 'account' : `${label} ${id}`
  const titled = (body: Body) => (titleOf(body) === id ? name : `${name} (${titleOf(body)})`)
  if (before === null) return after === null ? [] : [`+ ${titled(after)}`]
  if (after === null) return [`- ${titled(before)}`]
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return fields.flatMap((field) => {
    if (isDeepStrictEqual(before[field], after[field])) return []
    if (secrets.includes(field)) return [`~ ${name}: ${field} changed`]
    return fieldLines(field, before[field], after[field]).map((line) => `~ ${name}: ${line}`)
  })
}

function fieldLines(path: string, before: unknown, after: unknown): string[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isGroup(before) && isGroup(after)) {
    const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return fields.flatMap((field) => fieldLines(`${path}.${field}`, before[field], after[field]))
  }
  if (isPlainList(before) && isPlainList(after)) return listLines(path, before, after)
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }).flatMap((_, index) => fieldLines(`${path}[${index}]`, before[index], after[index]))
  }
  return [`${path} ${shown(before)} -> ${shown(after)}`]
}

/** Entries of a list that came and went; where none did, their order. */
function listLines(path: string, before: readonly unknown[], after: readonly unknown[]): string[] {
  const [was, is] = [new Set(before), new Set(after)]
  const lines = [
    ...before.filter((entry) => !is.has(entry)).map((entry) => `${path} without ${shown(entry)}`),
    ...after.filter((entry) => !was.has(entry)).map((entry) => `${path} with ${shown(entry)}`),
  ]
  return lines.length > 0 ? lines : [`${path} ${shown(before)} -> ${shown(after)}`]
}

function isGroup(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlainList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.every((entry) => typeof entry !== 'object')
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : shownValue(value)
}
