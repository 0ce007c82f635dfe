/**
 * SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966) and the addresses that carry them (§20.10). All text is binary
 * strings; nothing is unescaped unless a function says so.
 */
import { endOfQuoted, findParameter } from './message.ts'
import type { Transport } from './transport.ts'

export interface Uri {
  /** Lower case: 'sip', 'sips', 'tel', or whatever else was there. */
  readonly scheme: string
  /** Escaped as it came; '' where there is none. For tel: the number with its separators. */
  readonly user: string
  /** Lower case, IPv6 in brackets; '' for tel. */
  readonly host: string
  /** 0 where none is given. */
  readonly port: number
  /** From the first semicolon after host and port (with it) to the question mark; '' where there are none. */
  readonly parameters: string
  /** After the question mark. */
  readonly headers: string
}

/** Reads a URI; `null` where it is not one. Schemes other than sip, sips and tel come back with the rest in `user`. */
export function parseUri(text: string): Uri | null {
  const colon = text.indexOf(':')
  if (colon <= 0 || !isPlain(text)) return null
  const scheme = text.startsWith('sip:') ? 'sip' : text.slice(0, colon).toLowerCase()
  if (scheme !== 'sip' && !/^[a-z][a-z0-9+.-]*$/.test(scheme)) return null
  if (scheme === 'tel') {
    const semicolon = text.indexOf(';')
    const end = semicolon < 0 ? text.length : semicolon
    const user = text.slice(colon + 1, end)
    return user === '' ? null : { scheme, user, host: '', port: 0, parameters: text.slice(end), headers: '' }
  }
  if (scheme !== 'sip' && scheme !== 'sips') {
    return { scheme, user: text.slice(colon + 1), host: '', port: 0, parameters: '', headers: '' }
  }
  const at = text.indexOf('@', colon)
  let user = ''
  let position = colon + 1
  if (at >= 0) {
    const password = text.indexOf(':', colon + 1)
    user = text.slice(colon + 1, password >= 0 && password < at ? password : at)
    if (user === '') return null
    position = at + 1
  }
  const question = text.indexOf('?', position)
  const end = question < 0 ? text.length : question
  const semicolon = text.indexOf(';', position)
  const hostEnd = semicolon < 0 || semicolon > end ? end : semicolon
  const hostPort = parseHostPort(text.slice(position, hostEnd))
  if (hostPort === null) return null
  return {
    scheme,
    user,
    host: hostPort.host,
    port: hostPort.port,
    parameters: text.slice(hostEnd, end),
    headers: question < 0 ? '' : text.slice(question + 1),
  }
}

/** An address as it stands in a URI or Via: IPv6 in brackets (RFC 3261 §25.1, IPv6reference). */
export function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
}

/**
 * The parameter that asks for a transport in a URI that names us, '' for UDP, which is meant where none stands. Both
 * kinds of WebSocket are `ws` (RFC 7118 §5.2.2).
 */
export function transportParameter(transport: Transport): string {
  switch (transport) {
    case 'UDP':
      return ''
    case 'TCP':
      return ';transport=tcp'
    case 'TLS':
      return ';transport=tls'
    case 'WS':
    case 'WSS':
      return ';transport=ws'
  }
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; the port is 0 where none stands. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } | null {
  const plain = plainHostEnd(text)
  if (plain === text.length && plain > 0) return { host: text, port: 0 }
  if (plain > 0 && text.charCodeAt(plain) === 58) {
    const port = portNumber(text, plain + 1)
    if (port > 0) return { host: text.slice(0, plain), port }
  }
  let hostEnd = text.length
  if (text.charCodeAt(0) === 91) {
    const close = text.indexOf(']')
    if (close < 0) return null
    hostEnd = close + 1
  } else {
    const colon = text.indexOf(':')
    if (colon >= 0) hostEnd = colon
  }
  const host = text.slice(0, hostEnd).trim().toLowerCase()
  if (!isHost(host)) return null
  if (hostEnd === text.length) return { host, port: 0 }
  const rest = text.slice(hostEnd).trim()
  if (rest === '') return { host, port: 0 }
  const port = rest.charCodeAt(0) === 58 ? portNumber(rest.slice(1).trim(), 0) : 0
  return port === 0 ? null : { host, port }
}

/**
 * Nothing that ends a URI where it stands in a message: blanks, control characters, quotes, angle brackets (RFC 3986
 * §2). Other characters that ought to be escaped, like the # of star codes, are seen in the field and do no harm.
 */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32 || code === 34 || code === 60 || code === 62 || code === 127) return false
  }
  return true
}

/** Where the characters end of which nearly every host is made, in lower case already: no copy has to be made of it. */
function plainHostEnd(text: string): number {
  let end = 0
  while (end < text.length && isHostCharacter(text.charCodeAt(end))) end++
  return end
}

