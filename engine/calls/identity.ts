/**
 * Who is shown to whom: From, To and the identity headers of the INVITEs we send (docs/identity.md,
 * RFC 3323, 3325, 5806, 7044).
 */
import type { Callee, Trunk } from '../config/snapshot.ts'
import type { Diversion, DiversionCause, ShownCaller, TrunkTarget } from '../router/decision.ts'
import { callerNumberForTrunk } from '../router/number.ts'
import { escapeUser, quotedDisplayName } from '../sip/uri.ts'

const anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>'

/** Lines by which a phone shows a name, or other words, with an address of ours (RFC 3325 §9.1). */
export function shownLines(name: string, user: string, domain: string): string {
  return `P-Asserted-Identity: ${quotedDisplayName(name)}<sip:${escapeUser(user)}@${domain}>\r\n`
}

/** From value, without tag, towards a user's phone. */
export function fromForPhone(shown: ShownCaller, domain: string): string {
  if (shown.anonymous) return anonymous
  return `${quotedDisplayName(shown.name)}<sip:${escapeUser(shown.user)}@${domain}>`
}

/**
 * From value, without tag, towards a trunk. `host`: of From. A carrier that does not look for the caller in From gets the
 * name we sign in with.
 */
export function fromForTrunk(target: TrunkTarget, host: string): string {
  const { trunk } = target
  if (!trunk.callerIdHeaders.includes('From') && trunk.credentials !== null) {
    return `<sip:${escapeUser(trunk.credentials.userName)}@${host}>`
  }
  if (target.hidden || target.callerNumber === '') return anonymous
  return addressOf(target.callerName, target.callerNumber, target, host)
}

/**
 * Identity lines towards a trunk, in the headers in which its carrier looks for them: the true number for the carrier
 * alone, and the wish to hide it (RFC 3325 §9).
 */
export function identityHeaders(target: TrunkTarget, host: string): string {
  if (target.assertedNumber === '') return ''
  const address = addressOf(target.assertedName, target.assertedNumber, target, host)
  let lines = ''
  let asksToHide = false
  for (const header of target.trunk.callerIdHeaders) {
    switch (header) {
      case 'From':
        break
      case 'Remote-Party-ID':
        lines += `Remote-Party-ID: ${address};party=calling;screen=yes;privacy=${target.hidden ? 'full' : 'off'}\r\n`
        break
      case 'P-Asserted-Identity':
      case 'P-Preferred-Identity':
        lines += `${header}: ${address}\r\n`
        asksToHide = target.hidden
    }
  }
  return asksToHide ? `${lines}Privacy: id\r\n` : lines
}

function addressOf(name: string, number: string, { trunk }: TrunkTarget, host: string): string {
  return `${quotedDisplayName(name)}<sip:${escapeUser(callerNumberForTrunk(number, trunk))}@${host}>`
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
 * that was not. `target`: where it goes now, as a URI without brackets. `headers`: which of them are wanted.
 */
export function diversionHeaders(
  diversions: readonly Diversion[],
  target: string,
  headers: Trunk['diversionHeader'] = 'both',
): string {
  if (diversions.length === 0) return ''
  const told = headers === 'History-Info' || headers === 'none' ? '' : diversionLines(diversions)
  return headers === 'Diversion' || headers === 'none' ? told : told + historyLines(diversions, target)
}

function diversionLines(diversions: readonly Diversion[]): string {
  let lines = ''
  for (let i = diversions.length - 1; i >= 0; i--) {
    const { by, cause } = diversions[i] as Diversion
    const privacy = isHidden(by) ? ';privacy=full' : ''
    lines += `Diversion: ${quotedDisplayName(by.displayName)}<${uriOf(diversions[i] as Diversion)}>;reason=${reasonOf(cause)};counter=1${privacy}\r\n`
  }
  return lines
}

function historyLines(diversions: readonly Diversion[], target: string): string {
  let lines = ''
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
