import type { Snapshot } from '../config/snapshot.ts'
import { allowEventsLine } from '../lamps/event-packages.ts'
import { emptyMailboxes } from '../lamps/message-counts.ts'
import { checkSubscribe } from '../lamps/subscribe-checks.ts'
import { defaultSubscriptionLimits } from '../lamps/subscription-table.ts'
import { Subscriptions } from '../lamps/subscriptions.ts'
import type { CallEvents } from '../records/call-events.ts'
import type { Journal, RecoveredEntries } from '../records/entries.ts'
import type { MessageEvents } from '../records/message-events.ts'
import { Bindings } from '../registrar/bindings.ts'
import { outboundWish } from '../registrar/outbound.ts'
import { defaultRegisterOptions, register, registerOptionTags } from '../registrar/register.ts'
import { defaultSignInLimits, SignInGuard } from '../registrar/sign-in-guard.ts'
import { mayPickUp } from '../router/pickup-right.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { findParameter, firstOfList, splitList } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { ServerLocator } from '../sip/server-location.ts'
import type { TransactionUser } from '../sip/transaction/layer.ts'
import { TransactionLayer } from '../sip/transaction/layer.ts'
import type { Clock, Flow, Network, Random } from '../sip/transport.ts'
import type { TrunkView } from '../trunks/trunks.ts'
import { Trunks } from '../trunks/trunks.ts'
import type { OwnHosts } from './attempt.ts'
import { attemptOfDevice, attemptOfTrunk } from './attempt.ts'
import { titleOfTrunkCaller } from './begun-call.ts'
import { CallCounters } from './call-counters.ts'
import type { CallView } from './calls.ts'
import { Calls } from './calls.ts'
import { endCallsOfDeactivated } from './control/deactivated-users.ts'
import { EmergencyCeiling } from './emergency-ceiling.ts'
import { FeatureCalls } from './feature-calls.ts'
import { checkBody, checkRequired } from './invite-checks.ts'
import { LastCallers } from './last-callers.ts'
import type { LocalSounds } from './local-sounds.ts'
import { isLoopback } from './loopback.ts'
import { LostPhones } from './lost-phones.ts'
import { checkMessage } from './messages/check-message.ts'
import { Messages } from './messages/messages.ts'
import { NewCalls } from './new-calls.ts'
import { Obligations } from './obligations.ts'
import { Parking } from './park/parking.ts'
import { partyOfUser } from './party.ts'
import { allowLine, callOptionTags, hopsLeft } from './passing.ts'
import { restorePhones } from './phone-recovery.ts'
import { restoreCalls } from './recovery.ts'
import type { RegistrationView } from './registration-view.ts'
import { registrationView } from './registration-view.ts'
import { retryAfter } from './retry-after.ts'
import { ReturningPhones } from './returning-phones.ts'
import { RouteNotes } from './route-notes.ts'
import type { CallServices, Log, Party, Transfers } from './services.ts'
import { checkSession } from './session-checks.ts'
import { checkSessionInterval } from './session-timer.ts'
import { SessionTimers } from './session-timers.ts'
import { SigningIn } from './signing-in.ts'
import { MediaSounds } from './sound/media-sounds.ts'
import type { SoundParts } from './sound/sounds.ts'
import { Sounds } from './sound/sounds.ts'
import { tollUseOf } from './toll-ending.ts'
import type { TollUse } from './toll-use.ts'
import { CallTransfers } from './transfer/call-transfers.ts'
import { TrunkSources } from './trunk-sources.ts'
import { Usage } from './usage.ts'
import type { UserChanges } from './user-changes.ts'
import { WaitingRequests } from './waiting-requests.ts'

export interface CallServerOptions {
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly journal: Journal
  /** Told what happens in calls, for their records. */
  readonly events: CallEvents
  readonly log: Log
  /** `null`: still being compiled; `replaceSnapshot` brings it. */
  readonly snapshot: Snapshot | null
  /** At least 32 random bytes, kept over restarts. */
  readonly nonceKey: Uint8Array
  /** Whether a lower-case host of a URI is an address or name of this server itself. */
  readonly isOwnHost: OwnHosts
  /** Sources that are never slowed or banned: loopback and test networks; without it, loopback. */
  readonly isExempt?: (source: string) => boolean
  /** Where sound passes through this server; without it, phones and carriers send to each other (docs/media.md). */
  readonly sound?: SoundParts
  /** Finds the hosts of trunks by their names. */
  readonly locator: ServerLocator
  /** Told of messages, for their history. */
  readonly messageEvents?: MessageEvents
  /** Writes what users change of their settings by codes; without it such codes are refused with 503. */
  readonly userChanges?: UserChanges
}

