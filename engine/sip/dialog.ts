/**
 * Dialogs (RFC 3261 §12): what two user agents must remember of each other, how requests inside are made and how those
 * received are checked. State is plain and can be written to one line and read back.
 */
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { endOfQuoted, findParameter, parametersStart, splitList } from './message.ts'
import type { OutgoingRequest } from './request.ts'
import { newBranch } from './request.ts'
import type { RequestSigner } from './signed-requests.ts'
import type { Flow, Network, Random, Transport } from './transport.ts'
import { bracketed, parseNameAddress, parseUri, uriParameter } from './uri.ts'

/** Divides the route set: no header has a bare CR, but a URI can have anything else. */
const routeSeparator = '\r'

const noRoutes: readonly string[] = []

/**
 * What stays the same in a dialog is one text, from which the fields are cut when they are asked for: it is what the
 * journal is given, and for the collector of garbage one object instead of ten, which tens of thousands of calls make
 * (docs/decisions/0058-fewer-objects-live-on.md).
 */
export class Dialog {
  /** Call-ID, tags, addresses, target and route set, one in a line. */
  #text: string
  readonly #callIdEnd: number
  readonly #localTagEnd: number
  readonly #remoteTagEnd: number
  readonly #localAddressEnd: number
  readonly #remoteAddressEnd: number
  #remoteTargetEnd: number
  /** Number of the newest request sent; 0 before the first. */
  localSequence: number
  /** Number of the newest request received; -1 before the first. */
  remoteSequence: number
  /** Where the peer signals. */
  flow: Flow
  /** Signs our requests, where the peer may ask who we are; not kept over restarts. */
  signer: RequestSigner | null

  constructor(parts: DialogParts) {
    const { callId, localTag, remoteTag, localAddress, remoteAddress, remoteTarget, routeSet } = parts
    const routes = routeSet.length === 0 ? '' : routeSet.join(routeSeparator)
    // They are cut from messages, which would be kept for as long as the dialog: what is joined is a text of its own.
    this.#text = [callId, localTag, remoteTag, localAddress, remoteAddress, remoteTarget, routes].join('\n')
    this.#callIdEnd = callId.length
    this.#localTagEnd = this.#callIdEnd + 1 + localTag.length
    this.#remoteTagEnd = this.#localTagEnd + 1 + remoteTag.length
    this.#localAddressEnd = this.#remoteTagEnd + 1 + localAddress.length
    this.#remoteAddressEnd = this.#localAddressEnd + 1 + remoteAddress.length
    this.#remoteTargetEnd = this.#remoteAddressEnd + 1 + remoteTarget.length
    this.localSequence = parts.localSequence
    this.remoteSequence = parts.remoteSequence
    this.flow = parts.flow
    this.signer = null
  }

  get callId(): string {
    return this.#text.slice(0, this.#callIdEnd)
  }

  get localTag(): string {
    return this.#text.slice(this.#callIdEnd + 1, this.#localTagEnd)
  }

  /** '' in a dialog that a peer without tags began (RFC 2543) or while no response named one. */
  get remoteTag(): string {
    return this.#text.slice(this.#localTagEnd + 1, this.#remoteTagEnd)
  }

  /** Our From or To value without its tag. */
  get localAddress(): string {
    return this.#text.slice(this.#remoteTagEnd + 1, this.#localAddressEnd)
  }

  get remoteAddress(): string {
    return this.#text.slice(this.#localAddressEnd + 1, this.#remoteAddressEnd)
  }

  /** URI of the peer's Contact. */
  get remoteTarget(): string {
    return this.#text.slice(this.#remoteAddressEnd + 1, this.#remoteTargetEnd)
  }

  set remoteTarget(uri: string) {
    if (uri === this.remoteTarget) return
    const text = this.#text
    this.#text = [text.slice(0, this.#remoteAddressEnd + 1), uri, text.slice(this.#remoteTargetEnd)].join('')
    this.#remoteTargetEnd = this.#remoteAddressEnd + 1 + uri.length
  }

  /** URIs with brackets in the order in which they are visited. */
  get routeSet(): readonly string[] {
    const start = this.#remoteTargetEnd + 1
    return start === this.#text.length ? noRoutes : this.#text.slice(start).split(routeSeparator)
  }

  /** Its fields up to the route set, one in a line. */
  get text(): string {
    return this.#text
  }

