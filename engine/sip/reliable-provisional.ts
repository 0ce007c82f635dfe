/** The two header fields of reliable provisional responses: RSeq and RAck (RFC 3262 §7). */
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { leadingNumber } from './message.ts'
import { hasOptionTag } from './option-tags.ts'

/** Number of a provisional response that wants a PRACK (RFC 3262 §4); -1 for every other response. */
export function reliableNumber(response: SipMessage): number {
  if (response.status <= 100 || response.status >= 200 || !response.has(Header.rseq)) return -1
  if (!hasOptionTag(response, Header.require, '100rel')) return -1
  return leadingNumber(response.header(Header.rseq))
}

/** What a PRACK acknowledges. */
export interface Acknowledged {
  readonly responseNumber: number
  /** Number and method of the request that was answered provisionally. */
  readonly sequence: number
  readonly method: string
}

/** Value of RAck (RFC 3262 §7.2): `RSeq CSeq-number method`; `null` where it is malformed. */
export function parseRAck(value: string): Acknowledged | null {
  const [first = '', second = '', method = '', more] = value.trim().split(/[ \t]+/)
  const responseNumber = leadingNumber(first)
  const sequence = leadingNumber(second)
  if (responseNumber < 0 || sequence < 0 || method === '' || more !== undefined) return null
  return { responseNumber, sequence, method }
}
