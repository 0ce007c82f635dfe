import type { CallOrder, CallOrderResult } from '../calls/control/call-order.ts'
import type { OrderedRecording } from '../calls/ordered-recording.ts'
import type { RecordingAction } from '../calls/sound/call-recording.ts'
import type { ChangedEntity } from '../config/compile/changes-by-kind.ts'
import type { Ladder } from '../ladder/message-ladders.ts'
import { ControlClient, NoEngineError } from './client.ts'
import type { ListQuery } from './list-query.ts'
import type { EventFrame, LiveEvent, TollFraudEvent } from './live-events.ts'
import type { EngineMetrics } from './metrics.ts'
import type { PhoneChangeOrder, UserChangeResult } from './phone-changes.ts'
import type {
  CallEntry,
  EngineStatus,
  ListPage,
  LiveFacts,
  ParkedEntry,
  RegistrationEntry,
  SubscriptionEntry,
  TollUseEntry,
  TrunkEntry,
} from './protocol.ts'
import { longestNoticeChanges, mostNoticeChanges } from './protocol.ts'

export interface EngineClientOptions {
  readonly dataFolder: string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/** Who hears of calls and registrations as they come and go. */
export interface LiveEventListener {
  happened(events: readonly LiveEvent[]): void
  /** Some were not seen; `null`: nobody knows how many, because the engine was away. */
  missed(count: number | null): void
}

/** Between attempts to reach the engine, in milliseconds: doubled each time. */
const firstPause = 20
const longestPause = 1000
/** How long an engine is taken to be only restarting, in milliseconds; questions wait for it so long. */
const restartTime = 3000
/**
 * How long it may take until a revision is in force, in milliseconds; so much longer for each entity that it changed: much
 * is compiled in small slices, between calls.
 */
const inForceTime = 2000
const inForceTimePerChange = 1

/**
 * The engine as other processes see it: a kept connection to its control port that comes back by itself. A question that
 * is under way while one engine dies and the next takes over is asked again, so callers only notice that it took longer.
 * Where no engine answers, answers are `null`.
 */
export class EngineClient {
  readonly #folder: string
  readonly #log: EngineClientOptions['log']
  readonly #listeners = new Set<LiveEventListener>()
  #client: ControlClient | null = null
  #awaySince = performance.now()
  #wasReached = false
  #closed = false
  #pause = firstPause
  #timer: NodeJS.Timeout | null = null
  #wakeWaiting: (() => void)[] = []
  #take: ((alert: TollFraudEvent) => void) | null = null
  #write: ((order: PhoneChangeOrder) => Promise<UserChangeResult>) | null = null

  constructor(options: EngineClientOptions) {
    this.#folder = options.dataFolder
    this.#log = options.log
    this.#connect()
  }

  /** Whether an engine is connected at this moment. */
  get reached(): boolean {
    return this.#client !== null
  }

