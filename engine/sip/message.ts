import type { HeaderId } from './header-names.ts'
import { equalsIgnoringCase, Header, headerId } from './header-names.ts'

/**
 * A SIP message as it came: one binary string and a table of where its header fields stand in it (RFC 3261 §7).
 *
 * One pass finds the start line and the header lines; everything else is cut out when somebody asks. The parser refuses
 * only what it cannot represent; what a message owes by way of status is for `validate.ts` to say, so that a request
 * that can be answered is answered.
 */
export class SipMessage {
  /** The whole message; after unfolding where header lines were folded (§7.3.1). */
  readonly raw: string
  readonly isRequest: boolean
  /** Of a request: its method. Of a response: the method in its CSeq, '' if there is none. */
  readonly method: string
  readonly requestUri: string
  /** 100 to 699; 0 for a request. */
  readonly status: number
  readonly reasonPhrase: string
  /** What is wrong with the start line of a request that can still be answered; '' if nothing. */
  readonly startLineProblem: '' | 'version' | 'form'
  /** A header line without a colon or name was seen. */
  readonly malformedHeaderLine: boolean
  /** The text ended after a header line: the empty line that ends the headers (§7) is missing. */
  readonly endsInHeaders: boolean
  /** Index of the first character of the body. */
  readonly bodyStart: number
  /** Four entries a header line: id, start of line, start of value, end of value. */
  readonly #table: number[]
  /** Which known headers are there, a bit for each number: below 32, and from 32 on. */
  readonly #present: number
  readonly #presentAbove: number
  /** Likewise: which stand on more than one line. */
  readonly #repeated: number
  readonly #repeatedAbove: number
  readonly #cseq: number
  #branch: string | undefined
  #fromTag: string | undefined
  #toTag: string | undefined
  #topVia: string | undefined

  constructor(
    raw: string,
    start: StartLine,
    table: number[],
    bodyStart: number,
    malformedHeaderLine: boolean,
    endsInHeaders: boolean,
  ) {
    this.raw = raw
    this.isRequest = start.isRequest
    this.requestUri = start.requestUri
    this.status = start.status
    this.reasonPhrase = start.reasonPhrase
    this.startLineProblem = start.problem
    this.malformedHeaderLine = malformedHeaderLine
    this.endsInHeaders = endsInHeaders
    this.bodyStart = bodyStart
    this.#table = table
    let present = 0
    let presentAbove = 0
    let repeated = 0
    let repeatedAbove = 0
    for (let i = 0; i < table.length; i += 4) {
      const id = table[i] as number
      const bit = 1 << (id & 31)
      if (id < 32) {
        repeated |= present & bit
        present |= bit
      } else {
        repeatedAbove |= presentAbove & bit
        presentAbove |= bit
      }
    }
    this.#present = present
    this.#presentAbove = presentAbove
    this.#repeated = repeated
    this.#repeatedAbove = repeatedAbove
    const cseq = this.header(Header.cseq)
    this.#cseq = leadingNumber(cseq)
    this.method = start.isRequest ? start.method : methodOf(cseq)
    this.#branch = undefined
    this.#fromTag = undefined
    this.#toTag = undefined
    this.#topVia = undefined
  }

  /** Value of the first line of this header, trimmed, or '' where there is none. */
  header(id: HeaderId): string {
    if (!this.has(id)) return ''
    const table = this.#table
    for (let i = 0; i < table.length; i += 4) {
      if (table[i] === id) return this.raw.slice(table[i + 2], table[i + 3])
    }
    return ''
  }