/** Methods that may begin something, besides those inside calls. */
const allowOutsideLine = allowLine.replace('\r\n', ', SUBSCRIBE, MESSAGE\r\n')
/** Methods that are known but not served, which is another answer than for those nobody knows (RFC 3261 §8.2.1). */
const knownMethods: ReadonlySet<string> = new Set(['BYE', 'CANCEL', 'INFO', 'NOTIFY', 'PUBLISH', 'REFER'])

/**
 * The front door: takes whole SIP messages, finds out who sends them, and gives them to the registrar, to a call in
 * progress, or to a new one.
 */
export class CallServer implements TransactionUser, CallServices {
  readonly transactions: TransactionLayer
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly journal: Journal
  readonly events: CallEvents
  readonly log: Log
  readonly bindings: Bindings
  readonly usage: Usage
  readonly tollUse: TollUse
  readonly trunks: Trunks
  readonly routeNotes: RouteNotes
  readonly obligations: Obligations
  readonly calls: Calls
  readonly counters: CallCounters
  readonly returningPhones: ReturningPhones
  readonly sessionTimers: SessionTimers
  /** What phones watch: lamps, waiting messages, presence. */
  readonly subscriptions: Subscriptions
  readonly sounds: Sounds
  readonly localSounds: LocalSounds
  readonly lastCallers: LastCallers
  readonly transfers: Transfers
  readonly emergencyCeiling = new EmergencyCeiling()
  readonly parking: Parking
  /** Messages between users. */
  readonly messages: Messages
  /** Who failed to sign in, and is slowed or banned for it. */
  readonly signIns: SignInGuard
  readonly #signingIn: SigningIn
  readonly isOwnHost: OwnHosts
  readonly #lostPhones = new LostPhones()
  readonly #newCalls: NewCalls
  readonly #waiting: WaitingRequests
  readonly #whenConfigured: (() => void)[] = []
  #snapshot: Snapshot | null
  #trunkSources: TrunkSources | null

