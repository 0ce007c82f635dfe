/**
 * What a registrar does with one REGISTER (RFC 3261 §10.3) whose sender is already authenticated as a device.
 */
import type { Device } from '../config/snapshot.ts'
import { findParameter, splitList } from '../sip/message.ts'
import type { Flow, Random } from '../sip/transport.ts'
import { isPrivate } from '../sip/transport.ts'
import type { Uri } from '../sip/uri.ts'
import { decodeUser, parseNameAddress, parseUri, uriParameter } from '../sip/uri.ts'
import type { SignedIn } from './authenticate.ts'
import { namesSource } from './binding.ts'
import type { Bindings, ContactChange } from './bindings.ts'
import type { OutboundWish } from './outbound.ts'
import { keepsFlow } from './outbound.ts'

/** Option tags that a REGISTER may require (RFC 3327, RFC 5626; gruu is not offered). */
export const registerOptionTags: readonly string[] = ['path', 'outbound']

/** The parts of a REGISTER that count, as they stand in the message; '' and [] for what is missing. */
export interface RegisterRequest {
  readonly to: string
  readonly callId: string
  readonly cseq: number
  /** All lines, lists not taken apart. */
  readonly contacts: readonly string[]
  readonly expires: string
  readonly path: readonly string[]
  readonly userAgent: string
  /** Where it came from. */
  readonly flow: Flow
  /** Whether its topmost Via asked for symmetric responses (RFC 3581). */
  readonly rport: boolean
  /** How many Via it has. */
  readonly vias: number
  readonly outbound: OutboundWish
}

export interface RegisterAnswer {
  readonly status: number
  readonly reason: string
  /** Whole header lines with CRLF, or ''. */
  readonly headers: string
}

export interface RegisterOptions {
  /** Seconds: shorter ones get 423. */
  readonly shortest: number
  /** Seconds: longer ones are cut to this. Also the default. */
  readonly longest: number
  /** Seconds: above this the granted time is shortened by chance, by up to a tenth, so that phones do not come in step. */
  readonly spreadAbove: number
  /** Contacts for each device, and in one request. */
  readonly contacts: number
}

export const defaultRegisterOptions: RegisterOptions = { shortest: 60, longest: 3600, spreadAbove: 120, contacts: 10 }

const longestContact = 512
const longestPath = 1024
const longestName = 256
/** Longer ones are not kept whole; they are shown to people only. */
const longestUserAgent = 128

