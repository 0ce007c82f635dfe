import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { CallOrder, CallOrderResult } from '../calls/control/call-order.ts'
import type { OrderedRecording } from '../calls/ordered-recording.ts'
import type { RecordingAction } from '../calls/sound/call-recording.ts'
import type { ChangedEntity } from '../config/compile/changes-by-kind.ts'
import type { Ladder } from '../ladder/message-ladders.ts'
import { isAlertFrame } from './alerts.ts'
import { FrameReader, frame, largestFrame } from './frames.ts'
import type { ListQuery } from './list-query.ts'
import type { EventFrame, TollFraudEvent } from './live-events.ts'
import { isEventFrame } from './live-events.ts'
import type { EngineMetrics } from './metrics.ts'
import type { PhoneChangeOrder, UserChangeResult } from './phone-changes.ts'
import { isPhoneChangeFrame } from './phone-changes.ts'
import type {
  BanEntry,
  CallEntry,
  ControlRequest,
  EngineStatus,
  InForce,
  ListPage,
  LiveFacts,
  ParkedEntry,
  RegistrationEntry,
  SubscriptionEntry,
  TollUseEntry,
  TrunkEntry,
} from './protocol.ts'
import { isResponse } from './protocol.ts'
import type { SocketPath } from './socket-path.ts'
import { socketPath } from './socket-path.ts'

/** No engine answers at the control port of this data folder. */
export class NoEngineError extends Error {}

/** Longest wait for the next frame of an answer, in milliseconds. */
const patience = 5000

