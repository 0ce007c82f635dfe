import type { PrefixTable } from '../snapshot.ts'

/** Lays out what is found by the longest prefix that fits. */
export function prefixTable<T>(values: ReadonlyMap<string, T>): PrefixTable<T> {
  const lengths = new Set<number>()
  for (const prefix of values.keys()) lengths.add(prefix.length)
  return { lengths: [...lengths].sort((a, b) => b - a), values }
}
