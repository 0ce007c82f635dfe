/** Reads out of an INVITE what the router needs to know: who calls, what was dialled, by which door. */
import type { Device, Snapshot, Trunk, User } from '../config/snapshot.ts'
import type { Attempt, TrunkCaller } from '../router/decision.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { firstOfList, splitList } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import type { NameAddress, Uri } from '../sip/uri.ts'
import { decodeUser, parseNameAddress, parseUri, withoutUserParameters } from '../sip/uri.ts'
import { decodeText } from './text.ts'

/** Whether a lower-case host is an address or name of this server itself. */
export type OwnHosts = (host: string) => boolean

/** The call that an authenticated phone wants to make; `null` where the Request-URI has nothing that could be dialled. */
export function attemptOfDevice(request: SipMessage, device: Device, user: User, isOwnHost: OwnHosts): Attempt | null {
  const dialled = dialledIn(request)
  if (dialled === null) return null
  return {
    caller: { kind: 'device', device, user },
    dialled: dialled.user,
    domain: isOwnHost(dialled.host) ? '' : dialled.host,
    ownDiversions: 0,
  }
}

/** The call that a trunk brings. */
export function attemptOfTrunk(
  request: SipMessage,
  trunk: Trunk,
  snapshot: Snapshot,
  isOwnHost: OwnHosts,
): Attempt | null {
  const dialled = dialledAt(request, trunk)
  if (dialled === null) return null
  return {
    caller: trunkCaller(request, trunk),
    dialled: dialled.user,
    domain: isOwnHost(dialled.host) ? '' : dialled.host,
    ownDiversions: ownDiversions(request, snapshot),
  }
}

function dialledIn(request: SipMessage): { readonly user: string; readonly host: string } | null {
  const uri = parseUri(request.requestUri)
  if (uri === null) return null
  const user = decodeUser(uri.user)
  if (user === null) return null
  // Kept for as long as the call lasts.
  return { user: ownCopy(withoutUserParameters(user)), host: uri.host }
}

/**
 * What a trunk's call is for: some carriers name the account in the Request-URI, as RFC 3261 §16.5 has it of a registered
 * contact, and the number elsewhere. Where it is not there, the Request-URI counts.
 */
function dialledAt(request: SipMessage, trunk: Trunk): { readonly user: string; readonly host: string } | null {
  const place = trunk.dialledNumberIn
  const dialled = dialledIn(request)
  if (dialled === null || place === 'Request-URI') return dialled
  const value = place === 'To' ? request.to : firstOfList(request.header(Header.pCalledPartyId))
  const { number } = addressOf(value)
  return number === '' ? dialled : { user: ownCopy(number), host: dialled.host }
}

/** Trunks are believed: the asserted identity comes before From (docs/identity.md). */
function trunkCaller(request: SipMessage, trunk: Trunk): TrunkCaller {
  const privacy = request.header(Header.privacy)
  let anonymous = privacy !== '' && /(^|[;,\s])(id|user|header)($|[;,\s])/i.test(privacy)
  const from = addressOf(request.from)
  if (from.uri?.host === 'anonymous.invalid') anonymous = true
  let number = ''
  let name = ''
  if (request.has(Header.pAssertedIdentity)) {
    for (const line of request.headers(Header.pAssertedIdentity)) {
      for (const value of splitList(line, 4)) {
        const asserted = addressOf(value)
        if (number === '' && asserted.number !== '') number = asserted.number
        if (name === '') name = asserted.name
      }
    }
  }
  if (number === '') number = from.number
  if (name === '') name = from.name
  if (number === '') anonymous = true
  return { kind: 'trunk', trunk, number, name: anonymous ? '' : name, anonymous }
}

function addressOf(value: string): { readonly uri: Uri | null; readonly number: string; readonly name: string } {
  const address: NameAddress | null = parseNameAddress(value)
  const uri = address === null ? null : parseUri(address.uri)
  if (address === null || uri === null) return { uri: null, number: '', name: '' }
  const user = withoutUserParameters(decodeUser(uri.user) ?? '')
  const usable = user !== '' && user.toLowerCase() !== 'anonymous' && user.length <= 64
  return { uri, number: usable ? user : '', name: decodeText(address.displayName.slice(0, 256)) }
}

/** How many entries of Diversion and History-Info name numbers of ours: 5 are a loop (docs/forwarding.md). */
function ownDiversions(request: SipMessage, snapshot: Snapshot): number {
  if (!request.has(Header.diversion) && !request.has(Header.historyInfo)) return 0
  return Math.max(
    ownEntries(request.headers(Header.diversion), snapshot),
    ownEntries(request.headers(Header.historyInfo), snapshot),
  )
}

function ownEntries(lines: readonly string[], snapshot: Snapshot): number {
  let count = 0
  for (const line of lines) {
    for (const value of splitList(line)) {
      const { number } = addressOf(value)
      const digits = number.startsWith('+') ? number : `+${number}`
      if (snapshot.phoneNumbers.get(digits) !== undefined) count++
    }
  }
  return count
}
