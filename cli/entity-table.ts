/** Entities as a table for people. */
import type { Body, KindDefinition } from '../engine/config/entities/kind.ts'
import type { Fields } from './fields/body-change.ts'
import { valueAt } from './fields/body-change.ts'
import { fieldsOf } from './fields/field-list.ts'
import { table } from './table.ts'

/** More columns do not fit on a screen. */
const mostColumns = 8
const longestCell = 40

/** @param columns paths of fields; `null`: the plain ones that are used, as many as fit */
export function entityTable(
  definition: KindDefinition,
  entries: readonly Fields[],
  columns: readonly string[] | null,
): string {
  const shown = columns ?? usualColumns(definition, entries)
  const withId =
    columns === null && !entries.some((entry) => shown.some((path) => entry[path] === definition.idOf(entry as Body)))
  const rows = entries.map((entry) => {
    const cells = shown.map((path) => cell(valueAt(entry, path)))
    return withId ? [definition.idOf(entry as Body), ...cells] : cells
  })
  return table(withId ? ['id', ...shown] : shown, rows)
}

function usualColumns(definition: KindDefinition, entries: readonly Fields[]): string[] {
  const plain = fieldsOf(definition.schema).filter(
    ({ path, form }) => !path.includes('.') && form !== 'group' && form !== 'list',
  )
  const used = plain.filter(({ path }) => entries.some((entry) => entry[path] !== undefined))
  return used.slice(0, mostColumns).map(({ path }) => path)
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestCell ? `${text.slice(0, longestCell - 3)}...` : text
}
