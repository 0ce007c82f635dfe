import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import type { CallOrder, CallOrderResult } from '../calls/control/call-order.ts'
import type { OrderedRecording } from '../calls/ordered-recording.ts'
import type { RecordingAction } from '../calls/sound/call-recording.ts'
import type { ChangedEntity } from '../config/compile/changes-by-kind.ts'
import type { Ladder } from '../ladder/message-ladders.ts'
import type { Alerts } from './alerts.ts'
import type { EventFeed } from './event-feed.ts'
import { FrameReader, frame } from './frames.ts'
import type { ListQuery, ListSource } from './list-query.ts'
import { ListSelection } from './list-query.ts'
import type { EngineMetrics } from './metrics.ts'
import type { PhoneChangeOrders } from './phone-changes.ts'
import type {
  BanEntry,
  CallEntry,
  ControlRequest,
  ControlResponse,
  EngineStatus,
  InForce,
  LiveFacts,
  ParkedEntry,
  RegistrationEntry,
  SubscriptionEntry,
  TollUseEntry,
  TrunkEntry,
} from './protocol.ts'
import {
  callList,
  largestRequest,
  mostRequests,
  pageSize,
  readRequest,
  registrationList,
  subscriptionList,
} from './protocol.ts'
import { UnixSocket } from './unix-socket.ts'

/** Where the answers come from. */
export interface ControlSource {
  status(): EngineStatus
  metrics(): EngineMetrics
  bans(): readonly BanEntry[]
  liftBan(source: string): boolean
  recordCall(call: string, action: RecordingAction): OrderedRecording
  /** Gone through in slices, between which entries may come and go. */
  registrations(): Iterable<RegistrationEntry>
  calls(): Iterable<CallEntry>
  subscriptions(): Iterable<SubscriptionEntry>
  trunks(): Iterable<TrunkEntry>
  tollUse(): Iterable<TollUseEntry>
  parked(): Iterable<ParkedEntry>
  callOrder(order: CallOrder): CallOrderResult
  /** `null`: messages are not kept. */
  ladder(call: string): Promise<Ladder | null>
  facts(users: readonly string[], trunks: readonly string[]): LiveFacts
  /** Settles when the revision is in force, or cannot be. `changes`: all that it changed, where that is known. */
  bringIntoForce(revision: number, changes: readonly ChangedEntity[] | null): Promise<InForce>
  readonly events: EventFeed
  readonly phoneChanges: PhoneChangeOrders
  readonly alerts: Alerts
}

export interface ControlLog {
  warn(fields: object, message: string): void
}

/** Who does not read his answers is cut off, in bytes. */
const mostUnread = 8 * 1024 * 1024
const mostConnections = 32
/** Entries of a list looked at in one slice: well under a millisecond. */
const sliceSize = 500

/** The control port: a Unix socket in the data folder. */
export class ControlServer {
  readonly #source: ControlSource
  readonly #log: ControlLog
  readonly #socket: UnixSocket
  readonly #connections = new Set<Socket>()

  constructor(source: ControlSource, log: ControlLog) {
    this.#source = source
    this.#log = log
    const server = createServer((socket) => this.#accept(socket))
    server.maxConnections = mostConnections
    this.#socket = new UnixSocket(server)
  }

  /**
   * Opens the port. A socket that an engine left behind is replaced: the caller sees to it that no other engine
   * serves the folder.
   * @throws the system's error
   */
  listen(folder: string): Promise<void> {
    return this.#socket.listen(folder)
  }

  /** Closes the port and every connection; the socket's file goes with it. */
  close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy()
    return this.#socket.close()
  }

