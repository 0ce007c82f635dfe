import type { TimerOwner } from '../../engine/sip/transport.ts'
import { Audit } from './audit.ts'
import { Chance } from './chance.ts'
import type { StationSettings } from './company.ts'
import {
  carriers,
  dialledByCarriers,
  dialledFrom,
  nuisanceNumber,
  parkSlots,
  phones,
  watchedUsers,
  watchers,
} from './company.ts'
import type { FeatureWeights } from './features.ts'
import { OutgoingCall } from './outgoing-call.ts'
import { People } from './people.ts'
import type { World } from './phone.ts'
import { Phone } from './phone.ts'
import { planCall } from './plan.ts'
import { ServerProcess } from './server-process.ts'
import { newSettings } from './user-settings.ts'
import { VirtualClock } from './virtual-clock.ts'
import { Violation, Watch } from './watch.ts'
import { Watching } from './watching.ts'
import type { Weather } from './wire.ts'
import { Wire } from './wire.ts'

export interface EpisodeOptions {
  readonly seed: number
  readonly calls: number
  /** `null`: each by chance, from none to bad. */
  readonly loss: number | null
  readonly duplicate: number | null
  readonly reorder: number | null
  /** Probability for each call that the server dies during it. */
  readonly crash: number
  /** Session timers, UPDATE, habits, registrations that come and go (`World.wide`). */
  readonly wide: boolean
  /** What people do with their calls, and how often; `null`: they only talk. */
  readonly features: FeatureWeights | null
  /** Probability that phones watch the lamps of others: a third of all messages then, whatever else happens. */
  readonly lamps: number
  /** Takes the ladder line by line; `null`: nobody wants it. */
  readonly trace: ((line: string) => void) | null
}

export interface EpisodeResult {
  /** What went wrong, or ''. */
  readonly violation: string
  readonly messages: number
  readonly answered: number
  readonly restarts: number
  /** How often people did each thing with their calls. */
  readonly done: Readonly<Record<string, number>>
}

/** Phones have so long to register (ms), and calls to end after the last one has begun. */
const registrationTime = 60_000
const afterLastCall = 3_000_000
/** No registration ends by itself before (ms). */
const leastExpiry = 3_000_000
/** How often it is looked whether all is over, and how long nothing must happen then (ms). */
const look = 20_000

/** One phone is never registered, and makes calls all the same. */
const switchedOff = 'n1003-phone3'

const crashMethods = ['', '', 'INVITE', 'INVITE', 'ACK', 'BYE', 'INFO', 'CANCEL', 'PRACK']
/** Where people do things with their calls. */
const busyCrashMethods = ['', '', '', 'INVITE', 'INVITE', 'ACK', 'BYE', 'CANCEL', 'PRACK', 'REFER', 'REFER', 'NOTIFY']

/** One small world from start to end: a server, its phones and carriers, some calls, and bad luck, all from one seed. */
export function runEpisode(options: EpisodeOptions): EpisodeResult {
  const { seed, calls, trace, wide, features } = options
  const clock = new VirtualClock(wide)
  const chance = new Chance(seed, 1)
  const watch = new Watch(clock, trace, features !== null)
  const weather: Weather = {
    loss: options.loss ?? chance.pick([0, 0.02, 0.1, 0.15]),
    duplicate: options.duplicate ?? chance.pick([0, 0.05]),
    reorder: options.reorder ?? chance.pick([0, 0.05, 0.2]),
  }
  const listener =
    trace === null
      ? null
      : (text: string, from: string, to: string, fate: string): void => watch.note(ladderLine(text, from, to, fate))
  const wire = new Wire(clock, new Chance(seed, 2), weather, listener)
  const limited = features !== null && new Chance(seed, 7).happens(features.limits > 0 ? 0.3 : 0)
  const settings = newSettings(features !== null, limited)
  const hasMedia = features !== null && new Chance(seed, 5).happens(features.media > 0 ? 0.4 : 0)
  const server = new ServerProcess(clock, wire, new Chance(seed, 3), watch, settings, hasMedia, limited)
  const people = features === null ? null : new People(clock, new Chance(seed, 4), watch, server, features)
  if (people !== null) server.limits = people.limits
  const world = { clock, wire, watch, wide, people }
  const connected = features !== null && features.connection > 0
  // Without a registration a phone would not be found again.
  const isByTcp = ({ user, name }: StationSettings, index: number): boolean =>
    connected && user !== '' && name !== switchedOff && new Chance(seed, 300 + index).happens(0.3)
  const stations = [...phones, ...carriers].map(
    (settings, index) => new Phone(world, settings, new Chance(seed, 100 + index), isByTcp(settings, index)),
  )
  if (people !== null) people.stations = stations
  const failed = (text: string): EpisodeResult => ({ ...counts(), violation: text })
  const counts = (): Omit<EpisodeResult, 'violation'> => ({
    messages: wire.sent,
    answered: [...watch.calls.values()].filter((call) => call.answeredAt > 0).length,
    restarts: server.restarts,
    done: people?.done ?? {},
  })
  try {
    registerAll(clock, stations, watch)
    if (wide) scheduleRegistrations(clock, chance, stations, calls)
    const watched = wide && new Chance(seed, 6).happens(options.lamps)
    const watching = watched ? watchAll(world, server, seed, calls) : []
    const audit = people === null ? null : new Audit(clock, watch, server)
    const lastStart = scheduleCalls(clock, chance, wire, server, stations, watch, people, options)
    runToTheEnd(clock, server, stations, watching, watch, people, lastStart)
    audit?.stop()
    return { ...counts(), violation: '' }
  } catch (error) {
    if (error instanceof Violation) return failed(error.message)
    return failed(`The program threw: ${error instanceof Error ? error.stack : String(error)}`)
  }
}

