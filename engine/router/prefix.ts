import type { PrefixTable } from '../config/snapshot.ts'

/** The longest prefix in the table with which a number begins; `undefined` where none fits. */
export function longestPrefix<T>(table: PrefixTable<T>, number: string): string | undefined {
  for (const length of table.lengths) {
    if (length > number.length) continue
    const prefix = number.slice(0, length)
    if (table.values.has(prefix)) return prefix
  }
  return undefined
}