  #accept(socket: Socket): void {
    const reader = new FrameReader(largestRequest)
    let underWay = 0
    this.#connections.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#connections.delete(socket))
    socket.on('data', (data) => {
      let values: unknown[]
      try {
        values = reader.push(data)
      } catch (error) {
        this.#cutOff(socket, error instanceof Error ? error.message : String(error))
        return
      }
      for (const value of values) {
        if (socket.destroyed) return
        if (++underWay > mostRequests) {
          this.#cutOff(socket, `More than ${mostRequests} requests wait for their answers`)
          return
        }
        this.#answer(socket, value).then(
          () => underWay--,
          // A bug in what is asked must not go unseen: it ends the process as any other does.
          (error: unknown) =>
            setImmediate(() => {
              throw error
            }),
        )
      }
    })
  }

  async #answer(socket: Socket, value: unknown): Promise<void> {
    const request = readRequest(value)
    if (typeof request === 'string') {
      this.#send(socket, { id: idOf(value), error: request })
      return
    }
    const { id } = request
    switch (request.request) {
      case 'status':
        this.#send(socket, { id, value: this.#source.status() })
        return
      case 'metrics':
        this.#send(socket, { id, value: this.#source.metrics() })
        return
      case 'bans':
        this.#send(socket, { id, value: this.#source.bans() })
        return
      case 'liftBan':
        this.#send(socket, { id, value: this.#source.liftBan(request.source) })
        return
      case 'recordCall':
        this.#send(socket, { id, value: this.#source.recordCall(request.call, request.action) })
        return
      case 'subscribe':
        this.#send(socket, { id, value: null })
        this.#source.events.subscribe(socket)
        return
      case 'unsubscribe':
        this.#source.events.unsubscribe(socket)
        this.#send(socket, { id, value: null })
        return
      case 'writePhoneChanges':
        this.#send(socket, { id, value: null })
        this.#source.phoneChanges.writtenBy(socket)
        return
      case 'followAlerts':
        this.#send(socket, { id, value: null })
        this.#source.alerts.followedBy(socket)
        return
      case 'phoneChanged':
        this.#source.phoneChanges.changed(request.number, request.outcome)
        this.#send(socket, { id, value: null })
        return
      case 'callOrder':
        this.#send(socket, { id, value: this.#source.callOrder(request.order) })
        return
      case 'ladder':
        this.#send(socket, { id, value: await this.#source.ladder(request.call) })
        return
      case 'facts':
        this.#send(socket, { id, value: this.#source.facts(request.users, request.trunks) })
        return
      case 'configurationChanged':
        this.#send(socket, { id, value: await this.#source.bringIntoForce(request.revision, request.changes) })
        return
      case 'registrations':
        return this.#list(socket, request, this.#source.registrations(), registrationList)
      case 'calls':
        return this.#list(socket, request, this.#source.calls(), callList)
      case 'subscriptions':
        return this.#list(socket, request, this.#source.subscriptions(), subscriptionList)
      case 'trunks':
        return this.#sendAll(socket, id, this.#source.trunks())
      case 'tollUse':
        return this.#sendAll(socket, id, this.#source.tollUse())
      case 'parked':
        return this.#sendAll(socket, id, this.#source.parked())
      default:
        request satisfies never
    }
  }

  async #list<Entry extends { readonly id: string }>(
    socket: Socket,
    request: ControlRequest & { readonly query: ListQuery | null },
    entries: Iterable<Entry>,
    source: ListSource<Entry>,
  ): Promise<void> {
    const { id, query } = request
    if (query === null) {
      await this.#sendAll(socket, id, entries)
      return
    }
    const selection = new ListSelection(query, source)
    let seen = 0
    for (const entry of entries) {
      selection.see(entry)
      if (++seen % sliceSize !== 0) continue
      await nextTurn()
      if (socket.destroyed) return
    }
    this.#send(socket, { id, value: selection.page() })
  }

  /** One page a turn: between them calls are served. */
  async #sendAll(socket: Socket, id: number, entries: Iterable<unknown>): Promise<void> {
    let items: unknown[] = []
    for (const entry of entries) {
      items.push(entry)
      if (items.length < pageSize) continue
      this.#send(socket, { id, items, last: false })
      items = []
      await nextTurn()
      if (socket.destroyed) return
    }
    this.#send(socket, { id, items, last: true })
  }

  #send(socket: Socket, response: ControlResponse): void {
    if (socket.destroyed) return
    socket.write(frame(response))
    if (socket.writableLength > mostUnread) this.#cutOff(socket, 'Answers are not read')
  }

  #cutOff(socket: Socket, why: string): void {
    socket.destroy()
    this.#log.warn({ why }, 'A connection to the control port was closed')
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The id of a request that is wrong otherwise, so that its sender learns of it. */
function idOf(value: unknown): number {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : 0
  return typeof id === 'number' ? id : 0
}