  has(id: HeaderId): boolean {
    return (((id < 32 ? this.#present : this.#presentAbove) >>> (id & 31)) & 1) === 1
  }

  /** Does this header stand on more than one line? */
  isRepeated(id: HeaderId): boolean {
    return (((id < 32 ? this.#repeated : this.#repeatedAbove) >>> (id & 31)) & 1) === 1
  }

  /** Values of all lines of this header, in order; comma lists are not taken apart. */
  headers(id: HeaderId): string[] {
    const table = this.#table
    const values: string[] = []
    for (let i = 0; i < table.length; i += 4) {
      if (table[i] === id) values.push(this.raw.slice(table[i + 2], table[i + 3]))
    }
    return values
  }

  /** Value of the first line of a header that has no number, by its name in lower case; '' where there is none. */
  otherHeader(name: string): string {
    const table = this.#table
    for (let i = 0; i < table.length; i += 4) {
      if (table[i] !== Header.other) continue
      const start = table[i + 1] as number
      const colon = this.raw.indexOf(':', start)
      const end = trimmedEnd(this.raw, start, colon)
      if (end - start === name.length && equalsIgnoringCase(this.raw, start, name)) {
        return this.raw.slice(table[i + 2], table[i + 3])
      }
    }
    return ''
  }

  /** All lines (CRLF included) of this header, as they came. */
  lines(id: HeaderId): string {
    const table = this.#table
    let lines = ''
    for (let i = 0; i < table.length; i += 4) {
      if (table[i] === id) lines += this.raw.slice(table[i + 1], this.#lineEnd(i))
    }
    return lines
  }

  /**
   * The header lines (CRLF included) for whose number `passes` says true, as they came and in order. Neighbours are cut
   * out in one piece.
   */
  passedLines(passes: readonly boolean[]): string {
    const table = this.#table
    let lines = ''
    let start = -1
    let end = 0
    for (let i = 0; i < table.length; i += 4) {
      if (!passes[table[i] as number]) continue
      const lineStart = table[i + 1] as number
      if (lineStart !== end) {
        if (start >= 0) lines += this.raw.slice(start, end)
        start = lineStart
      }
      end = this.#lineEnd(i)
    }
    return start < 0 ? '' : lines + this.raw.slice(start, end)
  }

  /** Index after the CRLF of the header line whose table entry begins at `entry`. */
  #lineEnd(entry: number): number {
    // Blanks before the CRLF belong to the line but not to its value.
    let end = this.#table[entry + 3] as number
    while (this.raw.charCodeAt(end) !== 10) end++
    return end + 1
  }

  /** Sequence number, or -1 where it is missing, not a number, or not below 2^31 (§8.1.1.5). */
  get cseq(): number {
    return this.#cseq
  }

  get callId(): string {
    return this.header(Header.callId)
  }

  get from(): string {
    return this.header(Header.from)
  }

  get to(): string {
    return this.header(Header.to)
  }

  get fromTag(): string {
    this.#fromTag ??= parameterOfAddress(this.header(Header.from), 'tag')
    return this.#fromTag
  }

  get toTag(): string {
    this.#toTag ??= parameterOfAddress(this.header(Header.to), 'tag')
    return this.#toTag
  }

  /** The topmost Via, or ''. */
  get topVia(): string {
    this.#topVia ??= firstOfList(this.header(Header.via))
    return this.#topVia
  }

  /** The branch of the topmost Via, or ''. */
  get branch(): string {
    this.#branch ??= parameter(this.topVia, 'branch')
    return this.#branch
  }

  /** The body: as long as Content-Length says, else to the end (§18.3). */
  get body(): string {
    const length = leadingNumber(this.header(Header.contentLength))
    const end = this.has(Header.contentLength) && length >= 0 ? this.bodyStart + length : this.raw.length
    return this.raw.slice(this.bodyStart, end)
  }
}

interface StartLine {
  readonly isRequest: boolean
  readonly method: string
  readonly requestUri: string
  readonly status: number
  readonly reasonPhrase: string
  readonly problem: '' | 'version' | 'form'
}

/** More header lines than this are not a message that anybody sends. */
const maximumHeaderLines = 256

/** The table of the message being read: filled here and copied once, at its size, instead of growing step by step. */
const scratch: number[] = new Array(maximumHeaderLines * 4).fill(0)

/**
 * Reads one whole message. `null`: it cannot be represented (no start line, a header line that does not end, or far too
 * many of them), and there is nobody to answer.
 */
export function parseMessage(text: string): SipMessage | null {
  // §7.5: empty lines before the start line are ignored.
  let position = 0
  while (text.charCodeAt(position) === 13 && text.charCodeAt(position + 1) === 10) position += 2
  const startLineEnd = lineEnd(text, position)
  if (startLineEnd < 0) return null
  const start = parseStartLine(text, position, startLineEnd)
  if (start === null) return null

  let used = 0
  let malformed = false
  const startLineStart = position
  position = startLineEnd + 2
  // Searched for again only where the last one found is passed: lines without any must not cost quadratic time.
  let colon = position - 1
  for (;;) {
    if (position === text.length) break
    const first = text.charCodeAt(position)
    if (first === 13 && text.charCodeAt(position + 1) === 10) break
    if (first === 32 || first === 9) {
      // A folded line. They are rare enough to write the headers anew and start over.
      const unfolded = unfold(text, startLineStart)
      return unfolded === null ? null : parseMessage(unfolded)
    }
    const end = lineEnd(text, position)
    if (end < 0) return null
    if (colon < position) {
      colon = text.indexOf(':', position)
      if (colon < 0) colon = text.length
    }
    if (colon === position || colon > end) {
      malformed = true
    } else {
      if (used === scratch.length) return null
      const nameEnd = trimmedEnd(text, position, colon)
      let valueStart = colon + 1
      while (valueStart < end && isBlank(text.charCodeAt(valueStart))) valueStart++
      const id = headerId(text, position, nameEnd)
      // A name that is no token is passed to nobody: what one reader takes for an unknown header, another may read as
      // one that means something.
      if (id === Header.other && !isToken(text, position, nameEnd)) malformed = true
      scratch[used++] = id
      scratch[used++] = position
      scratch[used++] = valueStart
      scratch[used++] = trimmedEnd(text, valueStart, end)
    }
    position = end + 2
  }
  const endsInHeaders = position === text.length
  const bodyStart = endsInHeaders ? position : position + 2
  return new SipMessage(text, start, scratch.slice(0, used), bodyStart, malformed, endsInHeaders)
}

/**
 * Index of the CRLF that ends the line at `start`; -1 where there is none, or where a CR or LF stands alone before it:
 * what one reader takes for one header another would take for two, so such a message is not represented at all.
 */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\r', start)
  return end >= 0 && text.indexOf('\n', start) === end + 1 ? end : -1
}

function parseStartLine(text: string, start: number, end: number): StartLine | null {
  if (text.startsWith('SIP/2.0 ', start)) {
    const status = start + 11 <= end ? leadingNumber(text.slice(start + 8, start + 11)) : -1
    const after = text.charCodeAt(start + 11)
    if (status < 100 || status > 699 || (after !== 32 && start + 11 !== end)) return null
    const reasonPhrase = text.slice(start + 12, end)
    return { isRequest: false, method: '', requestUri: '', status, reasonPhrase, problem: '' }
  }
  const afterMethod = text.indexOf(' ', start)
  if (afterMethod <= start || afterMethod > end) return null
  const beforeVersion = text.lastIndexOf(' ', end - 1)
  const method = internMethod(text, start, afterMethod)
  if (method === '') return null
  let problem: StartLine['problem'] = ''
  let requestUri = text.slice(afterMethod + 1, beforeVersion)
  if (beforeVersion <= afterMethod) {
    requestUri = text.slice(afterMethod + 1, end)
    problem = 'form'
  } else if (!isVersion2(text, beforeVersion + 1, end)) {
    problem = /^SIP\/\d+\.\d+$/i.test(text.slice(beforeVersion + 1, end)) ? 'version' : 'form'
  } else if (requestUri === '' || requestUri.includes(' ') || requestUri.includes('\t')) {
    problem = 'form'
  }
  return { isRequest: true, method, requestUri, status: 0, reasonPhrase: '', problem }
}

/** §7.1: SIP/2.0, in whatever case. */
function isVersion2(text: string, start: number, end: number): boolean {
  if (end - start !== 7) return false
  return text.startsWith('SIP/2.0', start) || text.slice(start, end).toUpperCase() === 'SIP/2.0'
}

const methods = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'REGISTER', 'OPTIONS', 'INFO', 'UPDATE', 'PRACK']

/** The method's name; well-known ones without making a string. '' where it is not a token. */
function internMethod(text: string, start: number, end: number): string {
  for (let i = 0; i < methods.length; i++) {
    const method = methods[i] as string
    if (method.length === end - start && text.startsWith(method, start)) return method
  }
  return isToken(text, start, end) ? text.slice(start, end) : ''
}

/**
 * Replaces each line fold in the headers by one space (§7.3.1); the body is left alone.
 * @param start of the start line: empty lines before it must not be taken for the end of the headers
 */
function unfold(text: string, start: number): string | null {
  let end = text.indexOf('\r\n\r\n', start)
  if (end < 0) {
    if (!text.endsWith('\r\n')) return null
    end = text.length - 2
  }
  const headers = text.slice(start, end)
  let unfolded = ''
  let position = 0
  for (let fold = headers.indexOf('\r\n'); fold >= 0; fold = headers.indexOf('\r\n', fold + 2)) {
    if (!isBlank(headers.charCodeAt(fold + 2))) continue
    unfolded += `${headers.slice(position, trimmedEnd(headers, position, fold))} `
    position = fold + 3
    while (isBlank(headers.charCodeAt(position))) position++
  }
  return unfolded + headers.slice(position) + text.slice(end)
}

/** RFC 3261 §25.1 `token`. */
export function isTokenCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    (code < 128 && code > 32 && "-.!%*_+`'~".includes(String.fromCharCode(code)))
  )
}

function isToken(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isTokenCharacter(text.charCodeAt(i))) return false
  return end > start
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

function trimmedEnd(text: string, start: number, end: number): number {
  let trimmed = end
  while (trimmed > start && isBlank(text.charCodeAt(trimmed - 1))) trimmed--
  return trimmed
}

/** The decimal number that `text` begins with, followed by a blank or nothing; -1 if none or not below 2^31. */
export function leadingNumber(text: string): number {
  let value = 0
  let i = 0
  for (; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
    if (value >= 2147483648) return -1
  }
  if (i === 0 || (i < text.length && !isBlank(text.charCodeAt(i)))) return -1
  return value
}

function methodOf(cseq: string): string {
  let i = 0
  while (i < cseq.length && !isBlank(cseq.charCodeAt(i))) i++
  while (i < cseq.length && isBlank(cseq.charCodeAt(i))) i++
  return i < cseq.length ? internMethod(cseq, i, cseq.length) : ''
}

/** Method named in a CSeq header's value, or ''. */
export function cseqMethod(message: SipMessage): string {
  return methodOf(message.header(Header.cseq))
}

/** What stands before the first comma outside quotes and angle brackets. */
export function firstOfList(value: string): string {
  if (value.indexOf(',') < 0) return value
  return splitList(value, 1)[0] ?? ''
}

/** Takes a comma list apart (§7.3.1): commas in quoted strings and angle brackets do not divide. */
export function splitList(value: string, most = 64): string[] {
  const parts: string[] = []
  let start = 0
  let quoted = false
  let bracketed = false
  for (let i = 0; i <= value.length; i++) {
    const code = i === value.length ? 44 : value.charCodeAt(i)
    if (quoted && i < value.length) {
      if (code === 92 && i + 1 < value.length) i++
      else if (code === 34) quoted = false
    } else if (code === 34) quoted = true
    else if (code === 60) bracketed = true
    else if (code === 62) bracketed = false
    else if (code === 44 && (!bracketed || i === value.length)) {
      const part = value.slice(start, i).trim()
      if (part !== '') parts.push(part)
      if (parts.length >= most) return parts
      start = i + 1
    }
  }
  return parts
}

/**
 * Value of a parameter (`;name=value`) of a header value without angle brackets, such as Via; '' where it is missing.
 * A quoted value loses its quotes. `name` in lower case.
 */
export function parameter(value: string, name: string): string {
  return findParameter(value, 0, name) ?? ''
}

/** As `parameter`, but tells a parameter without a value ('') from none (`undefined`). */
export function findParameter(value: string, from: number, name: string): string | undefined {
  let position = value.indexOf(';', from)
  while (position >= 0) {
    let start = position + 1
    while (isBlank(value.charCodeAt(start))) start++
    let end = start
    while (end < value.length) {
      const code = value.charCodeAt(end)
      if (code === 61 || code === 59 || code === 32 || code === 9) break
      end++
    }
    const matches = end - start === name.length && equalsIgnoringCase(value, start, name)
    while (isBlank(value.charCodeAt(end))) end++
    let parameterValue = ''
    if (value.charCodeAt(end) === 61) {
      end++
      while (isBlank(value.charCodeAt(end))) end++
      const valueStart = end
      if (value.charCodeAt(end) === 34) {
        end = endOfQuoted(value, end)
        if (matches) parameterValue = value.slice(valueStart + 1, end - 1)
      } else {
        while (end < value.length) {
          const code = value.charCodeAt(end)
          if (code === 59 || code === 32 || code === 9) break
          end++
        }
        if (matches) parameterValue = value.slice(valueStart, end)
      }
    }
    if (matches) return parameterValue
    position = value.indexOf(';', end)
  }
  return undefined
}

/** Index after the closing quote of the quoted string that begins at `start`; the end of the text if it never closes. */
export function endOfQuoted(value: string, start: number): number {
  for (let i = start + 1; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code === 92) i++
    else if (code === 34) return i + 1
  }
  return value.length
}

/** Value of a header parameter of an address header (From, To, Contact): what follows the closing bracket. */
export function parameterOfAddress(value: string, name: string): string {
  return findParameter(value, parametersStart(value), name) ?? ''
}

/** Index from which header parameters of an address (§20.10) can be searched. */
export function parametersStart(value: string): number {
  const afterName = value.charCodeAt(0) === 34 ? endOfQuoted(value, 0) : 0
  const open = value.indexOf('<', afterName)
  if (open < 0) return afterName
  const close = value.indexOf('>', open)
  return close < 0 ? value.length : close + 1
}