  /** Does an incoming request or response with this remote tag belong here (§12.2.2)? */
  matches(callId: string, remoteTag: string): boolean {
    const text = this.#text
    return (
      callId.length === this.#callIdEnd &&
      remoteTag.length === this.#remoteTagEnd - this.#localTagEnd - 1 &&
      text.startsWith(callId) &&
      text.startsWith(remoteTag, this.#localTagEnd + 1)
    )
  }

  /**
   * Takes the CSeq of a request received (§12.2.2).
   * @returns false if it is out of order, which is owed a 500
   */
  acceptSequence(sequence: number): boolean {
    if (this.remoteSequence >= 0 && sequence <= this.remoteSequence) return false
    this.remoteSequence = sequence
    return true
  }

  /** A re-INVITE or UPDATE, or the answer to one, moves the peer's target (§12.2.1.2, §12.2.2). */
  refreshTarget(message: SipMessage): void {
    const contact = contactUri(message)
    if (contact !== '') this.remoteTarget = contact
  }
}

export interface DialogParts {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  readonly localAddress: string
  readonly remoteAddress: string
  readonly remoteTarget: string
  readonly routeSet: readonly string[]
  readonly localSequence: number
  readonly remoteSequence: number
  readonly flow: Flow
}

/** The dialog that our answer with `localTag` makes of a request received (§12.1.1). */
export function dialogOfRequest(request: SipMessage, localTag: string, flow: Flow): Dialog {
  // An INVITE without Contact breaks §8.1.1.8, but its sender can still be told goodbye.
  const target = contactUri(request) || unbroken(parseNameAddress(request.from)?.uri ?? '') || uriOfPeer(flow)
  return new Dialog({
    callId: request.callId,
    localTag,
    remoteTag: request.fromTag,
    localAddress: withoutTag(request.to),
    remoteAddress: withoutTag(request.from),
    remoteTarget: target,
    routeSet: recordedRoute(request),
    localSequence: 0,
    remoteSequence: request.cseq,
    flow,
  })
}

/**
 * The dialog that a response makes of a request we sent (§12.1.2); everything it needs of the request is repeated in
 * the response. `flow`: where the request went.
 */
export function dialogOfResponse(response: SipMessage, flow: Flow): Dialog {
  // A 2xx without Contact breaks §12.1.1, but its sender can still be told goodbye.
  const target = contactUri(response) || unbroken(parseNameAddress(response.to)?.uri ?? '') || uriOfPeer(flow)
  const routes = recordedRoute(response)
  return new Dialog({
    callId: response.callId,
    localTag: response.fromTag,
    remoteTag: response.toTag,
    localAddress: withoutTag(response.from),
    remoteAddress: withoutTag(response.to),
    remoteTarget: target,
    routeSet: routes.length < 2 ? routes : [...routes].reverse(),
    localSequence: response.cseq,
    remoteSequence: -1,
    flow,
  })
}

/**
 * A request inside the dialog (§12.2.1.1); every method but ACK takes the next sequence number.
 * @param headers whole further lines with CRLF
 */
export function requestWithin(
  dialog: Dialog,
  method: string,
  maxForwards: number,
  headers: string,
  body: string,
  network: Network,
  random: Random,
): OutgoingRequest {
  dialog.localSequence++
  return build(dialog, method, dialog.localSequence, maxForwards, headers, body, network, random)
}

/** The ACK of the 2xx to the INVITE with number `sequence` (§13.2.2.4). */
export function ackWithin(
  dialog: Dialog,
  sequence: number,
  headers: string,
  body: string,
  network: Network,
  random: Random,
): OutgoingRequest {
  return build(dialog, 'ACK', sequence, 70, headers, body, network, random)
}

function build(
  dialog: Dialog,
  method: string,
  cseq: number,
  maxForwards: number,
  headers: string,
  body: string,
  network: Network,
  random: Random,
): OutgoingRequest {
  const { routeSet } = dialog
  const first = routeSet[0]
  let requestUri = dialog.remoteTarget
  let route = ''
  if (first !== undefined) {
    const routes = [...routeSet]
    if (!isLooseRouter(first)) {
      // §12.2.1.1: a strict router wants its own URI in the request line and the target at the end of the route.
      routes.shift()
      routes.push(`<${requestUri}>`)
      requestUri = first.slice(1, first.indexOf('>'))
    }
    for (const uri of routes) route += `Route: ${uri}\r\n`
  }
  const { remoteTag } = dialog
  return {
    method,
    requestUri,
    transport: dialog.flow.transport,
    sentBy: network.advertised(dialog.flow),
    branch: newBranch(random),
    from: `${dialog.localAddress};tag=${dialog.localTag}`,
    to: remoteTag === '' ? dialog.remoteAddress : `${dialog.remoteAddress};tag=${remoteTag}`,
    callId: dialog.callId,
    cseq,
    route,
    maxForwards,
    headers,
    body,
  }
}

function isLooseRouter(route: string): boolean {
  const uri = parseUri(route.slice(1, route.indexOf('>')))
  return uri !== null && uriParameter(uri, 'lr') !== undefined
}

/** URIs of Record-Route in brackets, from the top down. */
function recordedRoute(message: SipMessage): readonly string[] {
  if (!message.has(Header.recordRoute)) return noRoutes
  const route: string[] = []
  for (const line of message.headers(Header.recordRoute)) {
    for (const value of splitList(line)) {
      const address = parseNameAddress(value)
      const scheme = parseUri(address?.uri ?? '')?.scheme
      // What is no SIP URI leads nowhere, and must not stand in a request line.
      if (address !== null && (scheme === 'sip' || scheme === 'sips')) route.push(`<${address.uri}>`)
    }
  }
  return route
}

/** URI of the first Contact, or '' where there is none or none that a request line can hold. */
export function contactUri(message: SipMessage): string {
  const value = message.header(Header.contact)
  if (value === '') return ''
  // The usual form has one bracketed URI and nothing before it.
  if (value.charCodeAt(0) === 60) {
    const close = value.indexOf('>')
    return close < 0 ? '' : unbroken(value.slice(1, close))
  }
  return unbroken(parseNameAddress(splitList(value, 1)[0] ?? '')?.uri ?? '')
}

/** `uri`, or '' where it would break a request line: blanks and control characters (§7.1). */
function unbroken(uri: string): string {
  for (let i = 0; i < uri.length; i++) if (uri.charCodeAt(i) <= 32 || uri.charCodeAt(i) === 127) return ''
  return uri
}

/** What is left to say of a peer who gave no URI that a request line can hold: where he is. */
function uriOfPeer(flow: Flow): string {
  return `sip:${bracketed(flow.address)}:${flow.port}`
}

/** The value of a From or To with all its parameters but the tag. */
export function withoutTag(address: string): string {
  let start = address.indexOf(';', parametersStart(address))
  if (start < 0) return address
  let kept = address.slice(0, start)
  while (start < address.length) {
    const end = parameterEnd(address, start + 1)
    const parameter = address.slice(start, end)
    if (findParameter(parameter, 0, 'tag') === undefined) kept += parameter
    start = end
  }
  return kept.trimEnd()
}

/** Index of the semicolon that ends the parameter at `start`, or the end of the text. */
function parameterEnd(text: string, start: number): number {
  let i = start
  while (i < text.length && text.charCodeAt(i) !== 59) i = text.charCodeAt(i) === 34 ? endOfQuoted(text, i) : i + 1
  return i
}

/** All state of the dialog in one text without line feeds but those that divide its fields. */
export function saveDialog(dialog: Dialog): string {
  return `${dialog.text}\n${dialog.localSequence} ${dialog.remoteSequence}\n${saveFlow(dialog.flow)}`
}

/** How many lines `saveDialog` writes. */
export const savedDialogLines = 9

/** Reads what `saveDialog` wrote; `null` where it is damaged. */
export function loadDialog(lines: readonly string[]): Dialog | null {
  const [callId, localTag, remoteTag, localAddress, remoteAddress, remoteTarget, routes, sequences, where] = lines
  if (callId === undefined || localTag === undefined || remoteTag === undefined) return null
  if (localAddress === undefined || remoteAddress === undefined || remoteTarget === undefined) return null
  if (routes === undefined || sequences === undefined || where === undefined) return null
  const [localSequence, remoteSequence] = sequences.split(' ').map(Number)
  const flow = loadFlow(where)
  if (localSequence === undefined || remoteSequence === undefined || flow === null) return null
  if (!Number.isInteger(localSequence) || !Number.isInteger(remoteSequence)) return null
  return new Dialog({
    callId,
    localTag,
    remoteTag,
    localAddress,
    remoteAddress,
    remoteTarget,
    routeSet: routes === '' ? [] : routes.split(routeSeparator),
    localSequence,
    remoteSequence,
    flow,
  })
}

/** A flow in one line. */
export function saveFlow(flow: Flow): string {
  const name = flow.serverName === undefined ? '' : ` ${flow.serverName}`
  return `${flow.transport} ${flow.listener} ${flow.address} ${flow.port} ${flow.connection}${name}`
}

/** Reads what `saveFlow` wrote; `null` where it is damaged. */
export function loadFlow(text: string): Flow | null {
  const [transport, listener, address, port, connection, serverName] = text.split(' ')
  if (!isTransport(transport) || address === undefined || connection === undefined) return null
  const flow: Flow = {
    transport,
    listener: Number(listener),
    address,
    port: Number(port),
    connection: Number(connection),
    ...(serverName === undefined ? {} : { serverName }),
  }
  return Number.isInteger(flow.listener) && Number.isInteger(flow.port) && Number.isInteger(flow.connection)
    ? flow
    : null
}

function isTransport(text: string | undefined): text is Transport {
  return text === 'UDP' || text === 'TCP' || text === 'TLS' || text === 'WS' || text === 'WSS'
}