/** Handles one REGISTER. `isOwnHost`: whether a lower-case host is an address or name of this server itself. `now` in ms. */
export function register(
  bindings: Bindings,
  options: RegisterOptions,
  random: Random,
  isOwnHost: (host: string) => boolean,
  signedIn: SignedIn,
  request: RegisterRequest,
  now: number,
): RegisterAnswer {
  const { device, user: owner } = signedIn
  const target = parseUri(parseNameAddress(request.to)?.uri ?? '')
  if (target === null) return refuse(400, 'Malformed To')
  const user = decodeUser(target.user)
  const isOurs = target.host === owner.pbx.domain || isOwnHost(target.host)
  const { extension } = owner
  const isDevices = user === device.sipUserName || (extension !== '' && user === extension)
  if (!isOurs || !isDevices) return refuse(403, 'Not Your Address of Record')
  if (request.callId === '' || !isStorable(request.callId, longestName)) return refuse(400, 'Malformed Call-ID')
  if (request.cseq < 0) return refuse(400, 'Malformed CSeq')
  const path = request.path.join(', ')
  if (!isStorable(path, longestPath)) return refuse(400, 'Malformed Path')
  let firstHop: Uri | null = null
  for (const hop of splitList(path)) {
    const uri = parseUri(parseNameAddress(hop)?.uri ?? '')
    if (uri === null || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return refuse(400, 'Malformed Path')
    firstHop ??= uri
  }
  // RFC 5626 §6 has 439 also for phones that only support it. They would not register at all behind the many proxies
  // that do not speak it; without outbound they are served as ever, so only those that insist are refused.
  const keeps = keepsFlow(path, request.vias)
  if (request.outbound === 'required' && !keeps) return refuse(439, 'First Hop Lacks Outbound Support')

  const contacts: string[] = []
  for (const line of request.contacts) contacts.push(...splitList(line, options.contacts + 1))
  if (contacts.length > options.contacts) return refuse(403, 'Too Many Contacts')
  const { callId, cseq } = request
  let result: 'updated' | 'out-of-order' = 'updated'
  let flows = false
  if (contacts.some((contact) => contact === '*')) {
    // §10.3 step 6.
    if (contacts.length > 1) return refuse(400, 'Contact * Must Stand Alone')
    if (!/^0+$/.test(request.expires)) return refuse(400, 'Contact * Needs Expires 0')
    result = bindings.removeAll(device, callId, cseq)
  } else if (contacts.length > 0) {
    const changes: ContactChange[] = []
    for (const contact of contacts) {
      const change = readContact(contact, options, random, firstHop, keeps, request, now)
      if ('status' in change) return change
      flows ||= change.regId > 0
      changes.push(change)
    }
    const userAgent = printable(request.userAgent.slice(0, longestUserAgent))
    result = bindings.update(device, { path, callId, cseq, userAgent, received: request.flow }, changes)
  }
  if (result === 'out-of-order') return refuse(500, 'CSeq Out of Order')
  return {
    status: 200,
    reason: 'OK',
    headers: (flows && request.outbound !== 'no' ? 'Require: outbound\r\n' : '') + listing(bindings, device, path, now),
  }
}

function readContact(
  text: string,
  options: RegisterOptions,
  random: Random,
  firstHop: Uri | null,
  keepsFlow: boolean,
  request: RegisterRequest,
  now: number,
): ContactChange | RegisterAnswer {
  const address = parseNameAddress(text)
  const uri = address === null ? null : parseUri(address.uri)
  if (address === null || uri === null || !isStorable(address.uri, longestContact) || /[<>"]/.test(address.uri)) {
    return refuse(400, 'Malformed Contact')
  }
  if (uri.scheme !== 'sip' && !(uri.scheme === 'sips' && isPrivate(request.flow)))
    return refuse(400, 'Contact Must Be a sip URI')
  const transport = uriParameter(uri, 'transport')?.toLowerCase()
  if (transport !== undefined && !transports.includes(transport)) return refuse(400, 'Contact With Unknown Transport')
  const { parameters } = address
  const asked = seconds(findParameter(parameters, 0, 'expires') ?? request.expires, options.longest)
  // §10.3 step 7. The hour of that text is our own limit: what is asked above it is cut, not refused.
  if (asked > 0 && asked < options.shortest) {
    return { status: 423, reason: 'Interval Too Brief', headers: `Min-Expires: ${options.shortest}\r\n` }
  }
  const instanceId = findParameter(parameters, 0, '+sip.instance') ?? ''
  const q = findParameter(parameters, 0, 'q') ?? ''
  const regId = findParameter(parameters, 0, 'reg-id') ?? '0'
  // They come back in quotes, so nothing in them may end these.
  if (!isStorable(instanceId, longestName) || /["\\]/.test(instanceId)) return refuse(400, 'Malformed Contact')
  if (!/^(?:|0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) || !/^\d{1,9}$/.test(regId)) {
    return refuse(400, 'Malformed Contact')
  }
  return {
    contact: address.uri,
    instanceId,
    // Without an instance, or where the flow does not lead to the phone, it names nothing (RFC 5626 §6).
    regId: keepsFlow && instanceId !== '' ? Number(regId) : 0,
    q,
    // Behind a proxy that added itself to Path it is that proxy whom we reach.
    behindNat: firstHop === null && !namesSource(uri.host, uri.port, request.flow, request.rport),
    port: (firstHop ?? uri).port || (request.flow.transport === 'TLS' ? 5061 : 5060),
    expiresAt: now + 1000 * granted(asked, options, random),
  }
}

const transports: readonly string[] = ['udp', 'tcp', 'tls', 'ws', 'wss']

/** Delta-seconds; what is missing or malformed counts as the default (RFC 3261 §20.19, §10.2.1.1), cut to the longest. */
function seconds(text: string, longest: number): number {
  return /^\d+$/.test(text) ? Math.min(Number(text), longest) : longest
}

function granted(asked: number, options: RegisterOptions, random: Random): number {
  if (asked <= options.spreadAbove) return asked
  return Math.max(options.spreadAbove, Math.floor(asked * (1 - random.fraction() / 10)))
}

/** All contacts the device has now (§10.3 step 8), and the Path that was taken over (RFC 3327 §5.3). */
function listing(bindings: Bindings, device: Device, path: string, now: number): string {
  let headers = path === '' ? '' : `Path: ${path}\r\n`
  for (const binding of bindings.ofDevice(device)) {
    // One that ran out within the last second waits for the sweep.
    if (binding.expiresAt <= now) continue
    headers += `Contact: <${binding.contact}>;expires=${Math.ceil((binding.expiresAt - now) / 1000)}`
    if (binding.q !== '') headers += `;q=${binding.q}`
    if (binding.instanceId !== '') headers += `;+sip.instance="${binding.instanceId}"`
    if (binding.regId > 0) headers += `;reg-id=${binding.regId}`
    headers += '\r\n'
  }
  return headers
}

function refuse(status: number, reason: string): RegisterAnswer {
  return { status, reason, headers: '' }
}

/** Bindings are saved as lines: no control characters in what is kept. */
function isStorable(text: string, longest: number): boolean {
  if (text.length > longest) return false
  for (let index = 0; index < text.length; index++) if (isControl(text.charCodeAt(index))) return false
  return true
}

function printable(text: string): string {
  if (isStorable(text, text.length)) return text
  let result = ''
  for (const character of text) result += isControl(character.charCodeAt(0)) ? ' ' : character
  return result
}

function isControl(code: number): boolean {
  return code < 32 || code === 127
}
