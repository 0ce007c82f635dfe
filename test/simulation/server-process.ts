import { CallServer } from '../../engine/calls/call-server.ts'
import { carryOutOrder } from '../../engine/calls/control/call-control.ts'
import type { CallOrder, CallOrderResult } from '../../engine/calls/control/call-order.ts'
import { Conversation } from '../../engine/calls/conversation.ts'
import type { Leg } from '../../engine/calls/leg.ts'
import type { Log } from '../../engine/calls/services.ts'
import { noPrompts } from '../../engine/calls/sound/prompts.ts'
import { RecordingMedia } from '../../engine/calls/sound/recording-media.ts'
import { dialogState } from '../../engine/lamps/bodies.ts'
import type { LampDialog } from '../../engine/lamps/lamp-dialog.ts'
import { keyOfSlot } from '../../engine/lamps/lamp-dialog.ts'
import { mayPickUp } from '../../engine/router/pickup-right.ts'
import { noNames } from '../../engine/sip/recording-network.ts'
import type { Clock, Flow, Network, SendFailureListener, TimerHandle, TimerOwner } from '../../engine/sip/transport.ts'
import type { Chance } from './chance.ts'
import { domainOf, parkSlots, serverAddress, serverHost } from './company.ts'
import type { Limits } from './limits.ts'
import { MemoryJournal } from './memory-journal.ts'
import type { MessageRecords } from './message-records.ts'
import type { InSlot } from './slots-over-crash.ts'
import { SlotsOverCrash } from './slots-over-crash.ts'
import type { UserSettings } from './user-settings.ts'
import type { VirtualClock, VirtualTimer } from './virtual-clock.ts'
import type { Watch } from './watch.ts'
import type { Truth } from './watching.ts'
import type { Station, Wire } from './wire.ts'
import { isStream } from './wire.ts'

/** Where in a turn the process dies: before its records are kept, before its messages leave, between these, or after. */
type CrashPoint = 'before journal' | 'before messages' | 'between messages' | 'after'

const crashPoints: readonly CrashPoint[] = ['before journal', 'before messages', 'between messages', 'after']
const nonceKey = new Uint8Array(32).fill(7)
const quiet = (): void => undefined
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

/** The timers of one process: gone when it dies, and each firing is a turn of its own. */
class ProcessClock implements Clock {
  readonly #clock: VirtualClock
  readonly #turn: (run: () => void) => void
  readonly #running = new Set<ProcessTimer>()

  constructor(clock: VirtualClock, turn: (run: () => void) => void) {
    this.#clock = clock
    this.#turn = turn
  }

  now(): number {
    return this.#clock.now()
  }

  start(milliseconds: number, owner: TimerOwner, name: string): TimerHandle {
    const timer = new ProcessTimer(this, owner, name)
    timer.running = this.#clock.start(milliseconds, timer, name)
    this.#running.add(timer)
    return timer
  }

