/** Ranges of bytes (RFC 9110 §14): one at a time, which is all that players ask for. */
import { RequestRefused } from './problems.ts'

export interface ByteRange {
  readonly from: number
  /** The byte after the last. */
  readonly to: number
}

/**
 * @param header `Range` of the request
 * @returns `null`: the whole is wanted, or several ranges, which may be answered with the whole
 * @throws RequestRefused (416) where nothing of it is there
 */
export function rangeOf(header: string | undefined, length: number): ByteRange | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return null
  // The last bytes, so many of them.
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const to = first === '' || last === '' ? length : Math.min(length, Number(last) + 1)
  if (from < to) return { from, to }
  const detail = `There are ${length} bytes: ask for a range within them`
  throw new RequestRefused('range-not-there', detail, {}, { 'content-range': `bytes */${length}` })
}
