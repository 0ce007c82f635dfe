import type { SipMessage } from '../../engine/sip/message.ts'
import { callsOfPbx, carriers, domainOf, phones } from './company.ts'
import type { Leg } from './leg.ts'
import type { CallPlan } from './plan.ts'
import type { ServerProcess } from './server-process.ts'
import type { Watch } from './watch.ts'

const pbxFull = 'All Calls Of The PBX Are In Use'
const refusals: readonly string[] = [
  pbxFull,
  'All Your Lines Are In Use',
  'All Channels Are In Use',
  'All Channels Busy',
  'Too Many Outside Calls',
]
const usualLines = 2
const linesOf: ReadonlyMap<string, number> = new Map([
  ['n1004', 1],
  ['s1004', 1],
])
const users = new Map(phones.map(({ host, user }) => [`${host}:5060`, user]))
const carriersByAddress = new Map(carriers.map(({ name, host }) => [`${host}:5060`, name]))
/** Channels of carriers; of others there is no end. */
const channelsOf: ReadonlyMap<string, number> = new Map([['carrier-a', 3]])

/**
 * What must hold of limits (docs/calls.md): no call begins beyond one, none is refused below one, and emergency calls know
 * none. Counted from what phones believe and the server cannot be mistaken about, and never more than that.
 */
export class Limits {
  readonly #watch: Watch
  readonly #server: ServerProcess
  /** Call-IDs of INVITEs and branches of refusals that were seen, and numbers of calls that have begun to ring. */
  readonly #seen = new Set<string>()
  readonly #begun = new Set<number>()

  constructor(watch: Watch, server: ServerProcess) {
    this.#watch = watch
    this.#server = server
  }

  /** A message leaves the server. */
  sent(message: SipMessage, to: string): void {
    if (message.method !== 'INVITE') return
    if (!message.isRequest) {
      if (message.status === 503 && message.reasonPhrase === pbxFull && !this.#seen.has(message.branch)) {
        this.#seen.add(message.branch)
        this.#refused()
      }
      return
    }
    if (message.toTag !== '' || this.#seen.has(message.callId)) return
    this.#seen.add(message.callId)
    const plan = this.#watch.calls.get(Number(message.otherHeader('x-call')))
    // What the server places itself goes on with a call; a code's call may, too.
    if (plan === undefined || message.otherHeader('x-call') === '' || !isPlain(plan)) return
    this.#rings(plan.number, plan.caller, to)
  }

  /** A phone's emergency call was refused. */
  emergencyRefused(phrase: string): void {
    if (refusals.includes(phrase)) this.#watch.fail(`An emergency call was refused: ${phrase}`)
  }

  #rings(number: number, caller: string, to: string): void {
    const user = users.get(to)
    if (user !== undefined) {
      const lines = linesOf.get(user) ?? usualLines
      const talking = callsOf(this.#certain((leg) => leg.user === user))
      if (talking >= lines) this.#watch.fail(`Call ${number} rings at ${user}, who has ${talking} calls already`)
    }
    const carrier = carriersByAddress.get(to) ?? ''
    const channels = channelsOf.get(carrier) ?? Number.POSITIVE_INFINITY
    if (callsOf(this.#certain((leg) => leg.phone.settings.name === carrier)) >= channels) {
      this.#watch.fail(`Call ${number} goes to ${carrier}, whose ${channels} channels are all in use`)
    }
    if (this.#begun.has(number)) return
    this.#begun.add(number)
    const pbx = pbxOf(caller)
    const most = this.#server.limited ? (callsOfPbx[pbx] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
    const talking = callsOf(
      this.#certain(({ side, plan }) => side === 'caller' && isPlain(plan) && pbxOf(plan.caller) === pbx),
    )
    if (talking >= most) this.#watch.fail(`Call ${number} begins in ${pbx}, which has ${talking} calls already`)
  }

  /** A call is refused because its PBX, or that of whom it calls, has no more. */
  #refused(): void {
    const calls = [...this.#server.callsOfUsers()]
    const isFull = ([pbx, most]: readonly [string, number]): boolean =>
      calls.filter(({ users, outside }) => outside || users.some((user) => pbxOf(user) === pbx)).length >= most
    if (Object.entries(callsOfPbx).some(isFull)) return
    this.#watch.fail(`A call is refused for want of calls of a PBX: there are ${JSON.stringify(calls)}`)
  }

  /** Answered calls that nobody at either end has begun to end, hand on or take over. */
  #certain(isWanted: (leg: Leg) => boolean): Leg[] {
    return this.#watch.legs.filter((leg) => {
      if (!isWanted(leg) || !this.#stays(leg)) return false
      const peer = this.#watch.peerOf(leg)
      return peer !== null && this.#stays(peer)
    })
  }

  #stays(leg: Leg): boolean {
    if (!leg.established || leg.ended || leg.sentBye || leg.wantsBye || leg.hands || leg.handedOn !== '') return false
    return leg.excused === '' && leg.plan.excused === '' && !this.#watch.saidGoodbye(leg)
  }
}

/** Two phones behind a carrier that both answer are one call. */
function callsOf(legs: readonly Leg[]): number {
  return new Set(legs.map(({ plan, side }) => `${plan.number} ${side}`)).size
}

/** It calls somebody: no code, no emergency number, and in nobody's place (Replaces), whose call it would go on with. */
function isPlain({ dialled, headers }: CallPlan): boolean {
  return headers === '' && /^\+?\d{4,}$/.test(dialled)
}

/** '' where it is none of ours. */
function pbxOf(user: string): string {
  return /^[ns]\d+$/.test(user) ? domainOf(user).slice(0, 5) : ''
}