  /**
   * Resolves with `true` as soon as this revision of the configuration, or a later one, is what calls are decided by;
   * with `false` after that many milliseconds, or before where no engine runs or it cannot compile the revision.
   *
   * @param changes all that the revision changed, where that is known
   */
  async bringIntoForce(
    revision: number,
    changes: readonly ChangedEntity[] = [],
    milliseconds: number = inForceTime + inForceTimePerChange * changes.length,
  ): Promise<boolean> {
    const deadline = performance.now() + milliseconds
    const notice = noticeOf(changes)
    const answer = await this.#ask((client) => {
      // Rounded up: a timer that is early by part of a millisecond would count as an engine that does not answer.
      const left = Math.max(1, Math.ceil(deadline - performance.now()) + 1)
      return client.configurationChanged(revision, left, notice)
    }, deadline).catch((error: unknown) => {
      // Whoever asks has kept a change: that the engine fails over it must not look as if it were not kept.
      this.#log.warn({ err: error, revision }, 'The engine could not be told of a change')
      return null
    })
    return answer?.inForce ?? false
  }

  status(): Promise<EngineStatus | null> {
    return this.#ask((client) => client.status())
  }

  metrics(): Promise<EngineMetrics | null> {
    return this.#ask((client) => client.metrics())
  }

  /** All of them, in no order; `registrationPage` for a part. */
  registrations(): Promise<readonly RegistrationEntry[] | null> {
    return this.#ask((client) => client.registrations())
  }

  registrationPage(query: ListQuery): Promise<ListPage<RegistrationEntry> | null> {
    return this.#ask((client) => client.registrationPage(query))
  }

  /** All of them, in no order; `callPage` for a part. */
  calls(): Promise<readonly CallEntry[] | null> {
    return this.#ask((client) => client.calls())
  }

  callPage(query: ListQuery): Promise<ListPage<CallEntry> | null> {
    return this.#ask((client) => client.callPage(query))
  }

  /** All of them, in no order; `subscriptionPage` for a part. */
  subscriptions(): Promise<readonly SubscriptionEntry[] | null> {
    return this.#ask((client) => client.subscriptions())
  }

  subscriptionPage(query: ListQuery): Promise<ListPage<SubscriptionEntry> | null> {
    return this.#ask((client) => client.subscriptionPage(query))
  }

  /** An order about recording a call. */
  recordCall(call: string, action: RecordingAction): Promise<OrderedRecording | null> {
    return this.#ask((client) => client.recordCall(call, action))
  }

  /** Calls that wait in park slots. */
  parked(): Promise<readonly ParkedEntry[] | null> {
    return this.#ask((client) => client.parked())
  }

  trunks(): Promise<readonly TrunkEntry[] | null> {
    return this.#ask((client) => client.trunks())
  }

  /** Orders something of calls; `null` where no engine answers. */
  callOrder(order: CallOrder): Promise<CallOrderResult | null> {
    return this.#ask((client) => client.callOrder(order))
  }

  /** The messages of a call that are still kept. */
  ladder(call: string): Promise<{ readonly ladder: Ladder | null } | null> {
    return this.#ask(async (client) => ({ ladder: await client.ladder(call) }))
  }

  /** What the router would be told at this moment of these users and trunks. */
  facts(users: readonly string[], trunks: readonly string[]): Promise<LiveFacts | null> {
    return this.#ask((client) => client.facts(users, trunks))
  }

  /** Events go to this listener, over restarts of the engine too, until the function returned is called. */
  listen(listener: LiveEventListener): () => void {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#tellSubscription()
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#tellSubscription()
    }
  }

  /**
   * What users change by their phones is given to `write`, over restarts of the engine too; what it gives is told to the
   * engine, for which the user waits.
   */
  writePhoneChanges(write: (order: PhoneChangeOrder) => Promise<UserChangeResult>): void {
    this.#write = write
    if (this.#client !== null) this.#tellWriter(this.#client, write)
  }

  /** Everybody who has used something of a limit against toll fraud today. */
  tollUse(): Promise<readonly TollUseEntry[] | null> {
    return this.#ask((client) => client.tollUse())
  }

  /** What administrators must learn of goes to `take`, over restarts of the engine too, and to those who listen to events. */
  followAlerts(take: (alert: TollFraudEvent) => void): void {
    this.#take = take
    if (this.#client !== null) this.#tellFollower(this.#client, take)
  }

  /** Ends the connection for good; what waits for an answer gets `null`. */
  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#client?.close()
    this.#wake()
  }

  async #ask<Answer>(
    question: (client: ControlClient) => Promise<Answer>,
    deadline: number = performance.now() + restartTime,
  ): Promise<Answer | null> {
    for (;;) {
      const client = this.#client ?? (await this.#nextClient(deadline))
      if (client === null) return null
      try {
        return await question(client)
      } catch (error) {
        if (!(error instanceof NoEngineError)) throw error
        // It ended, or does not answer: the next one is asked.
        if (this.#closed || performance.now() >= deadline) return null
        if (this.#client === client) client.close()
      }
    }
  }

  /** The next connection; `null` where it does not come in time, or the engine is away for longer than a restart takes. */
  async #nextClient(deadline: number): Promise<ControlClient | null> {
    for (;;) {
      if (this.#client !== null) return this.#client
      const until = Math.min(deadline, this.#awaySince + restartTime)
      const left = until - performance.now()
      if (this.#closed || left <= 0) return null
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wakeWaiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #wake(): void {
    const waiting = this.#wakeWaiting
    this.#wakeWaiting = []
    for (const resume of waiting) resume()
  }

  #connect(): void {
    this.#timer = null
    ControlClient.open(this.#folder).then(
      (client) => this.#connected(client),
      () => this.#retry(),
    )
  }

  #connected(client: ControlClient): void {
    if (this.#closed) {
      client.close()
      return
    }
    this.#client = client
    this.#pause = firstPause
    if (!this.#wasReached) this.#log.info({}, 'The engine is reached')
    this.#wasReached = true
    client.whenClosed(() => {
      if (this.#client !== client) return
      this.#client = null
      this.#awaySince = performance.now()
      this.#tellEach((listener) => listener.missed(null))
      this.#retry()
    })
    if (this.#listeners.size > 0) this.#tellSubscription()
    if (this.#write !== null) this.#tellWriter(client, this.#write)
    if (this.#take !== null) this.#tellFollower(client, this.#take)
    this.#wake()
  }

  #retry(): void {
    if (this.#closed) return
    if (this.#wasReached && performance.now() - this.#awaySince > restartTime) {
      this.#wasReached = false
      this.#log.warn({}, 'No engine answers; it is asked for again and again')
    }
    this.#timer = setTimeout(() => this.#connect(), this.#pause)
    this.#pause = Math.min(this.#pause * 2, longestPause)
  }

  /** Events are asked for while somebody listens, and only then. */
  #tellSubscription(): void {
    const client = this.#client
    if (client === null) return
    const told = this.#listeners.size === 0 ? client.unsubscribe() : client.subscribe((frame) => this.#happened(frame))
    told.catch((error: unknown) => {
      if (!(error instanceof NoEngineError)) throw error
      client.close()
    })
  }

  #tellWriter(client: ControlClient, write: (order: PhoneChangeOrder) => Promise<UserChangeResult>): void {
    const gone = (error: unknown) => {
      if (!(error instanceof NoEngineError)) throw error
    }
    const carryOut = async (order: PhoneChangeOrder) => {
      const outcome = await write(order).catch((error: unknown): UserChangeResult => {
        this.#log.warn({ err: error, user: order.userId }, 'A change that a user asked for by his phone failed')
        return { result: 'failed' }
      })
      await client.phoneChanged(order.number, outcome).catch(gone)
    }
    client.writePhoneChanges((order) => void carryOut(order)).catch(gone)
  }

  #tellFollower(client: ControlClient, take: (alert: TollFraudEvent) => void): void {
    const told = client.followAlerts((alert) => {
      take(alert)
      this.#happened({ events: [alert], missed: 0 })
    })
    told.catch((error: unknown) => {
      if (!(error instanceof NoEngineError)) throw error
    })
  }

  #happened({ events, missed }: EventFrame): void {
    this.#tellEach((listener) => {
      if (missed > 0) listener.missed(missed)
      return listener.happened(events)
    })
  }

  /** Listeners may be those of plugins: one that fails, at once or later, must take nothing with it. */
  #tellEach(tell: (listener: LiveEventListener) => unknown): void {
    const failed = (error: unknown) => this.#log.warn({ err: error }, 'A listener failed to take in live events')
    for (const listener of this.#listeners) {
      try {
        Promise.resolve(tell(listener)).catch(failed)
      } catch (error) {
        failed(error)
      }
    }
  }
}

/** What goes along with the notice of a revision; `null` where the engine had better read it in its own time. */
function noticeOf(changes: readonly ChangedEntity[]): readonly ChangedEntity[] | null {
  if (changes.length === 0 || changes.length > mostNoticeChanges) return null
  const notice = changes.map(({ kind, id, after }) => ({ kind, id, after }))
  return JSON.stringify(notice).length > longestNoticeChanges ? null : notice
}
