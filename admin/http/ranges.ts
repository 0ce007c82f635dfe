/** Ranges of bytes (RFC 9110 §14): one at a time, which is all that players ask for. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
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

/**
 * Answers with the range, or the whole where it is `null`; to HEAD with neither.
 *
 * @param read gives the bytes from one up to, without, the other
 */
export function sendRange(
  request: FastifyRequest,
  reply: FastifyReply,
  range: ByteRange | null,
  length: number,
  read: (from: number, to: number) => AsyncIterable<Uint8Array>,
): FastifyReply {
  const { from, to } = range ?? { from: 0, to: length }
  reply.headers({ 'content-length': String(to - from), 'accept-ranges': 'bytes' })
  if (range !== null) reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${length}`)
  if (request.method === 'HEAD') return reply.send()
  return reply.send(Readable.from(read(from, to), { objectMode: false }))
}