function registerAll(clock: VirtualClock, stations: readonly Phone[], watch: Watch): void {
  for (const phone of stations) {
    if (registers(phone)) phone.registration.change('registered')
  }
  const until = clock.now() + registrationTime
  while (stations.some((phone) => registers(phone) && !phone.registration.confirmed)) {
    if (!clock.step(until)) watch.fail('Not every phone could register')
  }
}

/** Phones that only watch, with chance of their own. */
function watchAll(world: World, server: ServerProcess, seed: number, calls: number): Watching[] {
  return watchers.map((settings, index) => {
    const slots = world.people === null ? [] : parkSlots.map(({ id }) => id)
    const watched = [...watchedUsers, ...slots.filter((id) => id[0] === settings.user[0])]
    const watching = new Watching(new Phone(world, settings, new Chance(seed, 200 + index)), server, watched)
    watching.begin(calls * 2000)
    return watching
  })
}

/** One phone is switched off all day. */
function registers(phone: Phone): boolean {
  return !phone.isCarrier && phone.settings.name !== switchedOff
}

/** While calls are made some phones renew their registration, and some give it up for a while. */
function scheduleRegistrations(clock: VirtualClock, chance: Chance, stations: readonly Phone[], calls: number): void {
  for (const phone of stations) {
    if (!registers(phone) || !chance.happens(0.3)) continue
    // Who gives it up by another connection than the one by which he is in calls could not be found again.
    if (phone.connection !== null) continue
    const time = chance.between(0, calls * 3000)
    const wish = chance.weighted({ registered: 50, gone: 40, 'all gone': 10 })
    clock.start(time, phone.registration, wish)
    if (wish !== 'registered') clock.start(time + chance.between(500, 20_000), phone.registration, 'registered')
  }
}

/** @returns when the last call begins */
function scheduleCalls(
  clock: VirtualClock,
  chance: Chance,
  wire: Wire,
  server: ServerProcess,
  stations: readonly Phone[],
  watch: Watch,
  people: People | null,
  { calls, crash, wide }: EpisodeOptions,
): number {
  let start = 0
  for (let number = 1; number <= calls; number++) {
    start += chance.happens(0.2) ? 0 : chance.between(0, 6000)
    const phone = chance.happens(0.25)
      ? chance.pick(stations.filter((station) => station.isCarrier))
      : chance.pick(stations)
    const caller = phone.isCarrier ? chance.pick(['+442078880001', nuisanceNumber, 'anonymous']) : phone.settings.user
    const dialled = chance.pick(phone.isCarrier ? dialledByCarriers : dialledFrom(phone.settings.domain))
    const plan = planCall(number, caller, dialled, chance, wide, people !== null)
    clock.start(
      start,
      doing(() => {
        watch.calls.set(number, plan)
        new OutgoingCall(phone, plan)
      }),
      'call',
    )
    people?.plan(start)
    if (chance.happens(crash)) {
      const method = chance.pick(people === null ? crashMethods : busyCrashMethods)
      clock.start(
        start + chance.between(0, people === null ? 12_000 : 60_000),
        doing(() => server.armCrash(method)),
        'crash',
      )
    }
    if (chance.happens(0.01)) {
      const unlucky = chance.pick(stations)
      const time = chance.between(500, 4000)
      clock.start(
        start + chance.between(0, 6000),
        doing(() => wire.cutOff(unlucky.address, time)),
        'cut off',
      )
    }
  }
  return clock.now() + start
}

function runToTheEnd(
  clock: VirtualClock,
  server: ServerProcess,
  stations: readonly Phone[],
  watching: readonly Watching[],
  watch: Watch,
  people: People | null,
  lastStart: number,
): void {
  const end = lastStart + afterLastCall
  let quiet = false
  for (let until = lastStart + look; ; until += look) {
    while (clock.step(until));
    for (const one of watching) one.settle()
    const left = [
      ...stations.flatMap((phone) => phone.leftovers()),
      ...watching.flatMap((one) => one.leftovers()),
      ...server.leftovers(),
      ...(people?.leftovers() ?? []),
    ]
    const watched = watching.reduce((sum, one) => sum + one.alive, 0)
    if (server.subscriptions !== watched)
      left.push(`${server.subscriptions} subscriptions, of which ${watched} are known`)
    const confirmed = stations.filter((phone) => phone.registration.confirmed).length
    const settled = stations.every((phone) => phone.registration.settled)
    if (settled && clock.now() < lastStart + leastExpiry && server.registrations !== confirmed) {
      left.push(`${server.registrations} registrations of ${confirmed} phones`)
    }
    if (left.length === 0) {
      if (quiet) return
      quiet = true
    } else {
      quiet = false
      if (until > end) watch.fail(`When all was over there were left: ${left.join('; ')}`)
    }
  }
}

function doing(run: () => void): TimerOwner {
  return { timerFired: run }
}

function ladderLine(text: string, from: string, to: string, fate: string): string {
  const first = text.slice(0, text.indexOf('\r\n'))
  const cseq = /^CSeq: (.*)\r$/im.exec(text)?.[1] ?? ''
  const callId = /^Call-ID: (.*)\r$/im.exec(text)?.[1] ?? ''
  const tag = /^To: .*;tag=(\S+)\r$/im.exec(text)?.[1] ?? ''
  const said = /^s=(.*)\r$/m.exec(text)?.[1] ?? /^Refer-To: (.*)\r$/im.exec(text)?.[1] ?? ''
  const session = said || (/\r\n\r\nSIP\/2\.0 (.*)\r$/m.exec(text)?.[1] ?? '')
  return `${from.replace(':5060', '')} -> ${to.replace(':5060', '')}  ${first}  ${cseq} ${callId} ${tag} ${session} (${fate})`
}