  stop(handle: TimerHandle): void {
    const timer = handle as ProcessTimer
    if (this.#running.delete(timer) && timer.running !== null) this.#clock.stop(timer.running)
  }

  fired(timer: ProcessTimer): void {
    if (this.#running.delete(timer)) this.#turn(() => timer.owner.timerFired(timer.name))
  }

  /** Names of all timers that run. */
  names(): string[] {
    return [...this.#running].map(({ name }) => name)
  }

  stopAll(): void {
    for (const { running } of this.#running) if (running !== null) this.#clock.stop(running)
    this.#running.clear()
  }
}

class ProcessTimer implements TimerOwner {
  readonly #clock: ProcessClock
  readonly owner: TimerOwner
  readonly name: string
  running: VirtualTimer | null = null

  constructor(clock: ProcessClock, owner: TimerOwner, name: string) {
    this.#clock = clock
    this.owner = owner
    this.name = name
  }

  timerFired(): void {
    this.#clock.fired(this)
  }
}

interface Outgoing {
  readonly text: string
  readonly to: string
  readonly listener: SendFailureListener | null
}

/** A call, as those who give orders know it. */
export interface CallOfUsers {
  readonly id: string
  readonly users: readonly string[]
  /** Somebody in it is none of ours: it may be there in the name of any user. */
  readonly outside: boolean
  readonly sides: readonly { readonly user: string; readonly key: string }[]
}

/** The server and the machine under it: turns, the journal's promise, death and restart. Its socket outlives it. */
export class ServerProcess implements Station, Network, TimerOwner, Truth {
  readonly #clock: VirtualClock
  readonly #wire: Wire
  readonly #chance: Chance
  readonly #watch: Watch
  readonly #settings: UserSettings
  /** Sound of calls with carriers passes through the server. */
  readonly hasMedia: boolean
  /** PBXs have limits, and users against toll fraud. */
  readonly limited: boolean
  /** Judges what leaves; `null`: nobody does. */
  limits: Limits | null = null
  readonly #journal = new MemoryJournal()
  #processClock: ProcessClock
  /** The media process, as this process of the server knows it. */
  #media: RecordingMedia
  #server: CallServer
  #down = false
  #outbox: Outgoing[] = []
  #waiting: { readonly text: string; readonly from: string }[] = []
  #crashArmed: { readonly method: string } | null = null
  readonly #slots: SlotsOverCrash
  /** Restarts so far. */
  restarts = 0

  constructor(
    clock: VirtualClock,
    wire: Wire,
    chance: Chance,
    watch: Watch,
    settings: UserSettings,
    hasMedia: boolean,
    limited: boolean,
  ) {
    this.#clock = clock
    this.#wire = wire
    this.#chance = chance
    this.#watch = watch
    this.#settings = settings
    this.hasMedia = hasMedia
    this.limited = limited
    this.#media = new RecordingMedia()
    this.#slots = new SlotsOverCrash(watch)
    wire.attach(serverAddress, this)
    wire.closed = (address) => clock.start(10, { timerFired: () => this.#connectionClosed(address) }, 'closed')
    this.#processClock = this.#newClock()
    this.#server = this.#newServer(true)
    this.#endTurn()
  }

  /** What is left in the server that should be gone when all calls are over. */
  leftovers(): string[] {
    const server = this.#server
    const left: string[] = []
    if (!server.usage.idle) left.push('lines, channels or forwards in use')
    if (server.transactions.size > 0) left.push(`${server.transactions.size} transactions`)
    if (server.calls.dialogs > 0) left.push(`${server.calls.dialogs} dialogs`)
    if (server.callsInProgress > 0) left.push(`${server.callsInProgress} calls`)
    const timers = this.#processClock
      .names()
      .filter((name) => name !== 'sweep' && name !== 'messages' && name !== 'toll use')
    if (timers.length > 0) left.push(`timers ${timers.join(' ')}`)
    const entries = this.#journal.leftovers()
    if (entries.length > 0) left.push(`journal entries ${entries.join(', ')}`)
    left.push(...this.#journal.records.faults())
    const { sessions, inUse } = this.#media
    if (server.sounds.count > 0) left.push(`${server.sounds.count} sounds`)
    if (sessions.size > 0) left.push(`sessions ${[...sessions.keys()].join(' ')}`)
    if (inUse.size > 0) left.push(`ports ${[...inUse].join(' ')}`)
    if ([...server.parking.views()].length > 0) left.push('park slots')
    return left
  }

  /** What a lamp has to show, asked of every call there is; `null` while that cannot be said. */
  lampOf(watched: string, watcher: string): string | null {
    const server = this.#server
    const { users } = this.#settings.snapshot
    const watchedUser = users.get(watched)
    const watchingUser = users.get(watcher)
    if (this.#down || !server.ready || watchingUser === undefined) return null
    const dialogs: LampDialog[] = []
    if (watchedUser === undefined) {
      const slot = parkSlots.find(({ id }) => id === watched)
      if (slot === undefined) return null
      for (const call of server.calls.all()) call.addLampDialogs(keyOfSlot(watched), dialogs)
      return dialogState(dialogs, `sip:${slot.extension}@${domainOf(watched)}`, true)
    }
    for (const call of server.calls.all()) call.addLampDialogs(watched, dialogs)
    const entity = `sip:${watchedUser.extension}@${watchedUser.pbx.domain}`
    return dialogState(dialogs, entity, watched === watcher || mayPickUp(watchingUser, watchedUser))
  }

  /** The history of what people wrote to each other. */
  get messages(): MessageRecords {
    return this.#journal.messages
  }

  get subscriptions(): number {
    return this.#server.subscriptions.size
  }

  get registrations(): number {
    return this.#server.bindings.size
  }

  // --- what people ask of it besides calls, and what those who judge it ask

  /** An order of a program or administrator; `null` while nobody can take it. */
  order(order: CallOrder): CallOrderResult | null {
    if (this.#down || !this.#server.ready) return null
    let result: CallOrderResult | null = null
    this.#turn(() => {
      result = carryOutOrder(this.#server, order)
    })
    return result
  }

  /** The media process is there, or not. */
  mediaIsThere(there: boolean): void {
    this.#media.available = there
  }

  /** It runs and decides calls. */
  get serves(): boolean {
    return !this.#down && this.#server.ready
  }

  /** Whether a dialog with this tag of ours is known. */
  knows(tag: string): boolean {
    return this.#server.calls.ownerOf(tag) !== undefined
  }

  /** Answered calls with both sides there and nothing under way: both dialogs, as the phones name them. */
  *pairs(): Generator<readonly [string, string]> {
    for (const call of this.#server.calls.all()) {
      if (!(call instanceof Conversation) || call.over || call.arrangement !== null) continue
      const { caller, callee } = call
      if (caller.hungUp || callee.hungUp || !call.isSettled(caller) || !call.isSettled(callee)) continue
      yield [keyOf(caller), keyOf(callee)]
    }
  }

  /** Ids of calls, with the users in them, and the dialogs of sides that talk as their phones name them. */
  *callsOfUsers(): Generator<CallOfUsers> {
    for (const call of this.#server.calls.all()) {
      const { id, parties } = call.view()
      const sides =
        call instanceof Conversation
          ? [call.caller, call.callee].map((leg) => ({ user: leg.party.id, key: keyOf(leg) }))
          : []
      const users = parties.filter(({ kind }) => kind === 'user').map((party) => party.id)
      yield { id, users, outside: users.length < parties.length, sides }
    }
  }

  /** Those who wait in park slots. */
  parked(): InSlot[] {
    const parked: InSlot[] = []
    for (const { slot, call } of this.#server.parking.views()) {
      const conversation = this.#server.calls.get(call)
      if (!(conversation instanceof Conversation)) continue
      const { caller, callee } = conversation
      parked.push({ slot, key: keyOf(caller.hungUp ? callee : caller), call })
    }
    return parked
  }

  /** What is wrong with the record of a call that a phone made; ''. */
  recordFaultOf(callId: string, fromTag: string, status: number): string {
    return this.#journal.records.faultOf(callId, fromTag, status, this.restarts > 0)
  }

  /** Dies in the next turn that sends something, or, with a method, in the next that receives or answers such. */
  armCrash(method: string): void {
    this.#crashArmed ??= { method }
  }

  datagramReceived(text: string, from: string): void {
    this.#watch.serverReceived(text)
    if (this.#down) {
      this.#waiting.push({ text, from })
      return
    }
    this.#turn(() => this.#server.receive(text, flowOf(from)), text)
  }

  // --- Network

  send(flow: Flow, message: string, listener: SendFailureListener | null): void {
    const connection = flow.transport === 'UDP' ? '' : `;tcp=${flow.connection}`
    this.#outbox.push({ text: message, to: `${flow.address}:${flow.port}${connection}`, listener })
  }

  /** A phone's connection is gone. */
  #connectionClosed(address: string): void {
    if (!this.#down) this.#turn(() => this.#server.connectionClosed(flowOf(address)))
  }

  listenerFor(): number {
    return 0
  }

  advertised(): string {
    return serverAddress
  }

  // --- turns

  #newClock(): ProcessClock {
    return new ProcessClock(this.#clock, (run) => this.#turn(run))
  }

  #newServer(configured: boolean): CallServer {
    const replace = (): void => this.#server.replaceSnapshot(this.#settings.snapshot)
    const parts = { media: this.#media, prompts: noPrompts, recordingsFolder: '/nowhere' }
    return new CallServer({
      ...(this.hasMedia ? { sound: parts } : {}),
      userChanges: this.#settings.changes(this.#processClock, replace),
      network: this,
      clock: this.#processClock,
      random: this.#chance,
      journal: this.#journal,
      events: this.#journal.records,
      messageEvents: this.#journal.messages,
      log,
      snapshot: configured ? this.#settings.snapshot : null,
      nonceKey,
      isOwnHost: (host) => host === serverHost,
      locator: noNames,
    })
  }

  #turn(run: () => void, received = ''): void {
    const inSlots = this.#crashArmed === null ? [] : this.parked()
    run()
    if (this.#crashArmed !== null && this.#outbox.length > 0) {
      const { method } = this.#crashArmed
      if (method === '' || received.includes(` ${method}\r\n`)) {
        this.#crash(this.#chance.pick(crashPoints), inSlots)
        return
      }
    }
    this.#endTurn()
  }

  #endTurn(): void {
    this.#journal.commit()
    const outbox = this.#outbox
    this.#outbox = []
    for (const outgoing of outbox) this.#release(outgoing)
  }

  #release({ text, to, listener }: Outgoing): void {
    const place = isStream(to) ? `${flowOf(to).address}:5060` : to
    const message = this.#watch.serverSent(text, place)
    this.limits?.sent(message, place)
    const arrives = this.#wire.send(text, serverAddress, to, message)
    this.#watch.carried(message, arrives)
    if (arrives || listener === null || !isStream(to)) return
    this.#processClock.start(1, { timerFired: () => listener.sendFailed() }, 'not sent')
  }

  /** @param inSlots who waited in park slots before the turn in which it dies */
  #crash(point: CrashPoint, inSlots: readonly InSlot[]): void {
    this.#crashArmed = null
    // Before it is configured anew nobody is in a slot: then what the process before it knew still counts.
    if (this.#server.ready) this.#slots.died(inSlots, this.parked())
    this.#watch.note(`--- the server dies: ${point}`)
    if (point === 'before journal') this.#journal.forgetTurn()
    else this.#journal.commit()
    const outbox = this.#outbox
    this.#outbox = []
    const leaving = point === 'after' ? outbox.length : point === 'between messages' ? outbox.length >> 1 : 0
    for (const outgoing of outbox.slice(0, leaving)) this.#release(outgoing)
    this.#processClock.stopAll()
    this.#wire.closeStreams()
    this.#down = true
    this.restarts++
    this.#watch.crashed()
    this.#clock.start(this.#chance.between(50, 1500), this, 'restart')
  }

  #goesOn(id: string): boolean {
    const call = this.#server.calls.get(id)
    return call instanceof Conversation && !call.over
  }

  timerFired(name: string): void {
    if (name === 'snapshot') {
      if (this.#down) return
      this.#turn(() => this.#server.replaceSnapshot(this.#settings.snapshot))
      if (this.serves) this.#slots.isBack(this.parked(), (call) => this.#goesOn(call))
      return
    }
    this.#watch.note('--- the server starts again')
    this.#down = false
    this.#processClock = this.#newClock()
    this.#media = new RecordingMedia()
    this.#server = this.#newServer(false)
    this.#turn(() => {
      const recovered = this.#journal.recovered()
      this.#server.restore(recovered)
      for (const _ of this.#server.restorePhones(recovered));
    })
    this.#clock.start(this.#chance.pick([0, 300, 1500]), this, 'snapshot')
    const waiting = this.#waiting
    this.#waiting = []
    for (const { text, from } of waiting) this.datagramReceived(text, from)
  }
}

/** How a phone names its dialog: Call-ID and its tag. */
function keyOf({ dialog }: Leg): string {
  return `${dialog.callId} ${dialog.remoteTag}`
}

function flowOf(from: string): Flow {
  const colon = from.lastIndexOf(':')
  const [port = '', connection = ''] = from.slice(colon + 1).split(';tcp=')
  return {
    transport: connection === '' ? 'UDP' : 'TCP',
    listener: 0,
    address: from.slice(0, colon),
    port: Number(port),
    connection: Number(connection),
  }
}
