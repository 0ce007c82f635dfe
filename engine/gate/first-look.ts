/**
 * What the gate has to know of a request before anybody parses it: cut out of the text in one pass over its header lines,
 * for a fraction of what parsing costs. It need not be right about malformed messages: they are refused later, by whoever
 * parses them.
 */

/** What a message is to the gate. */
export type MessageKind =
  /** An answer to what we sent. */
  | 'response'
  /** ACK, CANCEL and requests that exist only inside dialogs: they belong to what has been let in. */
  | 'inside'
  | 'INVITE'
  | 'REGISTER'
  | 'OPTIONS'
  /** Any other request. */
  | 'other'

/** Requests that begin nothing. CANCEL is for an INVITE that has been let in. */
const insideMethods = ['ACK ', 'BYE ', 'CANCEL ', 'INFO ', 'NOTIFY ', 'PRACK ', 'REFER ', 'UPDATE '] as const

/** What begins a message; empty lines before it are allowed (RFC 3261 §7.5). */
export function messageKind(text: string): MessageKind {
  const start = messageStart(text)
  switch (text.charCodeAt(start)) {
    case 0x49: // I
      if (text.startsWith('INVITE ', start)) return 'INVITE'
      break
    case 0x52: // R
      if (text.startsWith('REGISTER ', start)) return 'REGISTER'
      break
    case 0x4f: // O
      if (text.startsWith('OPTIONS ', start)) return 'OPTIONS'
      break
    case 0x53: // S: SUBSCRIBE begins with it as well
      if (text.startsWith('SIP/', start)) return 'response'
      break
    default:
  }
  for (const method of insideMethods) if (text.startsWith(method, start)) return 'inside'
  return 'other'
}

function messageStart(text: string): number {
  let start = 0
  while (text.charCodeAt(start) === 13 || text.charCodeAt(start) === 10) start++
  return start
}

/** Header lines looked at; what has more is no phone's. */
const mostLines = 100

/** One look. The object is used again for each message. */
export class FirstLook {
  /** User part of the Request-URI, without its parameters; '' where there is none. */
  dialled = ''
  /** Tag of To: where there is one, the request belongs to a dialog. */
  toTag = ''
  /** User part of From and To; '' where there is none. */
  fromUser = ''
  toUser = ''
  userAgent = ''

  read(text: string): this {
    this.dialled = ''
    this.toTag = ''
    this.fromUser = ''
    this.toUser = ''
    this.userAgent = ''
    const start = messageStart(text)
    let end = lineEnd(text, start)
    this.dialled = withoutParameters(userIn(text, text.indexOf(' ', start) + 1, end))
    for (let line = 0; line < mostLines; line++) {
      const begin = end + 1
      if (begin >= text.length) return this
      end = lineEnd(text, begin)
      const first = text.charCodeAt(begin)
      // The empty line that ends the headers.
      if (first === 13 || first === 10) return this
      switch (first | 0x20) {
        case 0x66: // f
          if (isHeader(text, begin, 'from', 'f')) this.fromUser = userIn(text, begin, end)
          break
        case 0x74: // t
          if (isHeader(text, begin, 'to', 't')) {
            this.toUser = userIn(text, begin, end)
            this.toTag = tagIn(text, begin, end)
          }
          break
        case 0x75: // u
          if (isHeader(text, begin, 'user-agent', '')) {
            this.userAgent = text.slice(text.indexOf(':', begin) + 1, end).trim()
          }
          break
        default:
      }
    }
    return this
  }
}

/** Index of the line's LF, or of the text's end. */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

/** Is the line that begins here this header? `name` and its short form in lower case. */
function isHeader(text: string, begin: number, name: string, short: string): boolean {
  let colon = begin
  while (colon < begin + name.length && isNameCharacter(text.charCodeAt(colon))) colon++
  const length = colon - begin
  if (length !== name.length && length !== short.length) return false
  const given = text.slice(begin, colon).toLowerCase()
  if (given !== name && given !== short) return false
  // Blanks may stand before the colon.
  while (isBlank(text.charCodeAt(colon))) colon++
  return text.charCodeAt(colon) === 58
}

function isNameCharacter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x2d
}

/** The user part of the first SIP URI, or the number of the first tel URI, between `start` and `end`. */
function userIn(text: string, start: number, end: number): string {
  const scheme = schemeEnd(text, start, end)
  if (scheme < 0) return ''
  const isTel = (text.charCodeAt(scheme - 2) | 0x20) === 0x6c
  for (let place = scheme; place < end; place++) {
    const code = text.charCodeAt(place)
    // @ ends a user; space, ", >, < a URI without one.
    if (code === 64) return text.slice(scheme, place)
    if (code === 32 || code === 34 || code === 60 || code === 62 || code === 13) {
      return isTel ? withoutParameters(text.slice(scheme, place)) : ''
    }
  }
  return isTel ? withoutParameters(text.slice(scheme, end)) : ''
}

/** Index behind `sip:`, `sips:` or `tel:`; -1 where there is none. */
function schemeEnd(text: string, start: number, end: number): number {
  for (let colon = text.indexOf(':', start); colon >= 0 && colon < end; colon = text.indexOf(':', colon + 1)) {
    const scheme = text.slice(Math.max(start, colon - 4), colon).toLowerCase()
    if (scheme.endsWith('sip') || scheme === 'sips' || scheme.endsWith('tel')) return colon + 1
  }
  return -1
}

function withoutParameters(user: string): string {
  const semicolon = user.indexOf(';')
  return semicolon < 0 ? user : user.slice(0, semicolon)
}

/** The tag parameter of a header value: one behind the address, so that a display name or URI cannot pose as it. */
function tagIn(text: string, begin: number, end: number): string {
  const closed = text.lastIndexOf('>', end)
  let place = text.indexOf(';', closed >= begin ? closed : begin)
  for (; place >= 0 && place < end; place = text.indexOf(';', place + 1)) {
    let name = place + 1
    while (isBlank(text.charCodeAt(name))) name++
    if (text.slice(name, name + 3).toLowerCase() !== 'tag') continue
    let equals = name + 3
    while (isBlank(text.charCodeAt(equals))) equals++
    if (text.charCodeAt(equals) !== 61) continue
    const next = text.indexOf(';', equals)
    return text.slice(equals + 1, next < 0 || next > end ? end : next).trim()
  }
  return ''
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}
