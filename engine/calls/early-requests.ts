import type { Dialog } from '../sip/dialog.ts'
import { dialogOfRequest } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { allowsMethod } from '../sip/option-tags.ts'
import { parseRAck } from '../sip/reliable-provisional.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import type { EarlyDialog } from './early-dialog.ts'
import { PassedRequest } from './passed-request.ts'
import type { UpdateOwner } from './passed-update.ts'
import { PassedUpdate } from './passed-update.ts'
import { allowHeader, allowLine, contactHeader, hasSessionDescription } from './passing.ts'
import type { ReliableResponses } from './reliable-responses.ts'
import type { CallServices } from './services.ts'
import type { PassingSound } from './sound/sound.ts'

/** What a request is answered whose sender has an offer open, or is owed an answer (RFC 3311 §5.2). */
export function retryLater(services: CallServices): string {
  return `Retry-After: ${Math.floor(services.random.fraction() * 10)}\r\n`
}

/** Who makes an offer in an early dialog whose sound passes through us. */
function passing({ sound }: EarlyDialog, from: 'caller' | 'callee'): PassingSound | null {
  return sound === null ? null : { sound, from: sound[from] }
}

/** Requests in a call that is not answered yet: PRACK, UPDATE and INFO between the caller and those who ring. */
export class EarlyRequests implements UpdateOwner {
  readonly #services: CallServices
  readonly #invite: SipMessage
  readonly #flow: Flow
  readonly #reliable: ReliableResponses | null
  /** The caller's early dialogs by our tag, and the phone behind each. */
  readonly #callers: Map<string, Dialog>
  readonly #phones: Map<string, EarlyDialog>
  readonly #callerTakesUpdate: boolean

  constructor(services: CallServices, invite: SipMessage, flow: Flow, reliable: ReliableResponses | null) {
    this.#services = services
    this.#invite = invite
    this.#flow = flow
    this.#reliable = reliable
    this.#callers = new Map()
    this.#phones = new Map()
    this.#callerTakesUpdate = allowsMethod(invite, 'UPDATE')
  }

  /** What is said under this tag comes from that phone. */
  link(tag: string, early: EarlyDialog): void {
    this.#phones.set(tag, early)
  }

  /** The caller's dialog under this tag, if anything was said in it. */
  known(tag: string): Dialog | undefined {
    return this.#callers.get(tag)
  }

  // --- from the caller

