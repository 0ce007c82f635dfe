import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import { parkSlots } from './company.ts'
import type { Phone } from './phone.ts'

/** So long (ms) nothing must have changed before a lamp has to be right: a NOTIFY gets through in less. */
const settled = 40_000
/** How often it looks whether its lamps are right (ms). */
const look = 5000
/** Challenges and pauses that the server asks for, for each SUBSCRIBE. */
const mostTries = 8

/** What the server would have to show: dialog elements for a lamp; `null` while it does not run. */
export interface Truth {
  lampOf(watched: string, watcher: string): string | null
}

/** One subscription of a watching phone. */
class Lamp {
  readonly watched: string
  readonly callId: string
  readonly fromTag: string
  /** Of the server; '' before. */
  toTag = ''
  /** Number of the newest SUBSCRIBE and of the newest NOTIFY. */
  sequence = 0
  notified = 0
  version = -1
  shown = ''
  shownAt = 0
  /** It was asked for and is not over, as far as the phone knows. */
  alive = true
  busy = false
  tries = 0
  asked = 0
  /** What the truth was when it was last looked at, and since when. */
  truth: string | null = null
  truthSince = 0
  /** When it is over unless refreshed; 0 while nobody said. */
  expiresAt = 0

  constructor(watched: string, callId: string, fromTag: string) {
    this.watched = watched
    this.callId = callId
    this.fromTag = fromTag
  }

  /** Each dialog has numbers of its own: one of a process that died may have spoken first. */
  movesTo(toTag: string): void {
    this.toTag = toTag
    this.notified = 0
    this.version = -1
  }
}

/** A phone that watches the lamps of some users (RFC 6665), and judges what they show. */
export class Watching implements ClientRequestUser, TimerOwner {
  readonly #phone: Phone
  readonly #truth: Truth
  readonly #lamps: Lamp[] = []
  /** Whom it begins to watch. */
  readonly #users: readonly string[]
  /** It begins nothing more. */
  #over = false

  constructor(phone: Phone, truth: Truth, users: readonly string[]) {
    this.#phone = phone
    this.#truth = truth
    this.#users = users
    phone.watching = this
  }