  constructor(options: CallServerOptions) {
    const { network, clock, random, journal, events, log, locator, snapshot } = options
    this.network = network
    this.clock = clock
    this.random = random
    this.journal = journal
    this.events = events
    this.log = log
    this.transactions = new TransactionLayer(network, clock, random, this)
    this.bindings = new Bindings(clock, journal, defaultRegisterOptions.contacts, defaultRegisterOptions.longest)
    this.trunks = new Trunks({ transactions: this.transactions, network, clock, random, journal, locator, log })
    this.tollUse = tollUseOf(this, () => this.#snapshot)
    this.usage = new Usage(this.bindings, this.trunks, () => clock.now(), this.tollUse)
    this.routeNotes = new RouteNotes(this.usage)
    this.obligations = new Obligations(this.transactions, journal, network, random, clock)
    this.calls = new Calls()
    this.counters = new CallCounters()
    this.returningPhones = new ReturningPhones()
    this.sessionTimers = new SessionTimers(clock)
    this.sounds = new Sounds(options.sound ?? null, { random, clock, events, log })
    this.localSounds = new MediaSounds(this.sounds, random, clock)
    this.lastCallers = new LastCallers(clock, journal)
    this.transfers = new CallTransfers(this)
    this.parking = new Parking(this)
    this.messages = new Messages(this, options.messageEvents ?? null)
    this.#newCalls = new NewCalls(this, new FeatureCalls(this, options.userChanges ?? null))
    this.signIns = new SignInGuard({ ...defaultSignInLimits, exempt: options.isExempt ?? isLoopback }, this.bindings)
    this.#signingIn = new SigningIn(this, this.signIns, options.nonceKey)
    this.isOwnHost = options.isOwnHost
    this.#waiting = new WaitingRequests(clock, (request, flow) => {
      if (request.method === 'INVITE') this.inviteReceived(request, flow)
      else this.requestReceived(request, flow)
    })
    this.subscriptions = new Subscriptions(this, {
      limits: defaultSubscriptionLimits,
      mailboxes: emptyMailboxes,
      mayPickUp,
      isOwnHost: options.isOwnHost,
      everything: () => this.calls.all(),
    })
    this.calls.lamps = this.subscriptions.board
    this.#snapshot = null
    this.#trunkSources = null
    if (snapshot !== null) this.replaceSnapshot(snapshot)
  }

  // --- what the process does

  /** Takes up the calls of the process before this one. Before any traffic; phones follow by `restorePhones`. */
  restore(recovered: RecoveredEntries): void {
    this.subscriptions.board.expectWatchers()
    this.trunks.restore(recovered)
    // A copy of an INVITE that still comes is no new call, whatever became of it.
    for (const { callId, fromTag, sequence } of recovered.begun ?? []) {
      this.transactions.resumeOrigin(callId, fromTag, sequence)
    }
    this.tollUse.restore(recovered)
    const messages = this.messages.restore(recovered)
    const found = restoreCalls(this, recovered)
    if (messages + found.answered + found.ended + found.owed === 0) return
    this.log.info(
      { messages, answered: found.answered, ringing: found.ended, owed: found.owed },
      'Took up what the last process left: answered calls go on, ringing ones are ended',
    )
  }

  /** What is taken up after `restore`, in slices, and before the first snapshot: see `restorePhones`. */
  restorePhones(recovered: RecoveredEntries): Generator<undefined, void> {
    return restorePhones(this, recovered)
  }

  /** One whole message from the network. */
  receive(message: string, flow: Flow): void {
    this.transactions.receive(message, flow)
  }

  connectionClosed(flow: Flow): void {
    this.bindings.connectionLost(flow.connection)
    this.trunks.connectionLost(flow)
    this.subscriptions.connectionLost(flow.connection)
  }

  /** From the next message on this configuration counts. */
  replaceSnapshot(snapshot: Snapshot): void {
    const before = this.#snapshot
    this.#snapshot = snapshot
    // Snapshots share what did not change: one user more or less costs nothing here.
    if (before?.trunks !== snapshot.trunks) {
      this.#trunkSources = new TrunkSources(snapshot, this.trunks)
      this.trunks.configured(snapshot.trunks)
    }
    if (before?.devicesBySipUserName !== snapshot.devicesBySipUserName) this.bindings.snapshotChanged(snapshot)
    this.subscriptions.snapshotChanged()
    this.messages.snapshotChanged()
    if (before?.users !== snapshot.users) endCallsOfDeactivated(this)
    this.#waiting.release()
    for (const action of this.#whenConfigured.splice(0)) action()
  }

  /** No new calls but emergency calls from now on. */
  drain(): void {
    this.#newCalls.drain()
  }

  get callsInProgress(): number {
    return this.calls.count
  }

  callViews(): Generator<CallView> {
    return this.calls.views()
  }

  /** Trunks with the calls they carry now. */
  *trunkViews(): Generator<TrunkView & { readonly channelsInUse: number; readonly channels: number }> {
    for (const view of this.trunks.views()) {
      const channels = this.trunks.get(view.id)?.trunk.channels ?? 0
      yield { ...view, channelsInUse: this.usage.count('channel', view.id), channels }
    }
  }

  *registrationViews(): Generator<RegistrationView> {
    for (const binding of this.bindings.all()) yield registrationView(binding)
  }

  get snapshot(): Snapshot {
    if (this.#snapshot === null) throw new Error('No configuration is in force yet')
    return this.#snapshot
  }

  whenConfigured(action: () => void): void {
    if (this.#snapshot === null) this.#whenConfigured.push(action)
    else action()
  }

  /** Whether a configuration is in force. */
  get ready(): boolean {
    return this.#snapshot !== null
  }

  /** Whether what comes by this flow is a trunk's. */
  isTrunk(flow: Flow): boolean {
    if (this.#trunkSources === null) return false
    return this.#trunkSources.find(flow, '') !== null || this.trunks.isReachedAt(flow)
  }

  // --- requests

  inviteReceived(request: SipMessage, flow: Flow): void {
    if (request.toTag !== '') {
      this.#withinDialog(request, flow)
      return
    }
    const problem = checkRequired(request, callOptionTags) ?? checkBody(request) ?? checkSessionInterval(request)
    if (problem !== null) {
      this.transactions.respondStateless(request, flow, problem.status, problem.phrase, problem.headers)
      return
    }
    if (hopsLeft(request) < 0) {
      this.#refuse(request, flow, 483, reasonPhrase(483), '')
      return
    }
    if (this.#snapshot === null || this.#trunkSources === null) {
      if (!this.#waiting.add(request, flow)) this.#refuse(request, flow, 503, reasonPhrase(503), retryAfter(2))
      return
    }
    const trunk = this.#trunkSources.find(flow, request.requestUri)
    if (trunk !== null) {
      this.trunks.heardFrom(trunk.id, flow)
      const attempt = attemptOfTrunk(request, trunk, this.#snapshot, this.isOwnHost)
      this.#newCalls.begin(request, flow, attempt, {
        kind: 'trunk',
        id: trunk.id,
        title: titleOfTrunkCaller(attempt, trunk),
      })
      return
    }
    const signedIn = this.#signingIn.authenticated(this.snapshot, request, flow, request.from)
    if (signedIn === null) return
    const { device, user } = signedIn
    const attempt = attemptOfDevice(request, device, user, this.isOwnHost)
    this.#newCalls.begin(request, flow, attempt, partyOfUser(user))
  }

  requestReceived(request: SipMessage, flow: Flow): void {
    if (request.toTag !== '') {
      this.#withinDialog(request, flow)
      return
    }
    const problem = checkRequired(request, request.method === 'REGISTER' ? registerOptionTags : [])
    if (problem !== null) {
      this.transactions.respondStateless(request, flow, problem.status, problem.phrase, problem.headers)
      return
    }
    switch (request.method) {
      case 'REGISTER':
        this.#register(request, flow)
        return
      case 'SUBSCRIBE':
        this.#subscribe(request, flow)
        return
      case 'MESSAGE':
        this.#message(request, flow)
        return
      case 'OPTIONS': {
        const { draining } = this.#newCalls
        // RFC 3261 §11.2. Stateless: anybody may ask, and a retransmission is answered anew.
        this.transactions.respondStateless(
          request,
          flow,
          draining ? 503 : 200,
          reasonPhrase(draining ? 503 : 200),
          `${allowOutsideLine}${allowEventsLine}Accept: application/sdp\r\nAccept-Encoding: identity\r\nAccept-Language: en\r\nSupported: 100rel, norefersub, outbound, path, replaces, timer\r\n`,
        )
        return
      }
      case 'BYE':
      case 'INFO':
      case 'PRACK':
      case 'UPDATE':
        // They exist only inside dialogs.
        this.transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
        return
      default: {
        const status = knownMethods.has(request.method) ? 405 : 501
        this.transactions.respondStateless(request, flow, status, reasonPhrase(status), allowOutsideLine)
      }
    }
  }

  ackReceived(ack: SipMessage, flow: Flow): void {
    this.calls.ownerOf(ack.toTag)?.ackReceived(ack, flow, ack.toTag)
  }

  strayResponseReceived(response: SipMessage, _flow: Flow): void {
    // It needs an ACK, if the dialog is ours (RFC 3261 §13.2.2.4).
    this.calls.ownerOf(response.fromTag)?.lateAnswerReceived(response, response.fromTag)
  }

  admits(request: SipMessage, flow: Flow, dialogFlow: Flow, party: Party): boolean {
    if (flow.address === dialogFlow.address) return true
    if (this.#snapshot === null) {
      this.#refuse(request, flow, 503, reasonPhrase(503), retryAfter(2))
      return false
    }
    if (party.kind === 'trunk') {
      if (this.#trunkSources?.find(flow, '')?.id === party.id) return true
      if (this.trunks.get(party.id)?.isAt(flow) === true) return true
      this.#refuse(request, flow, 403, reasonPhrase(403), '')
      return false
    }
    const signedIn = this.#signingIn.authenticated(this.snapshot, request, flow, request.from)
    if (signedIn === null) return false
    if (signedIn.user.id === party.id) return true
    this.#refuse(request, flow, 403, reasonPhrase(403), '')
    return false
  }

  // --- steps of the above

  #withinDialog(request: SipMessage, flow: Flow): void {
    const owner = this.calls.ownerOf(request.toTag)
    if (owner === undefined) {
      if (this.#isSubscriptions(request, flow)) return
      this.transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
      return
    }
    const problem = checkRequired(request, callOptionTags) ?? checkSession(request)
    if (problem !== null) {
      this.transactions.respondStateless(request, flow, problem.status, problem.phrase, problem.headers)
      return
    }
    owner.requestReceived(request, flow, request.toTag)
  }

  #register(request: SipMessage, flow: Flow): void {
    if (this.#snapshot === null) {
      if (!this.#waiting.add(request, flow)) this.#refuse(request, flow, 503, reasonPhrase(503), retryAfter(2))
      return
    }
    const signedIn = this.#signingIn.authenticated(this.snapshot, request, flow, request.to)
    if (signedIn === null) return
    const lost = this.#lostPhones.before(this, signedIn.device, flow)
    const answer = register(
      this.bindings,
      defaultRegisterOptions,
      this.random,
      this.isOwnHost,
      signedIn,
      {
        to: request.to,
        callId: request.callId,
        cseq: request.cseq,
        contacts: request.headers(Header.contact),
        expires: request.header(Header.expires),
        path: request.headers(Header.path),
        userAgent: request.header(Header.userAgent),
        flow,
        rport: findParameter(firstOfList(request.header(Header.via)), 0, 'rport') !== undefined,
        vias: request.headers(Header.via).reduce((count, line) => count + splitList(line, 2).length, 0),
        outbound: outboundWish(request.headers(Header.supported), request.headers(Header.require)),
      },
      this.clock.now(),
    )
    this.transactions.acceptRequest(request, flow).respond(answer.status, answer.reason, answer.headers, '')
    if (answer.status !== 200) return
    this.#lostPhones.after(this, signedIn.device, lost, flow)
    this.returningPhones.returned(signedIn.user)
    this.messages.phoneReturned(signedIn.user)
    this.subscriptions.phoneReturned(signedIn.device.id, flow)
  }

  /** Takes a request in the dialog of a subscription. @returns false if there is none */
  #isSubscriptions(request: SipMessage, flow: Flow): boolean {
    if (this.#snapshot !== null) return this.subscriptions.requestReceived(request, flow)
    return this.subscriptions.owns(request.toTag) && this.#waiting.add(request, flow)
  }

  #subscribe(request: SipMessage, flow: Flow): void {
    const problem = checkSubscribe(request)
    if (problem !== null) {
      this.#refuse(request, flow, problem.status, problem.phrase, problem.headers)
      return
    }
    if (this.#snapshot === null) {
      if (!this.#waiting.add(request, flow)) this.#refuse(request, flow, 503, reasonPhrase(503), retryAfter(2))
      return
    }
    const signedIn = this.#signingIn.authenticated(this.snapshot, request, flow, request.from)
    if (signedIn !== null) this.subscriptions.subscribeReceived(request, flow, signedIn)
  }

  /** Messages are between users: a carrier's are not taken. */
  #message(request: SipMessage, flow: Flow): void {
    const problem = checkMessage(request)
    if (problem !== null) {
      this.#refuse(request, flow, problem.status, problem.phrase, problem.headers)
      return
    }
    if (this.#snapshot === null || this.#trunkSources === null) {
      if (!this.#waiting.add(request, flow)) this.#refuse(request, flow, 503, reasonPhrase(503), retryAfter(2))
      return
    }
    if (this.#trunkSources.find(flow, request.requestUri) !== null) {
      this.#refuse(request, flow, 403, reasonPhrase(403), '')
      return
    }
    const signedIn = this.#signingIn.authenticated(this.#snapshot, request, flow, request.from)
    if (signedIn !== null) this.messages.received(request, flow, signedIn)
  }

  #refuse(request: SipMessage, flow: Flow, status: number, phrase: string, headers: string): void {
    this.transactions.respondStateless(request, flow, status, phrase, headers)
  }
}
