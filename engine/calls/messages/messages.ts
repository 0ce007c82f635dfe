import type { User } from '../../config/snapshot.ts'
import type { RecoveredEntries } from '../../records/entries.ts'
import type { MessageEvents } from '../../records/message-events.ts'
import type { SignedIn } from '../../registrar/authenticate.ts'
import type { Binding } from '../../registrar/binding.ts'
import type { MessageRecipient } from '../../router/message-route.ts'
import { isMessagingOff, routeMessage } from '../../router/message-route.ts'
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { joinedKey, ownCopy } from '../../sip/own-copy.ts'
import type { OutgoingRequest } from '../../sip/request.ts'
import { reasonPhrase } from '../../sip/response.ts'
import { sipDate } from '../../sip/sip-date.ts'
import type { ClientTransactionUser } from '../../sip/transaction/parts.ts'
import type { Flow, TimerHandle, TimerOwner } from '../../sip/transport.ts'
import { escapeUser } from '../../sip/uri.ts'
import { attemptOfDevice } from '../attempt.ts'
import { longestDialled } from '../begun-call.ts'
import { newCallId } from '../call-id.ts'
import { fromForPhone } from '../identity.ts'
import { partyOfUser, recordedParty } from '../party.ts'
import { retryAfter } from '../retry-after.ts'
import type { CallServices } from '../services.ts'
import { tellsComposing } from './check-message.ts'
import type { MessageQueueOwner } from './message-queue.ts'
import { MessageQueue } from './message-queue.ts'
import { SenderLimit } from './sender-limit.ts'
import type { WaitingMessage } from './waiting-message.ts'
import { loadMessage, saveMessage } from './waiting-message.ts'

/** How long a message waits for a phone (ms): a week, and no longer than its sender says (RFC 3428 §7). */
const longestWait = 7 * 24 * 3600 * 1000
/** Messages that may wait for one user, and characters of all that wait. */
const mostForUser = 200
const mostCharacters = 32 * 1024 * 1024
/** Between two looks for messages whose time is over (ms). */
const sweepPause = 30_000
/** What a phone is asked to wait where no more messages can be kept (s). */
const fullRetry = 600

/**
 * Messages between users (RFC 3428, docs/messages.md). Each is taken with 202 when it is in the journal, so that none is
 * lost that its sender believes to be sent; it goes to the recipient's phones at once, or when one registers.
 */
export class Messages implements MessageQueueOwner, TimerOwner {
  readonly #services: CallServices
  readonly #events: MessageEvents | null
  readonly #limit = new SenderLimit()
  /** By the id of the user they are for. */
  readonly #queues = new Map<string, MessageQueue>()
  /**
   * Of messages that wait, with the number of those who are to get it: a copy of one that a process before this one took is
   * not taken again.
   */
  readonly #origins = new Map<string, number>()
  #waiting = 0
  #characters = 0
  #timer: TimerHandle | null = null
  /** Since the start. */
  #taken = 0
  #delivered = 0

  /** @param events for the history; `null`: none is kept */
  constructor(services: CallServices, events: MessageEvents | null) {
    this.#services = services
    this.#events = events
  }

  /** Messages that wait for their recipients: one to a group waits for each of its members. */
  get waiting(): number {
    return this.#waiting
  }