interface Waiting {
  /** The pages of a whole list. */
  readonly items: unknown[]
  readonly timer: NodeJS.Timeout
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Distributes over the union, which `Omit` alone does not. */
type WithoutId<Request> = Request extends ControlRequest ? Omit<Request, 'id'> : never

/** One connection to a running engine. Requests need not wait for each other. */
export class ControlClient {
  readonly #socket: Socket
  readonly #reader = new FrameReader(largestFrame)
  readonly #waiting = new Map<number, Waiting>()
  #number = 0
  #events: ((frame: EventFrame) => void) | null = null
  #phoneChanges: ((order: PhoneChangeOrder) => void) | null = null
  #alerts: ((alert: TollFraudEvent) => void) | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => this.#fail(new NoEngineError('The engine closed the connection')))
    socket.on('close', () => this.#fail(new NoEngineError('The engine closed the connection')))
    socket.on('data', (data) => this.#received(data))
  }

  /** @throws NoEngineError where none serves the folder */
  static open(folder: string): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const none = () => reject(new NoEngineError(`No server is running on the data folder ${folder}`))
      let place: SocketPath
      try {
        place = socketPath(folder)
      } catch {
        none()
        return
      }
      const socket = connect(place.path)
      const refused = () => {
        place.release()
        none()
      }
      socket.once('error', refused)
      socket.once('connect', () => {
        place.release()
        socket.off('error', refused)
        resolve(new ControlClient(socket))
      })
    })
  }

  // Each rejects with NoEngineError where the engine ends or does not answer.

  status(): Promise<EngineStatus> {
    return this.#ask({ request: 'status' }, patience) as Promise<EngineStatus>
  }

  metrics(): Promise<EngineMetrics> {
    return this.#ask({ request: 'metrics' }, patience) as Promise<EngineMetrics>
  }

  /** Addresses that get no answer. */
  bans(): Promise<BanEntry[]> {
    return this.#ask({ request: 'bans' }, patience) as Promise<BanEntry[]>
  }

  /** Ends a ban before its time; whether there was one. */
  liftBan(source: string): Promise<boolean> {
    return this.#ask({ request: 'liftBan', source }, patience) as Promise<boolean>
  }

  recordCall(call: string, action: RecordingAction): Promise<OrderedRecording> {
    return this.#ask({ request: 'recordCall', call, action }, patience) as Promise<OrderedRecording>
  }

  /** All of them, in no order. */
  registrations(): Promise<RegistrationEntry[]> {
    return this.#ask({ request: 'registrations', query: null }, patience) as Promise<RegistrationEntry[]>
  }

  registrationPage(query: ListQuery): Promise<ListPage<RegistrationEntry>> {
    return this.#ask({ request: 'registrations', query }, patience) as Promise<ListPage<RegistrationEntry>>
  }

  /** All of them, in no order. */
  calls(): Promise<CallEntry[]> {
    return this.#ask({ request: 'calls', query: null }, patience) as Promise<CallEntry[]>
  }

  callPage(query: ListQuery): Promise<ListPage<CallEntry>> {
    return this.#ask({ request: 'calls', query }, patience) as Promise<ListPage<CallEntry>>
  }

  /** All of them, in no order. */
  subscriptions(): Promise<SubscriptionEntry[]> {
    return this.#ask({ request: 'subscriptions', query: null }, patience) as Promise<SubscriptionEntry[]>
  }

  subscriptionPage(query: ListQuery): Promise<ListPage<SubscriptionEntry>> {
    return this.#ask({ request: 'subscriptions', query }, patience) as Promise<ListPage<SubscriptionEntry>>
  }

  /** All of them, in the order of the configuration. */
  /** Calls that wait in park slots. */
  parked(): Promise<ParkedEntry[]> {
    return this.#ask({ request: 'parked' }, patience) as Promise<ParkedEntry[]>
  }

  trunks(): Promise<TrunkEntry[]> {
    return this.#ask({ request: 'trunks' }, patience) as Promise<TrunkEntry[]>
  }

  /** Orders something of calls; the engine answers what became of it. */
  callOrder(order: CallOrder): Promise<CallOrderResult> {
    return this.#ask({ request: 'callOrder', order }, patience) as Promise<CallOrderResult>
  }

  /** The messages of a call that are still kept, by its id; `null` where the engine keeps none. */
  ladder(call: string): Promise<Ladder | null> {
    return this.#ask({ request: 'ladder', call }, patience) as Promise<Ladder | null>
  }

  facts(users: readonly string[], trunks: readonly string[]): Promise<LiveFacts> {
    return this.#ask({ request: 'facts', users, trunks }, patience) as Promise<LiveFacts>
  }

  /**
   * Tells that there is a new revision of the configuration, and waits at most so long (ms) for it to be in force.
   * @param changes all that it changed, where that is little: then the engine need not read it
   */
  configurationChanged(
    revision: number,
    milliseconds: number,
    changes: readonly ChangedEntity[] | null = null,
  ): Promise<InForce> {
    return this.#ask({ request: 'configurationChanged', revision, changes }, milliseconds) as Promise<InForce>
  }

  /** Events are given to `listener` from now on. */
  async subscribe(listener: (frame: EventFrame) => void): Promise<void> {
    this.#events = listener
    await this.#ask({ request: 'subscribe' }, patience)
  }

  async unsubscribe(): Promise<void> {
    this.#events = null
    await this.#ask({ request: 'unsubscribe' }, patience)
  }

  /** Everybody who has used something of a limit against toll fraud today. */
  tollUse(): Promise<TollUseEntry[]> {
    return this.#ask({ request: 'tollUse' }, patience) as Promise<TollUseEntry[]>
  }

  /** Alerts are given to `take` from now on, and those that waited. */
  async followAlerts(take: (alert: TollFraudEvent) => void): Promise<void> {
    this.#alerts = take
    await this.#ask({ request: 'followAlerts' }, patience)
  }

  /** Changes that users make by their phones are given to `write` from now on; each is answered by `phoneChanged`. */
  async writePhoneChanges(write: (order: PhoneChangeOrder) => void): Promise<void> {
    this.#phoneChanges = write
    await this.#ask({ request: 'writePhoneChanges' }, patience)
  }

  async phoneChanged(number: number, outcome: UserChangeResult): Promise<void> {
    await this.#ask({ request: 'phoneChanged', number, outcome }, patience)
  }

  /** Told once when the connection is over, whoever ended it. */
  whenClosed(listener: () => void): void {
    if (this.#socket.destroyed) setImmediate(listener)
    else this.#socket.once('close', listener)
  }

  close(): void {
    this.#socket.destroy()
  }

  #ask(request: WithoutId<ControlRequest>, milliseconds: number): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(new NoEngineError('The engine closed the connection'))
    const id = ++this.#number
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new NoEngineError('The engine does not answer'))
      }, milliseconds)
      this.#waiting.set(id, { items: [], timer, resolve, reject })
      this.#socket.write(frame({ ...request, id }))
    })
  }

  #received(data: Buffer): void {
    let values: unknown[]
    try {
      values = this.#reader.push(data)
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    for (const value of values) {
      if (isEventFrame(value)) this.#events?.(value)
      else if (isPhoneChangeFrame(value)) this.#phoneChanges?.(value.phoneChange)
      else if (isAlertFrame(value)) this.#alerts?.(value.alert)
      else if (isResponse(value)) {
        const waiting = this.#waiting.get(value.id)
        if (waiting === undefined) continue
        if ('items' in value) {
          for (const item of value.items) waiting.items.push(item)
          if (!value.last) {
            waiting.timer.refresh()
            continue
          }
        }
        clearTimeout(waiting.timer)
        this.#waiting.delete(value.id)
        if ('error' in value) waiting.reject(new Error(value.error))
        else waiting.resolve('items' in value ? waiting.items : value.value)
      }
    }
  }

  #fail(error: Error): void {
    this.#socket.destroy()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const one of waiting) {
      clearTimeout(one.timer)
      one.reject(error)
    }
  }
}

/** Whether an engine still lives that serves the folder: it may outlive a supervisor that was killed by a moment. */
export async function engineLives(folder: string): Promise<boolean> {
  try {
    const client = await ControlClient.open(folder)
    client.close()
    return true
  } catch {
    return false
  }
}
