import type { Callee, Snapshot, ZoneTable } from '../config/snapshot.ts'
import type { Journal, RecoveredEntries } from '../records/entries.ts'
import type { TollCharge, TollCounter } from '../router/decision.ts'
import { momentOf } from '../router/local-time.ts'
import { dayAt, keyOf, tollKeyOfAccount } from '../router/toll-fraud.ts'
import type { Clock, TimerOwner } from '../sip/transport.ts'
import type { Log } from './services.ts'

/** Between two looks at calls under way (ms): so much may be talked beyond a limit, or forgotten by a crash. */
const pause = 5000
/** Whoever keeps trying is told of once in this time (ms). */
const alertPause = 600_000
const minutesOfDay = 24 * 60

/** An outside call that counts against limits, from its first ringing on. */
export interface OutsideCall {
  readonly kind: 'outside'
  /** `RISK/ACCOUNT ID/KEY OF THE PLACER`: enough to go on after a crash. */
  readonly id: string
  /** Until when its minutes were counted (ms since the epoch); 0 while nobody has answered. */
  countedTo: number
}

/** What is left of a limit for nobody: told to an administrator. */
export interface LimitReached {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Whose limit: key of a user or service, or `account:` and an id. */
  readonly key: string
  readonly counter: TollCounter
  /** Whose call was refused or ended, and his name. */
  readonly placer: string
  readonly name: string
}

/** What somebody has used of his limits so far. */
export interface TollUseView {
  readonly key: string
  readonly calls: number
  /** Today, by the clock of his site or of the account's limits. */
  readonly seconds: Readonly<Record<TollCharge['risk'], number>>
  readonly outsideHours: number
}

export interface TollWorld {
  readonly clock: Clock
  readonly journal: Journal
  /** `null` while none is in force. */
  snapshot(): Snapshot | null
  /** Ends all answered calls that hold one of these. */
  end(calls: ReadonlySet<OutsideCall>): void
  readonly log: Pick<Log, 'warn'>
}

const dayCounters: readonly TollCounter[] = ['low', 'medium', 'high', 'outsideHours']

interface OfDay {
  day: number
  /** Milliseconds, or calls. */
  used: number
}

/**
 * What outside calls use of the limits against toll fraud. Counted only where there are limits. Minutes are written to the
 * journal every few seconds, so a crash forgets no more than those; a day is that of whoever the limit is for, and minutes
 * before midnight are none of the new one.
 */
export class TollUse implements TimerOwner {
  /** Told of limits that stopped somebody; `null` while nobody wants to know. */
  teller: ((reached: LimitReached) => void) | null = null
  /** As often as it was told. */
  limitsReached = 0
  readonly #world: TollWorld
  /** By key. */
  readonly #calls = new Map<string, number>()
  /** By counter and key, with `/` between, as in the journal. */
  readonly #days = new Map<string, OfDay>()
  readonly #underWay = new Set<OutsideCall>()
  readonly #toldAt = new Map<string, number>()
  #waits = false

  constructor(world: TollWorld) {
    this.#world = world
  }

  /** A phone outside is being rung. */
  begin({ placer, risk, outsideHours }: TollCharge): OutsideCall {
    const { account } = placer.pbx
    const call = this.resume(`${risk}/${account.id}/${keyOf(placer)}`)
    if (outsideHours) {
      const now = this.#world.clock.now()
      this.#add('outsideHours', keyOf(placer), dayAt(placer.site.timeZone, now), 1)
      const zone = account.tollFraud?.timeZone
      if (zone !== undefined) this.#add('outsideHours', tollKeyOfAccount(account.id), dayAt(zone, now), 1)
    }
    return call
  }

