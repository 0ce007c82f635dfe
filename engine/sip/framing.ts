/**
 * Cuts a byte stream into SIP messages (RFC 3261 §18.3) and finds keep-alives between them (RFC 5626 §3.5.1).
 * Everything is bounded: a header part or body that is larger than allowed ends the connection.
 */
import { Header, headerId } from './header-names.ts'
import { leadingNumber } from './message.ts'

export interface Framing {
  /** Takes the next bytes of the stream. `false`: this is not SIP or too large; the connection must be closed. */
  push(chunk: string): boolean
  /** Whether part of a message has come, and the rest has not. */
  incomplete(): boolean
}

/**
 * @param onMessage called with each whole message, in order
 * @param onKeepAlive called for each double CRLF between messages, which is answered by one CRLF (RFC 5626 §4.4.1)
 * @param maximumLength of one message in bytes, headers and body
 */
export function createFraming(
  onMessage: (message: string) => void,
  onKeepAlive: () => void,
  maximumLength: number,
): Framing {
  let waiting = ''
  /** Length of the message at the start of `waiting` where its headers are complete, else 0. */
  let wanted = 0
  /** How far the end of the headers was searched for, so that slow senders do not cost quadratic time. */
  let searched = 0

  function push(chunk: string): boolean {
    waiting = waiting === '' ? chunk : waiting + chunk
    for (;;) {
      if (wanted === 0) {
        if (!skipEmptyLines()) return true
        const end = waiting.indexOf('\r\n\r\n', Math.max(0, searched - 3))
        if (end < 0) {
          searched = waiting.length
          return waiting.length <= maximumLength
        }
        const bodyLength = isStartLine(waiting) ? contentLength(waiting, end) : -1
        if (bodyLength < 0) return false
        wanted = end + 4 + bodyLength
        searched = 0
        if (wanted > maximumLength) return false
      }
      if (waiting.length < wanted) return true
      const message = waiting.slice(0, wanted)
      waiting = waiting.slice(wanted)
      wanted = 0
      onMessage(message)
    }
  }

  /** Drops CRLFs before a message; `false` where nothing else is left. */
  function skipEmptyLines(): boolean {
    let position = 0
    while (waiting.charCodeAt(position) === 13 && waiting.charCodeAt(position + 1) === 10) {
      if (waiting.charCodeAt(position + 2) === 13 && waiting.charCodeAt(position + 3) === 10) {
        onKeepAlive()
        position += 4
      } else if (position + 2 === waiting.length || waiting.charCodeAt(position + 2) !== 13) {
        position += 2
        // A lone CRLF at the end may be the first half of a double one: a second half then counts as nothing,
        // which costs the peer one unanswered keep-alive at most.
      } else {
        break
      }
    }
    if (position > 0) {
      waiting = waiting.slice(position)
      searched = 0
    }
    return waiting !== '' && waiting !== '\r'
  }

  return { push, incomplete: () => waiting !== '' && waiting.charCodeAt(0) !== 13 }
}

/**
 * Does the text begin with a line that names SIP, of whatever version (RFC 3261 §7.1, §7.2)? What follows a message whose
 * length was wrong does not, and must not be taken for the head of the next one.
 */
function isStartLine(text: string): boolean {
  const line = text.slice(0, text.indexOf('\r\n'))
  return line.includes('SIP/') || line.toUpperCase().includes('SIP/')
}

/**
 * Content-Length of the message whose headers end at `end`; 0 where it is missing, -1 where it is not a number, or where
 * there are two that differ: nobody knows then where the next message begins (RFC 4475 §3.3.9).
 */
function contentLength(text: string, end: number): number {
  let position = text.indexOf('\r\n') + 2
  let found = -1
  // Searched for again only where the last one found is passed: lines without any must not cost quadratic time.
  let colon = -1
  while (position < end + 2) {
    const lineEnd = text.indexOf('\r\n', position)
    if (colon < position) colon = text.indexOf(':', position)
    if (colon < 0 || colon > end) break
    if (colon < lineEnd) {
      let nameEnd = colon
      while (nameEnd > position && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--
      if (headerId(text, position, nameEnd) === Header.contentLength) {
        const length = leadingNumber(text.slice(colon + 1, unfoldedEnd(text, lineEnd)).trim())
        if (length < 0 || (found >= 0 && found !== length)) return -1
        found = length
      }
    }
    position = lineEnd + 2
  }
  return Math.max(found, 0)
}

/** Index after the value whose first line ends at `lineEnd`: it goes on in lines that begin with a blank (§7.3.1). */
function unfoldedEnd(text: string, lineEnd: number): number {
  let end = lineEnd
  while (isBlank(text.charCodeAt(end + 2))) end = text.indexOf('\r\n', end + 2)
  return end
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}
