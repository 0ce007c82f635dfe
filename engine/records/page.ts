/** Pages of lists, newest first, by the number of their rows. */

/** Longest page. */
export const longestPage = 1000

/** What is shown of `limit` rows asked for: 1 to 1000. */
export function pageLength(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 1), longestPage)
}

/**
 * A page, and where the next one begins.
 * @param rows one more than `length`, where there are so many
 * @returns `next`: number of the last row shown; `null` where there are none after it
 */
export function pageOf<Row extends { readonly number: number }>(
  rows: readonly Row[],
  length: number,
): { readonly shown: readonly Row[]; readonly next: number | null } {
  const shown = rows.slice(0, length)
  const last = shown.at(-1)
  return { shown, next: rows.length > length && last !== undefined ? last.number : null }
}
