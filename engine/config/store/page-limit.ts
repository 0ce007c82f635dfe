/** Entries of a page: what was asked for, within 1 to 1000; 100 where nothing was. */
export function pageLimit(asked: number | undefined): number {
  return asked === undefined || !Number.isInteger(asked) ? 100 : Math.min(Math.max(asked, 1), 1000)
}