  /** Any request of the caller's but BYE, from where he may send it. */
  fromCaller(request: SipMessage, flow: Flow, tag: string): void {
    const { transactions } = this.#services
    const dialog = this.#callerDialog(tag)
    const inOrder = dialog.acceptSequence(request.cseq)
    if (request.method === 'INVITE') {
      // §14.2: the first one has no final response yet.
      const answer = transactions.acceptInvite(request, flow)
      answer.respond(500, reasonPhrase(500), '', retryLater(this.#services), '')
      return
    }
    if (!inOrder) {
      transactions.respondStateless(request, flow, 500, 'CSeq Out Of Order', '')
      return
    }
    switch (request.method) {
      case 'PRACK':
        this.#acknowledged(request, flow, tag)
        return
      case 'UPDATE':
        this.#updateFromCaller(request, flow, dialog, this.#phones.get(tag))
        return
      default:
        this.#passOther(request, flow, this.#phones.get(tag)?.dialog)
    }
  }

  #acknowledged(request: SipMessage, flow: Flow, tag: string): void {
    const server = this.#services.transactions.acceptRequest(request, flow)
    const rack = parseRAck(request.header(Header.rack))
    if (rack === null) {
      server.respond(400, 'Malformed RAck Header', '', '')
      return
    }
    const progress = this.#reliable?.take(tag, rack) ?? null
    if (progress === null) {
      server.respond(481, reasonPhrase(481), '', '')
      return
    }
    const { early, responseNumber } = progress
    if (early !== null && !early.over) {
      if (progress.body !== '') early.agreed = true
      early.passAcknowledgement(request, server, responseNumber)
    } else {
      // Nobody is left who could answer an offer; an answer needs none.
      const offers = hasSessionDescription(request) && hasSessionDescription(this.#invite)
      const status = offers ? 488 : 200
      server.respond(status, reasonPhrase(status), '', '')
    }
    this.#reliable?.goOn(tag)
  }

  #updateFromCaller(request: SipMessage, flow: Flow, dialog: Dialog, early: EarlyDialog | undefined): void {
    const { transactions } = this.#services
    const server = transactions.acceptRequest(request, flow)
    if (!hasSessionDescription(request)) {
      dialog.refreshTarget(request)
      server.respond(200, reasonPhrase(200), contactHeader(this.#services.network, dialog.flow) + allowLine, '')
    } else if (early === undefined || !early.agreed || early.update?.sender === dialog) {
      // RFC 3311 §5.2: his own offer has no answer yet.
      server.respond(500, reasonPhrase(500), retryLater(this.#services), '')
    } else if (early.update !== null) {
      server.respond(491, reasonPhrase(491), '', '')
    } else if (early.over || !early.allowsUpdate) {
      server.respond(488, reasonPhrase(488), '', '')
    } else {
      early.update = new PassedUpdate(
        this.#services,
        this,
        request,
        server,
        dialog,
        early.dialog,
        passing(early, 'caller'),
      )
      early.update.start()
    }
  }

  // --- from a phone that rings

  /** Any request of a phone's, from where it may send it. */
  fromPhone(early: EarlyDialog, request: SipMessage, flow: Flow): void {
    const { transactions, network } = this.#services
    if (!early.dialog.acceptSequence(request.cseq)) {
      transactions.respondStateless(request, flow, 500, 'CSeq Out Of Order', '')
      return
    }
    const caller = this.#callerOf(early)
    if (request.method !== 'UPDATE') {
      this.#passOther(request, flow, caller)
      return
    }
    const server = transactions.acceptRequest(request, flow)
    if (!hasSessionDescription(request)) {
      early.dialog.refreshTarget(request)
      const headers = contactHeader(network, early.dialog.flow) + allowHeader(this.#callerTakesUpdate)
      server.respond(200, reasonPhrase(200), headers, '')
    } else if (caller === undefined || !this.#callerTakesUpdate) {
      server.respond(488, reasonPhrase(488), '', '')
    } else if (early.update?.sender === early.dialog) {
      server.respond(500, reasonPhrase(500), retryLater(this.#services), '')
    } else if (!early.agreed || early.update !== null) {
      // RFC 3311 §5.2: an offer of ours has no answer yet.
      server.respond(491, reasonPhrase(491), '', '')
    } else {
      early.update = new PassedUpdate(
        this.#services,
        this,
        request,
        server,
        early.dialog,
        caller,
        passing(early, 'callee'),
      )
      early.update.start()
    }
  }

  // --- an UPDATE that passes

  updateHeaders(): string {
    // The session's timer is agreed with the answer.
    return ''
  }

  updateAccepted(update: PassedUpdate, response: SipMessage, answer: string): string {
    for (const early of this.#phones.values()) {
      if (early.update !== update) continue
      const phones = update.sender === early.dialog
      if (phones) {
        early.says(update.request, update.body)
        early.isTold(response, answer)
      } else {
        early.says(response, answer)
        early.isTold(update.request, update.body)
      }
    }
    return ''
  }

  updateOver(update: PassedUpdate): void {
    for (const early of this.#phones.values()) if (early.update === update) early.update = null
  }

  // --- parts

  #passOther(request: SipMessage, flow: Flow, to: Dialog | undefined): void {
    const { transactions } = this.#services
    const server = transactions.acceptRequest(request, flow)
    if (request.method === 'OPTIONS') server.respond(200, reasonPhrase(200), allowLine, '')
    else if (request.method === 'INFO' && to !== undefined) {
      PassedRequest.pass(this.#services, null, request, server, to, '', request.body, null)
    } else server.respond(405, reasonPhrase(405), allowLine, '')
  }

  #callerDialog(tag: string): Dialog {
    let dialog = this.#callers.get(tag)
    if (dialog === undefined) {
      dialog = dialogOfRequest(this.#invite, tag, this.#flow)
      this.#callers.set(tag, dialog)
    }
    return dialog
  }

  #callerOf(early: EarlyDialog): Dialog | undefined {
    for (const [tag, phone] of this.#phones) if (phone === early) return this.#callerDialog(tag)
    return undefined
  }
}