/** The port that `text` is from `start` on, or 0 where it is none. */
function portNumber(text: string, start: number): number {
  if (text.length < start + 1 || text.length > start + 5) return 0
  let port = 0
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return 0
    port = port * 10 + digit
  }
  return port <= 65535 ? port : 0
}

/** Letters, digits, dots, hyphens (underscores are seen in the field), or an IPv6 reference. */
function isHost(host: string): boolean {
  if (host.charCodeAt(0) === 91) return /^\[[0-9a-f:.]+\]$/.test(host)
  if (host === '') return false
  return plainHostEnd(host) === host.length
}

/** Letters in lower case, digits, dots, hyphens, underscores. */
function isHostCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 95
}

/** The user part with %-escapes decoded to bytes; `null` where an escape is broken. */
export function decodeUser(user: string): string | null {
  if (user.indexOf('%') < 0) return user
  let decoded = ''
  for (let i = 0; i < user.length; i++) {
    if (user.charCodeAt(i) !== 37) {
      decoded += user[i]
      continue
    }
    const hex = user.slice(i + 1, i + 3)
    if (!/^[0-9a-fA-F]{2}$/.test(hex)) return null
    decoded += String.fromCharCode(Number.parseInt(hex, 16))
    i += 2
  }
  return decoded
}

/** A user part without the parameters that telephone numbers carry in it (RFC 3261 §19.1.6): nobody dials them. */
export function withoutUserParameters(user: string): string {
  const semicolon = user.indexOf(';')
  return semicolon < 0 ? user : user.slice(0, semicolon)
}

/** Value of a URI parameter, '' for one without value, `undefined` where it is missing. `name` in lower case. */
export function uriParameter(uri: Uri, name: string): string | undefined {
  return findParameter(uri.parameters, 0, name)
}

export interface NameAddress {
  /** Without quotes and escapes; '' where none is given. */
  readonly displayName: string
  /** The URI as it stands. */
  readonly uri: string
  /** Header parameters from the first semicolon on, or ''. */
  readonly parameters: string
}

/** Reads one name-addr or addr-spec with its parameters; `null` where it is neither. */
export function parseNameAddress(value: string): NameAddress | null {
  let displayName = ''
  let position = 0
  if (value.charCodeAt(0) === 34) {
    position = endOfQuoted(value, 0)
    displayName = value.slice(1, position - 1).replace(/\\(.)/gs, '$1')
  }
  const open = value.indexOf('<', position)
  if (open < 0) {
    if (position > 0) return null
    // §20.10: without brackets, what follows a semicolon belongs to the header, not the URI.
    const semicolon = value.indexOf(';')
    const end = semicolon < 0 ? value.length : semicolon
    const uri = value.slice(0, end).trim()
    // Nor may headers stand in it then: nobody could say what the rest belongs to.
    return uri === '' || uri.includes(' ') || uri.includes('?')
      ? null
      : { displayName: '', uri, parameters: value.slice(end) }
  }
  const close = value.indexOf('>', open)
  if (close <= open + 1) return null
  if (position === 0) displayName = value.slice(0, open).trim()
  else if (value.slice(position, open).trim() !== '') return null
  const parameters = value.slice(close + 1).trim()
  if (parameters !== '' && !parameters.startsWith(';')) return null
  return { displayName, uri: value.slice(open + 1, close), parameters }
}

/** A display name as a quoted string with its space, ready to stand before `<`; '' for none. UTF-8 encoded. */
export function quotedDisplayName(name: string): string {
  if (name === '') return ''
  return isPlainText(name) ? `"${name}" ` : `"${quotable(name)}" `
}

/** ASCII without anything that would have to be escaped: nearly every name. */
function isPlainText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126 || code === 34 || code === 92) return false
  }
  return true
}

function quotable(name: string): string {
  let quoted = ''
  for (const byte of Buffer.from(name, 'utf8')) {
    if (byte < 32 || byte === 127) quoted += ' '
    else if (byte === 34 || byte === 92) quoted += `\\${String.fromCharCode(byte)}`
    else quoted += String.fromCharCode(byte)
  }
  return quoted
}

/** The user part of a SIP URI: everything that may not stand there is escaped (RFC 3261 §25.1 `user`). */
export function escapeUser(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const plain = (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 43
    if (!plain) return escapeAll(text)
  }
  return text
}

/** `text` is a binary string: what came escaped as UTF-8 leaves so. */
function escapeAll(text: string): string {
  let escaped = ''
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string
    const plain = /[A-Za-z0-9\-_.!~*'()+,]/.test(character)
    escaped += plain ? character : `%${text.charCodeAt(i).toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}
