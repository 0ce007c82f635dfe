import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Chance } from './chance.ts'
import { parkSlots } from './company.ts'
import { doings } from './doings.ts'
import type { Feature, FeatureWeights } from './features.ts'
import type { IncomingCall } from './incoming-call.ts'
import type { Leg } from './leg.ts'
import { Limits } from './limits.ts'
import type { CallFollower } from './outgoing-call.ts'
import { OutgoingCall } from './outgoing-call.ts'
import type { Phone } from './phone.ts'
import type { CallPlan } from './plan.ts'
import { planBeside } from './plan.ts'
import { Post } from './post.ts'
import type { ServerProcess } from './server-process.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { Watch } from './watch.ts'

/** Numbers of calls that are made beside the planned ones, and of those that the server makes. */
const firstBeside = 10_000
const firstPlaced = 1_000_000

/** What people do with their calls besides talking: at times and with calls that chance picks. */
export class People implements TimerOwner {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly watch: Watch
  readonly server: ServerProcess
  readonly post: Post
  readonly limits: Limits
  /** Phones and carriers. */
  stations: readonly Phone[] = []
  /** How often each thing was done. */
  readonly done: Record<string, number> = {}
  /** Since when users want no calls, as was confirmed to them (ms). */
  readonly undisturbed = new Map<string, number>()
  /** Call-IDs of calls that may have been handed on while they rang: their records go on. */
  readonly handedOver = new Set<string>()
  readonly #weights: FeatureWeights
  readonly #ringing: IncomingCall[] = []
  /** Final answers to calls that phones made, by Call-ID and tag. */
  readonly #concluded = new Map<string, { readonly callId: string; readonly tag: string; readonly status: number }>()
  #next = firstBeside
  #placed = firstPlaced

  constructor(clock: VirtualClock, chance: Chance, watch: Watch, server: ServerProcess, weights: FeatureWeights) {
    this.clock = clock
    this.chance = chance
    this.watch = watch
    this.server = server
    this.post = new Post(watch, server.messages)
    this.limits = new Limits(watch, server)
    this.#weights = weights
  }

  /** Something is done about now and then, from `start` (ms from now). */
  plan(start: number): void {
    const count = this.chance.pick([0, 1, 1, 2, 2, 3])
    for (let i = 0; i < count; i++) this.clock.start(start + this.chance.between(500, 45_000), this, 'do')
  }

  timerFired(): void {
    const feature = this.chance.weighted(this.#weights)
    const done = doings[feature](this)
    if (done) this.count(feature)
    this.watch.note(`--- ${feature}${done ? '' : ': nobody can'}`)
  }

  count(what: Feature | 'handed on' | 'parked' | 'fetched' | 'picked up' | 'taken over'): void {
    this.done[what] = (this.done[what] ?? 0) + 1
  }

  // --- told by phones

  /** An answered call begins at this phone: nobody talks for ever. */
  talking(leg: Leg): void {
    if (leg.plan.vanishes !== 'nobody') return
    this.clock.start(this.chance.between(40_000, 180_000), leg, 'enough')
  }

  rings(call: IncomingCall): void {
    this.#ringing.push(call)
    const { user } = call.phone.settings
    const since = this.undisturbed.get(user)
    if (since === undefined || call.request.otherHeader('x-call') === '' || call.plan.startedAt <= since) return
    this.watch.fail(`${user} wants no calls, and call ${call.plan.number} rings`)
  }

  /** A call that no phone made: the server places it for somebody. */
  placedPlan(request: SipMessage): CallPlan | null {
    if (request.otherHeader('x-call') !== '') return null
    const plan = { ...planBeside(this.#placed++, '', '', this.chance), hangUp: 'callee' as const, giveUpAfter: -1 }
    this.watch.calls.set(plan.number, plan)
    return plan
  }

  concluded(callId: string, tag: string, status: number, answered: boolean): void {
    const key = `${callId} ${tag}`
    if (answered || !this.#concluded.has(key)) this.#concluded.set(key, { callId, tag, status })
  }

  // --- for what they do

  /** Calls from this phone, besides what else it does. `headers`: whole lines. */
  call(phone: Phone, dialled: string, follower: CallFollower | null, headers = '', patient = true): void {
    const plan = planBeside(this.#next++, phone.settings.user, dialled, this.chance, headers)
    const kept = patient ? { ...plan, giveUpAfter: -1 } : plan
    this.watch.calls.set(kept.number, kept)
    new OutgoingCall(phone, kept, follower)
  }

  /** Sides of answered calls of users that are there. */
  talkers(): Leg[] {
    return this.watch.legs.filter((leg) => leg.talks && leg.plan.vanishes === 'nobody')
  }

  /** Calls that ring at users' phones. */
  ringing(): IncomingCall[] {
    return this.#ringing.filter((call) => call.rings && !call.phone.isCarrier)
  }

  /** Phones that can make calls: those of users, registered. */
  callers(wanted: (phone: Phone) => boolean): Phone[] {
    return this.stations.filter((phone) => !phone.isCarrier && phone.registration.confirmed && wanted(phone))
  }

  slotsOf(domain: string): string[] {
    return parkSlots.filter(({ id }) => domain.startsWith(id.slice(0, 5))).map(({ extension }) => extension)
  }

  // --- at the end

  leftovers(): string[] {
    const wrong = this.post.leftovers(this.stations)
    for (const { callId, tag, status } of this.#concluded.values()) {
      if (status >= 300 && this.handedOver.has(callId)) continue
      const fault = this.server.recordFaultOf(callId, tag, status)
      if (fault !== '') wrong.push(fault)
    }
    return wrong
  }
}