  /** Begins to watch, each user at a time of its own within `milliseconds`. */
  begin(milliseconds: number): void {
    const { clock } = this.#phone.world
    for (const user of this.#users) clock.start(this.#phone.chance.between(0, milliseconds), this, `subscribe ${user}`)
    clock.start(look, this, 'look')
  }

  /** Nothing new is begun; what is watched goes on to the end. */
  settle(): void {
    this.#over = true
  }

  timerFired(label: string): void {
    const [what = '', name = ''] = label.split(' ')
    switch (what) {
      case 'look':
        this.#judge()
        this.#phone.world.clock.start(look, this, 'look')
        return
      case 'subscribe':
        if (!this.#over) this.#subscribe(name)
        return
      case 'again': {
        const lamp = this.#lamps[Number(name)]
        if (lamp !== undefined) this.#send(lamp, lamp.asked)
        return
      }
      case 'gone': {
        const lamp = this.#lamps[Number(name)]
        if (lamp?.alive !== true) return
        if (this.#phone.world.watch.restarts === 0) this.#phone.world.watch.fail('A subscription never ended')
        lamp.alive = false
        return
      }
      default: {
        // refresh, or end
        const lamp = this.#lamps[Number(name)]
        if (lamp === undefined || !lamp.alive || lamp.busy || this.#over) return
        this.#send(lamp, what === 'refresh' ? this.#phone.chance.pick([300, 3600]) : 0)
      }
    }
  }

  /** A NOTIFY. @returns the status to answer */
  notifyReceived(request: SipMessage): number {
    const { watch } = this.#phone.world
    const lamp = this.#lamps.find(({ callId, fromTag }) => callId === request.callId && fromTag === request.toTag)
    if (lamp === undefined) return watch.fail(`A NOTIFY for no subscription:\n${request.raw}`)
    if (lamp.toTag !== '' && lamp.toTag !== request.fromTag) {
      // Of a process that died before anybody heard that it had accepted the SUBSCRIBE.
      if (watch.restarts === 0) watch.fail(`A second subscription for one SUBSCRIBE:\n${request.raw}`)
      // Its SUBSCRIBE is under way again: this NOTIFY is faster than the answer (RFC 6665 §4.1.2.4).
      if (!lamp.busy) return 481
      lamp.movesTo(request.fromTag)
    }
    if (!lamp.alive) return 481
    // RFC 3261 §12.2.2: overtaken by a newer one.
    if (request.cseq <= lamp.notified) return 500
    lamp.toTag = request.fromTag
    lamp.notified = request.cseq
    const version = Number(/ version="(\d+)"/.exec(request.body)?.[1] ?? '-1')
    if (version <= lamp.version) watch.fail(`Versions do not rise: ${version} after ${lamp.version}`)
    lamp.version = version
    lamp.shownAt = this.#phone.world.clock.now()
    lamp.shown = request.body.slice(request.body.indexOf('>\n', request.body.indexOf('<dialog-info')) + 2, -15)
    const state = request.header(Header.subscriptionState)
    if (state.startsWith('terminated')) {
      if (state !== 'terminated;reason=timeout') watch.fail(`A subscription ended: ${state}`)
      lamp.alive = false
    }
    return 200
  }

  // --- answers to SUBSCRIBE

  responseReceived(request: ClientRequest, response: SipMessage): void {
    const { watch, clock } = this.#phone.world
    const index = this.#lamps.findIndex(({ callId }) => callId === request.parts.callId)
    const lamp = this.#lamps[index]
    const { status } = response
    if (lamp === undefined || status < 200) return
    if (status === 401 && ++lamp.tries < mostTries) {
      this.#phone.challenged(response)
      this.#send(lamp, lamp.asked)
    } else if (status === 503 && watch.restarts > 0 && ++lamp.tries < mostTries) {
      const wait = Number.parseInt(response.header(Header.retryAfter) || '2', 10)
      clock.start(1000 * wait, this, `again ${index}`)
    } else if (status === 200) {
      lamp.busy = false
      lamp.tries = 0
      if (lamp.toTag !== response.toTag) lamp.movesTo(response.toTag)
      const granted = Number(response.header(Header.expires))
      if (!lamp.alive) return
      lamp.expiresAt = clock.now() + granted * 1000
      if (granted === 0) {
        // Timer N of RFC 6665 §4.1.2: a process may have died before its NOTIFY left.
        clock.start(32_000, this, `gone ${index}`)
        return
      }
      const next = this.#phone.chance.weighted({ refresh: 70, end: 20, nothing: 10 })
      const time = this.#phone.chance.between(granted * 100, granted * 900)
      if (next !== 'nothing') clock.start(time, this, `${next} ${index}`)
      if (!this.#phone.chance.happens(0.5)) return
      clock.start(granted * 1000 + 5000, this, `subscribe ${lamp.watched}`)
    } else if (status === 481 && request.parts.to.includes(';tag=')) {
      // It ended meanwhile; what was asked of it is lost with it.
      if (lamp.alive && watch.restarts === 0) watch.fail(`A subscription is gone: ${lamp.watched}`)
      lamp.busy = false
      lamp.alive = false
    } else watch.fail(`SUBSCRIBE of ${this.#phone.settings.name} was answered ${status}`)
  }

  timedOut(): void {
    this.#phone.world.watch.fail(`${this.#phone.settings.name} got no answer to SUBSCRIBE`)
  }

  // --- at the end

  /** What is wrong when all is quiet. */
  leftovers(): string[] {
    const wrong: string[] = []
    for (const lamp of this.#lamps) {
      if (lamp.busy) wrong.push(`SUBSCRIBE of ${this.#phone.settings.name} is not answered`)
      if (!lamp.alive) continue
      const truth = this.#truth.lampOf(lamp.watched, this.#phone.settings.user)
      if (truth !== null && truth !== lamp.shown) wrong.push(`the lamp of ${lamp.watched} shows ${lamp.shown}`)
    }
    return wrong
  }

  /** Lamps whose subscription goes on. */
  get alive(): number {
    return this.#lamps.filter(({ alive }) => alive).length
  }

  #judge(): void {
    const { clock, watch } = this.#phone.world
    const now = clock.now()
    for (const lamp of this.#lamps) {
      // The process that was to say so may have died.
      if (lamp.expiresAt > 0 && now > lamp.expiresAt + settled && watch.restarts > 0) lamp.alive = false
      if (!lamp.alive || lamp.busy || lamp.toTag === '') continue
      const truth = this.#truth.lampOf(lamp.watched, this.#phone.settings.user)
      if (truth !== lamp.truth || truth === null) {
        lamp.truth = truth
        lamp.truthSince = now
      } else if (now - Math.max(lamp.truthSince, lamp.shownAt) > settled && truth !== lamp.shown) {
        watch.fail(
          `The lamp of ${lamp.watched} at ${this.#phone.settings.name} shows\n${lamp.shown}\nand not\n${truth}`,
        )
      }
    }
  }

  #subscribe(user: string): void {
    const { chance } = this.#phone
    const lamp = new Lamp(user, chance.token(12), chance.token(6))
    this.#lamps.push(lamp)
    this.#send(lamp, chance.pick([60, 300, 3600]))
  }

  #send(lamp: Lamp, seconds: number): void {
    const phone = this.#phone
    const { name, domain } = phone.settings
    lamp.busy = true
    lamp.asked = seconds
    const slot = parkSlots.find(({ id }) => id === lamp.watched)?.extension
    const uri = `sip:${slot ?? `${lamp.watched.startsWith('n') ? '21' : '22'}${lamp.watched.slice(1)}`}@${domain}`
    new ClientRequest(phone, this, {
      method: 'SUBSCRIBE',
      uri,
      branch: phone.newBranch(),
      from: `<sip:${name}@${domain}>;tag=${lamp.fromTag}`,
      to: lamp.toTag === '' ? `<${uri}>` : `<${uri}>;tag=${lamp.toTag}`,
      callId: lamp.callId,
      cseq: ++lamp.sequence,
      headers: `${phone.contact}Event: dialog\r\nExpires: ${seconds}\r\n${phone.authorization('SUBSCRIBE', uri)}`,
      body: '',
    })
  }
}
