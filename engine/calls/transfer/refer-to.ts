/** Where a REFER sends somebody (RFC 3515 §2.1). */
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { splitList } from '../../sip/message.ts'
import { ownCopy } from '../../sip/own-copy.ts'
import { decodeUser, parseNameAddress, parseUri, uriParameter, withoutUserParameters } from '../../sip/uri.ts'
import type { Replaces } from './replaces.ts'
import { parseReplaces } from './replaces.ts'

export interface ReferTarget {
  /** User part of the URI with its escapes decoded; '' where it has none. */
  readonly dialled: string
  /** Lower case. */
  readonly host: string
  /** The call that is to be replaced; `null` for a blind transfer. */
  readonly replaces: Replaces | null
}

/** What is longer is nobody's number. */
const longestDialled = 128

/** Reads Refer-To; where it cannot be followed, the reason phrase of the 400. */
export function referTarget(request: SipMessage): ReferTarget | string {
  const values = request.headers(Header.referTo).flatMap((line) => splitList(line, 2))
  const [value] = values
  if (value === undefined) return 'Missing Refer-To Header'
  // RFC 3515 §2.4.1: exactly one.
  if (values.length > 1) return 'More Than One Refer-To'
  const uri = parseUri(parseNameAddress(value)?.uri ?? '')
  if (uri === null) return 'Malformed Refer-To Header'
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips' && uri.scheme !== 'tel') return 'Unsupported Scheme In Refer-To'
  const method = uriParameter(uri, 'method') ?? 'INVITE'
  if (method.toUpperCase() !== 'INVITE') return 'Unsupported Method In Refer-To'
  const dialled = withoutUserParameters(decodeUser(uri.user) ?? '')
  if (dialled.length > longestDialled) return 'Refer-To Too Long'
  const named = headerIn(uri.headers, 'replaces')
  if (named === null) return { dialled: ownCopy(dialled), host: ownCopy(uri.host), replaces: null }
  const replaces = parseReplaces(named)
  return replaces === null ? 'Malformed Replaces In Refer-To' : { dialled, host: uri.host, replaces }
}

/** One header of a URI (RFC 3261 §19.1.1), decoded; all others are ignored (docs/trust.md). */
function headerIn(headers: string, name: string): string | null {
  for (const field of headers.split('&')) {
    const equals = field.indexOf('=')
    if (equals > 0 && field.slice(0, equals).toLowerCase() === name) return unescaped(field.slice(equals + 1))
  }
  return null
}

/** Byte for byte: all text is binary strings. */
function unescaped(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
