/**
 * Who is shown to whom: From, To and the identity headers of the INVITEs we send (docs/identity.md,
 * RFC 3323, 3325, 5806, 7044).
 */
import type { Callee } from '../config/snapshot.ts'
import type { Diversion, DiversionCause, ShownCaller, TrunkTarget } from '../router/decision.ts'
import { quotedDisplayName } from '../sip/uri.ts'

const anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>'

/** From value, without tag, towards a user's phone. */
export function fromForPhone(shown: ShownCaller, domain: string): string {
  if (shown.anonymous) return anonymous
  return `${quotedDisplayName(shown.name)}<sip:${escapeUser(shown.user)}@${domain}>`
}

/** From value, without tag, towards a trunk. `host`: ours as the trunk sees it. */
export function fromForTrunk(target: TrunkTarget, host: string): string {
  if (target.hidden || target.callerNumber === '') return anonymous
  return `${quotedDisplayName(target.callerName)}<sip:${escapeUser(target.callerNumber)}@${host}>`
}

/** Identity lines towards a trunk: the true number for the carrier alone, and the wish to hide it (RFC 3325 §9). */
export function identityHeaders(target: TrunkTarget, host: string): string {
  if (target.callerNumber === '') return ''
  const asserted = `P-Asserted-Identity: ${quotedDisplayName(target.callerName)}<sip:${escapeUser(target.callerNumber)}@${host}>\r\n`
  return target.hidden ? `${asserted}Privacy: id\r\n` : asserted
}

/** docs/forwarding.md, "What is told onward": RFC 4458 cause of each kind of forward. */
const causes: Readonly<Record<DiversionCause, number>> = {
  unconditional: 302,
  'user-busy': 486,
  'no-answer': 408,
  unavailable: 503,
  'do-not-disturb': 480,
  deflection: 480,
  'deflection-while-ringing': 487,
}

/**
 * Diversion (RFC 5806, newest first) and History-Info (RFC 7044, oldest first) for a call that was forwarded; '' for one
 * that was not. `target`: where it goes now, as a URI without brackets.
 */
export function diversionHeaders(diversions: readonly Diversion[], target: string): string {
  if (diversions.length === 0) return ''
  let lines = ''
  for (let i = diversions.length - 1; i >= 0; i--) {
    const { by, cause } = diversions[i] as Diversion
    const privacy = isHidden(by) ? ';privacy=full' : ''
    lines += `Diversion: ${quotedDisplayName(by.displayName)}<${uriOf(diversions[i] as Diversion)}>;reason=${reasonOf(cause)};counter=1${privacy}\r\n`
  }
  let index = '1'
  let cause = ''
  for (const diversion of diversions) {
    const hidden = isHidden(diversion.by) ? '?Privacy=history' : ''
    lines += `History-Info: <${uriOf(diversion)}${cause}${hidden}>;index=${index}\r\n`
    cause = `;cause=${causes[diversion.cause]}`
    index += '.1'
  }
  return `${lines}History-Info: <${target}${cause}>;index=${index}\r\n`
}

/** RFC 5806 knows one word for both. */
function reasonOf(cause: DiversionCause): string {
  return cause === 'deflection-while-ringing' ? 'deflection' : cause
}

function uriOf(diversion: Diversion): string {
  const { by } = diversion
  const number = by.kind === 'user' ? by.primaryNumber : ''
  return `sip:${escapeUser(by.extension || number || by.id)}@${by.pbx.domain}`
}

function isHidden(by: Callee): boolean {
  return by.kind === 'user' && by.blockCallerId
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