  /** For those who watch the server. */
  reading(): { readonly waiting: number; readonly taken: number; readonly delivered: number } {
    return { waiting: this.waiting, taken: this.#taken, delivered: this.#delivered }
  }

  /** A MESSAGE of a phone that has signed in. */
  received(request: SipMessage, flow: Flow, { device, user }: SignedIn): void {
    const { clock, snapshot, transactions, usage } = this.#services
    const now = clock.now()
    const server = transactions.acceptRequest(request, flow)
    const origin = joinedKey([request.callId, request.fromTag, String(request.cseq)])
    if (this.#origins.has(origin)) {
      server.respond(202, reasonPhrase(202), '', '')
      return
    }
    const wait = this.#limit.take(user.id, now)
    if (wait > 0) {
      server.respond(503, 'Too Many Messages', retryAfter(wait), '')
      return
    }
    const attempt = attemptOfDevice(request, device, user, (host) => this.#services.isOwnHost(host))
    if (attempt === null || attempt.dialled.length > longestDialled) {
      server.respond(404, reasonPhrase(404), '', '')
      return
    }
    const route = routeMessage(snapshot, usage, attempt, now)
    if (route.kind !== 'deliver') {
      server.respond(route.status, route.reason, '', '')
      return
    }
    const [first] = route.recipients
    const expires = request.has(Header.expires) ? Number(request.header(Header.expires)) * 1000 : longestWait
    const expiresAt = now + (expires >= 0 ? Math.min(expires, longestWait) : longestWait)
    // They may be views of the whole request.
    const [contentType, body] = [ownCopy(request.header(Header.contentType)), ownCopy(request.body)]
    const messageTo = ({ to, shown }: MessageRecipient): WaitingMessage => {
      const id = newCallId(clock, this.#services.random)
      return {
        id,
        to: to.id,
        from: fromForPhone(shown, to.pbx.domain),
        contentType,
        body,
        sentAt: now,
        expiresAt,
        origin,
      }
    }
    if (tellsComposing(request)) {
      for (const recipient of route.recipients) {
        const { to, discard } = recipient
        if (!discard && !isMessagingOff(snapshot, to)) this.#tellComposing(messageTo(recipient), to)
      }
      server.respond(202, reasonPhrase(202), '', '')
      return
    }
    const taking = route.recipients.filter(({ to }) => (this.#queues.get(to.id)?.length ?? 0) < mostForUser)
    if (taking.length === 0 || first === undefined) {
      server.respond(480, 'Too Many Messages Wait For This User', retryAfter(fullRetry), '')
      return
    }
    if (this.#characters + taking.length * sizeOf(messageTo(first)) > mostCharacters) {
      server.respond(503, 'Too Many Messages Wait', retryAfter(fullRetry), '')
      return
    }
    const from = recordedParty(partyOfUser(user))
    for (const recipient of taking) {
      const message = messageTo(recipient)
      const { id } = message
      const to = recordedParty(partyOfUser(recipient.to))
      this.#taken++
      this.#events?.taken({ id, at: now, from, to, dialled: attempt.dialled, contentType, body })
      if (recipient.discard) this.#events?.settled(id, now, 'discarded')
      else {
        this.#services.journal.put('message', id, saveMessage(message))
        this.#queue(message).advance()
      }
    }
    server.respond(202, reasonPhrase(202), '', '')
  }

  /** Takes up what the process before this one had not delivered. @returns how many */
  restore({ entries }: RecoveredEntries): number {
    for (const { kind, key, value } of entries) {
      if (kind !== 'message') continue
      const message = loadMessage(key, value)
      if (message !== null) this.#queue(message)
      else {
        this.#services.journal.remove('message', key)
        this.#services.log.error({ kind, key }, 'An entry of the journal cannot be read: what it stood for is lost')
      }
    }
    if (this.#queues.size > 0) {
      this.#services.whenConfigured(() => {
        for (const queue of [...this.#queues.values()]) queue.advance()
      })
    }
    return this.waiting
  }

  /** A phone of this user has registered. */
  phoneReturned(user: User): void {
    if (this.#queues.size === 0) return
    this.#queues.get(user.id)?.phonesReturned(user, this.#services.bindings.contactsOf(user))
  }

  /** Somebody may be gone, or may have messages again. */
  snapshotChanged(): void {
    const { snapshot, clock } = this.#services
    for (const queue of [...this.#queues.values()]) {
      if (snapshot.users.get(queue.userId) !== undefined) queue.advance()
      else for (const message of queue.messages) this.#giveUp(queue, message, clock.now())
    }
  }

  timerFired(): void {
    const now = this.#services.clock.now()
    this.#timer = null
    for (const queue of [...this.#queues.values()]) {
      for (const message of queue.messages) if (message.expiresAt <= now) this.#giveUp(queue, message, now)
    }
    this.#startSweep()
  }

  // --- for the queues

  reachable({ userId }: MessageQueue): readonly Binding[] {
    const { snapshot, bindings } = this.#services
    const user = snapshot.users.get(userId)
    if (user === undefined || !user.active || isMessagingOff(snapshot, user)) return []
    return bindings.contactsOf(user).filter(({ target }) => target !== null)
  }

  send(message: WaitingMessage, binding: Binding, user: ClientTransactionUser | null): void {
    const { snapshot, network, random, transactions } = this.#services
    const recipient = snapshot.users.get(message.to)
    const { target } = binding
    if (target === null || recipient === undefined) {
      user?.transportFailed()
      return
    }
    const { extension, primaryNumber, id, pbx } = recipient
    const request: OutgoingRequest = {
      method: 'MESSAGE',
      requestUri: binding.contact,
      transport: target.transport,
      sentBy: network.advertised(target),
      branch: transactions.newBranch(),
      from: `${message.from};tag=${random.token(12)}`,
      to: `<sip:${escapeUser(extension || primaryNumber || id)}@${pbx.domain}>`,
      // The same where it is sent once more, by whichever process: a phone can tell that it has it.
      callId: `${message.id}-${binding.serial}`,
      cseq: 1,
      route: binding.path === '' ? '' : `Route: ${binding.path}\r\n`,
      maxForwards: 70,
      headers: `Date: ${sipDate(message.sentAt)}\r\nContent-Type: ${message.contentType}\r\n`,
      body: message.body,
    }
    transactions.sendRequest(request, target, user)
  }

  messageDelivered(queue: MessageQueue, message: WaitingMessage): void {
    this.#delivered++
    this.#settled(queue, message, 'delivered', this.#services.clock.now())
  }

  queueEmptied(queue: MessageQueue): void {
    this.#queues.delete(queue.userId)
  }

  // --- parts

  #queue(message: WaitingMessage): MessageQueue {
    let queue = this.#queues.get(message.to)
    if (queue === undefined) {
      queue = new MessageQueue(message.to, this)
      this.#queues.set(message.to, queue)
    }
    queue.add(message)
    this.#origins.set(message.origin, (this.#origins.get(message.origin) ?? 0) + 1)
    this.#waiting++
    this.#characters += sizeOf(message)
    this.#startSweep()
    return queue
  }

  /** Nobody waits for it, and nobody gets it later. */
  #tellComposing(message: WaitingMessage, user: User): void {
    for (const binding of this.#services.bindings.contactsOf(user)) {
      if (binding.target !== null) this.send(message, binding, null)
    }
  }

  #giveUp(queue: MessageQueue, message: WaitingMessage, now: number): void {
    queue.remove(message)
    this.#settled(queue, message, 'expired', now)
  }

  #settled(queue: MessageQueue, message: WaitingMessage, state: 'delivered' | 'expired', now: number): void {
    this.#services.journal.remove('message', message.id)
    this.#events?.settled(message.id, now, state)
    const others = (this.#origins.get(message.origin) ?? 0) - 1
    if (others > 0) this.#origins.set(message.origin, others)
    else this.#origins.delete(message.origin)
    this.#waiting--
    this.#characters -= sizeOf(message)
    if (queue.idle) this.queueEmptied(queue)
  }

  #startSweep(): void {
    if (this.#queues.size > 0) this.#timer ??= this.#services.clock.start(sweepPause, this, 'messages')
  }
}

function sizeOf({ body, contentType, from }: WaitingMessage): number {
  return body.length + contentType.length + from.length + 200
}
