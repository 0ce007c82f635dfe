/** A message that is on its way to a user, and how the journal keeps it. */

export interface WaitingMessage {
  readonly id: string
  /** Id of the user it is for. */
  readonly to: string
  /** Value of From as his phones get it, without tag; binary string, as all texts of it. */
  readonly from: string
  readonly contentType: string
  readonly body: string
  /** When it came, and when it is given up, in milliseconds since the epoch. */
  readonly sentAt: number
  readonly expiresAt: number
  /** What tells a copy of the sender's request (RFC 3261 §8.2.2.2): Call-ID, From-tag and CSeq number. */
  readonly origin: string
}

const fields = 7

/** In lines; the body is last, because it may have lines of its own. */
export function saveMessage(message: WaitingMessage): string {
  const { to, from, contentType, body, sentAt, expiresAt, origin } = message
  return `1\n${to}\n${from}\n${contentType}\n${sentAt}\n${expiresAt}\n${origin}\n${body}`
}

/** Reads what `saveMessage` wrote; `null` where it is something else. */
export function loadMessage(id: string, value: string): WaitingMessage | null {
  const lines: string[] = []
  let start = 0
  for (let field = 0; field < fields; field++) {
    const end = value.indexOf('\n', start)
    if (end < 0) return null
    lines.push(value.slice(start, end))
    start = end + 1
  }
  const [version, to = '', from = '', contentType = '', sent, expires, origin = ''] = lines
  const [sentAt, expiresAt] = [Number(sent), Number(expires)]
  if (version !== '1' || to === '' || !Number.isSafeInteger(sentAt) || !Number.isSafeInteger(expiresAt)) return null
  return { id, to, from, contentType, body: value.slice(start), sentAt, expiresAt, origin }
}
