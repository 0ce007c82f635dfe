/** What SIPp got where its scenario expects something else, from the file its option `-trace_err` writes. */

import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** The first line of the message that ended a call: a status line or a request line. */
const aborted =
  /Aborting call on unexpected message for Call-Id '.*?': .*received '(?:SIP\/2\.0 (\d{3}) ?(.*)|(\w+) .*)$/
/** SIPp has words of its own for these. */
const ended = /Aborting call on an unexpected (BYE|CANCEL) /
/** A server may choose phrases; more different ones than this are counted together. */
const mostReasons = 100

/** Counts calls that ended so, by status and phrase (`480 No Answer`) or method. An absent file is an empty one. */
export async function readUnexpectedAnswers(errorFile: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  if (!existsSync(errorFile)) return counts
  const lines = createInterface({ input: createReadStream(errorFile, 'latin1'), crlfDelay: Infinity })
  for await (const line of lines) {
    const [, status, phrase = '', method = ended.exec(line)?.[1]] = aborted.exec(line) ?? []
    if (status === undefined && method === undefined) continue
    const reason = status === undefined ? `${method} received` : `${status} ${phrase}`.trim()
    const known = counts.has(reason) || counts.size < mostReasons ? reason : 'others'
    counts.set(known, (counts.get(known) ?? 0) + 1)
  }
  return counts
}
