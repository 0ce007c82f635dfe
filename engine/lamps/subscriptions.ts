import type { Snapshot, User } from '../config/snapshot.ts'
import type { RecoveredEntries } from '../records/entries.ts'
import type { SignedIn } from '../registrar/authenticate.ts'
import type { Binding } from '../registrar/binding.ts'
import type { BindingWatcher } from '../registrar/bindings.ts'
import { isSameContact } from '../registrar/same-contact.ts'
import { dialogOfRequest, saveDialog } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import { reasonPhrase, responseFlow } from '../sip/response.ts'
import { isReliable } from '../sip/transaction/parts.ts'
import type { Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'
import { isSameFlow } from '../sip/transport.ts'
import { allowEventsLine, eventOf } from './event-packages.ts'
import { LampBoard } from './lamp-board.ts'
import type { LampSource } from './lamp-dialog.ts'
import type { Mailboxes } from './message-counts.ts'
import type { NotifierOwner } from './notifier.ts'
import { contactLine, Notifier } from './notifier.ts'
import type { Resource } from './resources.ts'
import { resourceNamed, resourceOf } from './resources.ts'
import type { SubscriptionServices } from './services.ts'
import { longestSubscription, secondsAsked, shortestSubscription } from './subscribe-checks.ts'
import type { EndReason } from './subscription.ts'
import { loadSubscription, Subscription } from './subscription.ts'
import { SubscriptionCounters } from './subscription-counters.ts'
import type { FullReason, SubscriptionLimits } from './subscription-table.ts'
import { SubscriptionTable } from './subscription-table.ts'
import type { SubscriptionView } from './subscription-view.ts'
import { subscriptionView } from './subscription-view.ts'
import { UnsolicitedMessages } from './unsolicited-messages.ts'
import type { PickupRight } from './watched-states.ts'
import { WatchedStates } from './watched-states.ts'

/** What is kept of one dialog is no longer than this: routes and tags are a phone's to choose. */
const longestDialog = 4096
/** Looked at in one slice after a new snapshot: about a millisecond. */
const subscriptionsPerSlice = 500
/** What is asked for above this is shortened by chance, by up to a tenth, so that phones do not come in step (s). */
const spreadAbove = 2 * shortestSubscription
/** What a phone is asked to wait where there are too many (s). */
const fullRetry = 60

export interface SubscriptionOptions {
  readonly limits: SubscriptionLimits
  readonly mailboxes: Mailboxes
  readonly mayPickUp: PickupRight
  /** Whether a lower-case host of a URI is an address or name of this server itself. */
  readonly isOwnHost: (host: string) => boolean
  /** All calls there are. */
  readonly everything: () => Iterable<LampSource>
}

/**
 * The notifier of RFC 6665: takes SUBSCRIBEs of phones, keeps what they watch over restarts, and tells them what changes.
 */
export class Subscriptions implements NotifierOwner, TimerOwner, BindingWatcher {
  /** Told by calls what changes. */
  readonly board: LampBoard
  readonly counters = new SubscriptionCounters()
  readonly #services: SubscriptionServices
  readonly #options: SubscriptionOptions
  readonly #table: SubscriptionTable
  readonly #notifier: Notifier
  readonly #unsolicited: UnsolicitedMessages
  #sweep: TimerHandle | null = null
  /** The subscriptions that a new configuration has still to be asked about. */
  #checking: { readonly left: Iterator<Subscription>; again: boolean } | null = null

  constructor(services: SubscriptionServices, options: SubscriptionOptions) {
    this.#services = services
    this.#options = options
    this.board = new LampBoard(options.everything, (key) => this.#changed(key))
    this.#table = new SubscriptionTable(options.limits, longestSubscription, services.clock.now())
    const { mailboxes, mayPickUp } = options
    const states = new WatchedStates({
      board: this.board,
      online: services.bindings,
      mailboxes,
      mayPickUp,
      snapshot: () => services.snapshot,
    })
    this.#notifier = new Notifier(services, states, this.counters, this)
    this.#unsolicited = new UnsolicitedMessages(services, mailboxes)
    services.bindings.presence = this
  }

  get size(): number {
    return this.#table.size
  }

  /** What is counted, for metrics. */
  reading() {
    const { begun, fetched, refused, expired, lost, notified, putOff } = this.counters
    return { current: this.#table.size, begun, fetched, refused, expired, lost, notified, putOff }
  }

  *views(): Generator<SubscriptionView> {
    for (const subscription of this.#table.all()) yield subscriptionView(subscription)
  }

  /** Whether our tag belongs to a subscription. */
  owns(localTag: string): boolean {
    return this.#table.get(localTag) !== undefined
  }

  // --- requests

  /** A SUBSCRIBE that begins something, of a phone that has signed in; `checkSubscribe` found nothing wrong with it. */
  subscribeReceived(request: SipMessage, flow: Flow, { device, user }: SignedIn): void {
    const { transactions, snapshot } = this.#services
    const server = transactions.acceptRequest(request, flow)
    const refuse = (status: number, phrase: string, headers = '') => server.respond(status, phrase, headers, '')
    const asked = eventOf(request)
    const resource = resourceNamed(snapshot, user, request.requestUri, this.#options.isOwnHost)
    const isThere = resource?.user !== null || asked?.event.name === 'dialog'
    if (asked === null || resource === null || !isThere) {
      refuse(404, reasonPhrase(404))
      return
    }
    if (asked.event.name === 'message-summary' && resource.user?.id !== user.id) {
      refuse(403, 'Not Your Mailbox')
      return
    }
    const dialog = dialogOfRequest(request, server.toTag, this.#keptFlow(device.id, responseFlow(request, flow)))
    if (saveDialog(dialog).length > longestDialog) {
      refuse(400, 'Headers Too Long')
      return
    }
    this.#forgetUnheard(device.id, request)
    const seconds = this.#granted(request)
    const full = seconds === 0 ? null : this.#table.full(device.id, user.id, flow.address)
    if (full !== null) {
      this.#refuseFull(full, refuse)
      return
    }
    const now = this.#services.clock.now()
    const subscription = new Subscription(
      {
        dialog,
        event: asked.event,
        eventId: ownCopy(asked.eventId),
        key: resource.key,
        sipUserName: device.sipUserName,
        deviceId: device.id,
        userId: user.id,
        begunAt: now,
        expiresAt: now + seconds * 1000,
      },
      this.#notifier,
    )
    // RFC 6665 §4.4.3: no time at all asks for the state once.
    if (seconds === 0) {
      this.counters.fetched++
      subscription.ended = 'timeout'
    } else {
      this.counters.begun++
      this.#add(subscription)
      this.#services.journal.put('subscription', subscription.id, subscription.save())
    }
    server.respond(200, reasonPhrase(200), this.#acceptedHeaders(request, subscription, seconds), '')
    this.#notifier.tell(subscription)
  }

  /**
   * A request in a dialog that is no call's.
   *
   * @returns false if it is no subscription's either
   */
  requestReceived(request: SipMessage, flow: Flow): boolean {
    const subscription = this.#table.get(request.toTag)
    if (subscription === undefined || subscription.ended !== null) return false
    const { dialog, userId, event, eventId } = subscription
    if (!dialog.matches(request.callId, request.fromTag)) return false
    const { transactions } = this.#services
    if (!this.#services.admits(request, flow, dialog.flow, { kind: 'user', id: userId, title: '' })) return true
    const server = transactions.acceptRequest(request, flow)
    // The process that answered it may have died before its answer arrived.
    const isCopy = subscription.resumed && request.cseq === dialog.remoteSequence
    if (!isCopy && !dialog.acceptSequence(request.cseq)) {
      server.respond(500, 'CSeq Out Of Order', '', '')
      return true
    }
    if (request.method !== 'SUBSCRIBE') {
      server.respond(405, reasonPhrase(405), 'Allow: SUBSCRIBE\r\n', '')
      return true
    }
    const asked = eventOf(request)
    if (asked?.event !== event || asked.eventId !== eventId) {
      // Two subscriptions of one dialog (RFC 6665 §4.5.2) are nothing that anybody needs.
      server.respond(489, 'Bad Event', allowEventsLine, '')
      return true
    }
    subscription.resumed = false
    dialog.refreshTarget(request)
    this.#table.move(subscription, this.#keptFlow(subscription.deviceId, responseFlow(request, flow)))
    const seconds = this.#granted(request)
    server.respond(200, reasonPhrase(200), this.#acceptedHeaders(request, subscription, seconds), '')
    if (seconds === 0) this.#end(subscription, 'timeout')
    else {
      this.#table.prolong(subscription, this.#services.clock.now() + seconds * 1000)
      this.#services.journal.put('subscription', subscription.id, subscription.save())
      this.#notifier.tell(subscription)
    }
    return true
  }

  // --- what happens elsewhere

  /** The messages of a user's mailbox have changed. */
  messagesChanged(userId: string): void {
    this.#changed(userId)
    this.#unsolicited.changed(userId)
  }

  bindingAdded(binding: Binding): void {
    const userId = this.#userOf(binding)
    if (userId === '') return
    this.#changed(userId)
    this.#unsolicited.registered(userId, binding)
  }

  bindingRemoved(binding: Binding): void {
    const userId = this.#userOf(binding)
    if (userId !== '') this.#changed(userId)
  }

  connectionLost(connection: number): void {
    for (const subscription of this.#table.takeConnection(connection)) this.#loseFlow(subscription)
  }

  /** A phone has registered by `flow`: perhaps one that had lost its connection. */
  phoneReturned(deviceId: string, flow: Flow): void {
    for (const subscription of this.#table.ofDevice(deviceId)) {
      // What it was told where it was before a restart may have been told to whoever is there now.
      if (flow.connection !== 0 && isGuess(subscription.dialog.flow, flow)) this.#loseFlow(subscription)
      // One that is just being told where the phone was before is told again when that fails.
      if (subscription.flowLost || subscription.underWay !== null) subscription.failures = 0
      if (subscription.flowLost) this.#notifier.want(subscription)
    }
  }

  /** Another configuration is in force: what must not go on ends, and what changed is told, in slices between other events. */
  snapshotChanged(): void {
    if (this.#checking !== null) this.#checking.again = true
    else {
      this.#checking = { left: this.#table.all(), again: false }
      this.#checkSlice()
    }
  }

  /** Takes up what the process before this one kept. Everybody is told anew when a configuration is in force. */
  restore(recovered: RecoveredEntries): number {
    const now = this.#services.clock.now()
    const { journal, log } = this.#services
    let restored = 0
    for (const { kind, key, value } of recovered.entries) {
      if (kind !== 'subscription') continue
      const subscription = loadSubscription(value, this.#notifier)
      if (subscription === null || subscription.expiresAt <= now) {
        if (subscription === null) log.error({ kind, key }, 'An entry of the journal cannot be read: it is lost')
        journal.remove('subscription', key)
        continue
      }
      restored++
      if (isReliable(subscription.dialog.flow)) this.#loseFlow(subscription)
      this.#add(subscription)
      this.#notifier.want(subscription)
    }
    return restored
  }

  timerFired(name: string): void {
    if (name === 'check') {
      this.#checkSlice()
      return
    }
    this.#sweep = null
    for (const subscription of this.#table.takeExpired(this.#services.clock.now())) {
      this.counters.expired++
      this.#end(subscription, 'timeout')
    }
    this.#startSweep()
  }

  // --- for the notifier

  subscriptionLost(subscription: Subscription, why: string): void {
    if (this.#forget(subscription)) {
      this.counters.lost++
      const { event, key, sipUserName } = subscription
      this.#services.log.info(
        { event: event.name, watched: key, phone: sipUserName, why },
        'A subscription is given up',
      )
    }
  }

  subscriptionOver(subscription: Subscription): void {
    this.#forget(subscription)
  }

  findFlow(subscription: Subscription): boolean {
    if (!this.#services.ready) return false
    const { bindings, snapshot } = this.#services
    const { dialog, sipUserName, deviceId } = subscription
    const device = snapshot.devicesBySipUserName.get(sipUserName)
    if (device === undefined || device.id !== deviceId) return false
    // The newest first: where it was before it may not listen any more.
    let found: Flow | null = null
    for (const { contact, received, target, flowLost } of bindings.ofDevice(device)) {
      if (target === null || target.transport !== dialog.flow.transport || (flowLost && found !== null)) continue
      if (isSameContact(contact, dialog.remoteTarget) || received.address === dialog.flow.address) found = target
    }
    if (found === null) return false
    this.#table.move(subscription, found)
    subscription.told = null
    return true
  }

  // --- steps of the above

  #add(subscription: Subscription): void {
    this.#table.add(subscription)
    if (subscription.event.name !== 'message-summary') this.board.watch(subscription.key)
    this.#startSweep()
  }

  /** @returns false if it was forgotten already */
  #forget(subscription: Subscription): boolean {
    if (this.#table.get(subscription.id) !== subscription) return false
    this.#table.remove(subscription)
    subscription.over = true
    subscription.underWay = null
    if (subscription.event.name !== 'message-summary') this.board.unwatch(subscription.key)
    this.#services.journal.remove('subscription', subscription.id)
    if (subscription.timer !== null) this.#services.clock.stop(subscription.timer)
    subscription.timer = null
    return true
  }

  /** A process died before its phone heard that this very SUBSCRIBE was taken: it comes again, and begins anew. */
  #forgetUnheard(deviceId: string, { callId, fromTag }: SipMessage): void {
    for (const subscription of this.#table.ofDevice(deviceId)) {
      if (subscription.resumed && subscription.dialog.matches(callId, fromTag)) this.#forget(subscription)
    }
  }

  #end(subscription: Subscription, reason: EndReason): void {
    subscription.ended ??= reason
    this.#notifier.end(subscription)
  }

  #loseFlow(subscription: Subscription): void {
    subscription.flowLost = true
    subscription.told = null
    subscription.underWay = null
    this.#notifier.want(subscription)
  }

  /** Whose phone it is; '' for nobody's. */
  #userOf({ device }: Binding): string {
    if (!this.#services.ready) return ''
    return this.#services.snapshot.devicesBySipUserName.get(device.sipUserName)?.userId ?? ''
  }

  #changed(key: string): void {
    for (const subscription of this.#table.ofKey(key)) this.#notifier.want(subscription)
  }

  #startSweep(): void {
    if (this.#sweep === null && this.#table.size > 0) this.#sweep = this.#services.clock.start(1000, this, 'sweep')
  }

  #checkSlice(): void {
    if (this.#checking === null) return
    const { left, again } = this.#checking
    const { snapshot, clock } = this.#services
    for (let count = 0; count < subscriptionsPerSlice; count++) {
      const next = left.next()
      if (next.done === true) {
        this.#checking = null
        if (again) this.snapshotChanged()
        return
      }
      const reason = reasonToEnd(snapshot, next.value)
      if (reason === null) this.#notifier.want(next.value)
      else this.#end(next.value, reason)
    }
    clock.start(1, this, 'check')
  }

  #granted(request: SipMessage): number {
    const asked = secondsAsked(request)
    if (asked <= spreadAbove) return asked
    return Math.max(spreadAbove, Math.floor(asked * (1 - this.#services.random.fraction() / 10)))
  }

  #refuseFull(reason: FullReason, refuse: (status: number, phrase: string, headers?: string) => void): void {
    this.counters.refused[reason]++
    // What a phone or user has too many of does not get better by waiting.
    if (reason === 'device' || reason === 'user') refuse(403, 'Too Many Subscriptions')
    else refuse(503, 'Too Many Subscriptions', `Retry-After: ${fullRetry}\r\n`)
  }

  #acceptedHeaders(request: SipMessage, { dialog }: Subscription, seconds: number): string {
    const contact = contactLine(this.#services.network.advertised(dialog.flow), dialog)
    // RFC 3261 §12.1.1: whoever subscribes learns the route from it.
    const route = request.toTag === '' ? request.lines(Header.recordRoute) : ''
    return `${route}${contact}Expires: ${seconds}\r\n${allowEventsLine}`
  }

  /** A flow whose address does not hold the message it came with; the subscriptions of one phone share it. */
  #keptFlow(deviceId: string, flow: Flow): Flow {
    for (const { dialog } of this.#table.ofDevice(deviceId)) {
      if (isSameFlow(dialog.flow, flow)) return dialog.flow
      break
    }
    return { ...flow, address: ownCopy(flow.address) }
  }
}

/** Whether `flow` leads by no connection that a phone made to where one of them, who is here by `now`, may have been. */
function isGuess(flow: Flow, now: Flow): boolean {
  return flow.connection === 0 && flow.transport === now.transport && flow.address === now.address
}

/** Why a subscription cannot go on in this configuration; `null` where it can. */
function reasonToEnd(snapshot: Snapshot, subscription: Subscription): EndReason | null {
  const { sipUserName, deviceId, userId, key, event } = subscription
  const resource: Resource | null = resourceOf(snapshot, key)
  if (resource === null) return 'noresource'
  const device = snapshot.devicesBySipUserName.get(sipUserName)
  const watcher: User | undefined = snapshot.users.get(userId)
  if (device?.id !== deviceId || device.userId !== userId || watcher === undefined) return 'rejected'
  if (watcher.pbx.account.id !== resource.account.id) return 'rejected'
  return event.name === 'message-summary' && key !== userId ? 'rejected' : null
}