  /** One that the process before this one knew. */
  resume(id: string): OutsideCall {
    const call: OutsideCall = { kind: 'outside', id, countedTo: 0 }
    for (const key of keysOf(id)) this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1)
    this.#underWay.add(call)
    return call
  }

  /** Somebody has answered: minutes count. */
  answered(call: OutsideCall): void {
    call.countedTo = this.#world.clock.now()
    this.#wait()
  }

  over(call: OutsideCall): void {
    if (!this.#underWay.delete(call)) return
    for (const key of keysOf(call.id)) {
      const left = (this.#calls.get(key) ?? 0) - 1
      if (left > 0) this.#calls.set(key, left)
      else this.#calls.delete(key)
    }
    this.#count(call)
  }

  /** No outside call is under way. */
  get idle(): boolean {
    return this.#calls.size === 0 && this.#underWay.size === 0
  }

  /** See `Live.tollUse`. */
  use(key: string, counter: TollCounter, day: number): number {
    if (counter === 'calls') return this.#calls.get(key) ?? 0
    const used = this.#usedOn(counter, key, day)
    return counter === 'outsideHours' ? used : Math.floor(used / 1000)
  }

  /** Everything that was used by this key, by `counter/day`. */
  uses(key: string): Readonly<Record<string, number>> {
    const found: Record<string, number> = {}
    const calls = this.#calls.get(key)
    if (calls !== undefined) found['calls/0'] = calls
    for (const counter of dayCounters) {
      const ofDay = this.#days.get(`${counter}/${key}`)
      if (ofDay !== undefined) found[`${counter}/${ofDay.day}`] = this.use(key, counter, ofDay.day)
    }
    return found
  }

  /** See `Live.limitReached`. */
  limitReached(placer: Callee, key: string, counter: TollCounter): void {
    const at = this.#world.clock.now()
    const name = `${counter}/${key}`
    if (at - (this.#toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < alertPause) return
    // Those of long ago would be told again anyway.
    if (this.#toldAt.size >= 10_000) this.#toldAt.clear()
    this.#toldAt.set(name, at)
    this.limitsReached++
    const reached = { at, key, counter, placer: keyOf(placer), name: placer.displayName }
    this.#world.log.warn(reached, 'A limit against toll fraud is reached: outside calls are refused or ended')
    this.teller?.(reached)
  }

  /** Everybody who has used something today. */
  *views(): Generator<TollUseView> {
    const snapshot = this.#world.snapshot()
    if (snapshot === null) return
    const keys = new Set(this.#calls.keys())
    for (const name of this.#days.keys()) keys.add(name.slice(name.indexOf('/') + 1))
    for (const key of keys) {
      const zone = zoneOf(snapshot, key)
      if (zone === null) continue
      const day = dayAt(zone, this.#world.clock.now())
      const seconds = {
        low: this.use(key, 'low', day),
        medium: this.use(key, 'medium', day),
        high: this.use(key, 'high', day),
      }
      const [calls, outsideHours] = [this.use(key, 'calls', 0), this.use(key, 'outsideHours', day)]
      if (calls + outsideHours + seconds.low + seconds.medium + seconds.high === 0) continue
      yield { key, calls, seconds, outsideHours }
    }
  }

  /** Takes up what the process before this one had counted. */
  restore({ entries }: RecoveredEntries): void {
    for (const { kind, key, value } of entries) {
      if (kind !== 'toll') continue
      const [day = Number.NaN, used = Number.NaN] = value.split(' ').map(Number)
      // By no clock of the world does a day end more than this after it began by another.
      const isOld = day < Math.floor(this.#world.clock.now() / 86_400_000) - 2
      if (isOld || !Number.isFinite(day + used)) this.#world.journal.remove('toll', key)
      else this.#days.set(key, { day, used })
    }
  }

  timerFired(): void {
    this.#waits = false
    const snapshot = this.#world.snapshot()
    let talks = false
    for (const call of this.#underWay) {
      if (call.countedTo === 0) continue
      talks = true
      if (snapshot !== null) this.#count(call)
    }
    if (snapshot !== null) this.#endThoseBeyond(snapshot)
    if (talks) this.#wait()
  }

  /** The minutes since the last look, by the configuration of now. */
  #count(call: OutsideCall): void {
    const snapshot = this.#world.snapshot()
    if (call.countedTo === 0 || snapshot === null) return
    const now = this.#world.clock.now()
    const [risk] = partsOf(call.id)
    for (const key of keysOf(call.id)) {
      const zone = zoneOf(snapshot, key)
      if (zone === null) continue
      const day = dayAt(zone, now)
      // What was talked before midnight is of a day that nobody asks about any more.
      const since = Math.max(call.countedTo, momentOf(zone, day * minutesOfDay))
      this.#add(risk, key, day, Math.max(0, now - since))
    }
    call.countedTo = now
  }

  #endThoseBeyond(snapshot: Snapshot): void {
    const now = this.#world.clock.now()
    const beyond = new Set<OutsideCall>()
    for (const call of this.#underWay) {
      if (call.countedTo === 0) continue
      const [risk, accountId, placer] = partsOf(call.id)
      const limits = snapshot.accounts.find(({ id }) => id === accountId)?.tollFraud
      if (limits === undefined || limits === null) continue
      const { each, account } = limits.minutes[risk]
      for (const [index, key] of keysOf(call.id).entries()) {
        const most = index === 0 ? each : account
        const zone = most === Number.POSITIVE_INFINITY ? null : zoneOf(snapshot, key)
        if (zone === null || this.use(key, risk, dayAt(zone, now)) < most * 60) continue
        beyond.add(call)
        const callee = snapshot.users.get(placer) ?? snapshot.ringGroups.get(placer)
        if (callee !== undefined) this.limitReached(callee, key, risk)
      }
    }
    if (beyond.size > 0) this.#world.end(beyond)
  }

  #usedOn(counter: string, key: string, day: number): number {
    const found = this.#days.get(`${counter}/${key}`)
    return found?.day === day ? found.used : 0
  }

  #add(counter: TollCounter, key: string, day: number, more: number): void {
    const name = `${counter}/${key}`
    const used = this.#usedOn(counter, key, day) + more
    this.#days.set(name, { day, used })
    this.#world.journal.put('toll', name, `${day} ${used}`)
  }

  #wait(): void {
    if (this.#waits) return
    this.#waits = true
    this.#world.clock.start(pause, this, 'toll use')
  }
}

/** Those for whom a call counts: its placer, then the account. */
function keysOf(id: string): readonly [string, string] {
  const [, account, placer] = partsOf(id)
  return [placer, tollKeyOfAccount(account)]
}

function partsOf(id: string): readonly [risk: TollCharge['risk'], account: string, placer: string] {
  const first = id.indexOf('/')
  const second = id.indexOf('/', first + 1)
  return [id.slice(0, first) as TollCharge['risk'], id.slice(first + 1, second), id.slice(second + 1)]
}

/** By whose clock a day begins for this key; `null` for somebody who is not there any more, or has no limits. */
function zoneOf(snapshot: Snapshot, key: string): ZoneTable | null {
  if (key.startsWith('account:')) {
    return snapshot.accounts.find(({ id }) => tollKeyOfAccount(id) === key)?.tollFraud?.timeZone ?? null
  }
  return (snapshot.users.get(key) ?? snapshot.ringGroups.get(key))?.site.timeZone ?? null
}
