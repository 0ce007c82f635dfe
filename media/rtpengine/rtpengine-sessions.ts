import type { MediaCarrier } from '../media-carrier.ts'
import type { MediaReport, MediaSession, MediaSide, PreparedSession } from '../protocol.ts'
import type { NgAnswer, NgClient } from './ng-client.ts'
import { RtpengineSession } from './rtpengine-session.ts'
import { localPorts } from './rtpengine-statistics.ts'
import { givenPorts, givenWay, sideDescription, sideFlags, towardsBrowser } from './side-description.ts'

/** Sessions that are kept ready, so that the engine has ports without asking; more are made when fewer are left. */
const mostPrepared = 32
const leastPrepared = 16
/** Likewise of those for browsers. */
const mostForBrowsers = 8
const leastForBrowsers = 4
/** Rtpengine forgets a call without sound after a minute: those that wait are told again before. Milliseconds. */
const refreshTime = 20_000
/** One that gave no ports, because it is starting perhaps, is asked again after so long (ms). */
const retryTime = 1000

export interface RtpengineOptions {
  readonly client: Pick<NgClient, 'ask'>
  /** Begins the names of calls; another one for each life of the process. */
  readonly prefix: string
  readonly report: (report: MediaReport) => void
  readonly log: { warn(fields: object, message: string): void }
}

/** Sessions that an rtpengine carries. */
export class RtpengineSessions implements MediaCarrier {
  readonly #options: RtpengineOptions
  readonly #sessions = new Map<string, RtpengineSession>()
  /** Names of calls that wait to be used, and when each was told last. */
  readonly #waiting = new Map<string, PreparedSession>()
  #made = 0
  #underWay = 0
  #underWayForBrowsers = 0
  readonly #timer: NodeJS.Timeout
  #retry: NodeJS.Timeout | null = null
  #isAnswering = true

  constructor(options: RtpengineOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#refresh(), refreshTime)
  }

  get size(): number {
    return this.#sessions.size
  }

  ids(): Iterable<string> {
    return this.#sessions.keys()
  }

  welcomed(): void {
    // What an earlier connection was told of is void: rtpengine forgets it.
    this.#waiting.clear()
    this.#prepareMore()
  }

  set(state: MediaSession): void {
    const known = this.#sessions.get(state.id)
    if (known !== undefined) {
      known.set(state)
      return
    }
    if (state.prepared === null) {
      const why = 'Its ports are not those of rtpengine'
      for (const { id } of state.sides) this.#options.report({ report: 'sideFailed', session: state.id, side: id, why })
      return
    }
    this.#waiting.delete(state.prepared)
    const { client, report } = this.#options
    this.#sessions.set(state.id, new RtpengineSession(client, report, state, state.prepared))
    this.#prepareMore()
  }

  close(id: string): boolean {
    const session = this.#sessions.get(id)
    if (session === undefined) return false
    this.#sessions.delete(id)
    session.close()
    return true
  }

  tellStatistics(id: string): void {
    this.#sessions.get(id)?.tellStatistics()
  }

  /** Nothing is told to rtpengine any more. */
  end(): void {
    clearInterval(this.#timer)
    if (this.#retry !== null) clearTimeout(this.#retry)
  }

  #prepareMore(): void {
    let forBrowsers = this.#underWayForBrowsers
    for (const { browser } of this.#waiting.values()) if (browser !== undefined) forBrowsers++
    const plain = this.#waiting.size + this.#underWay + this.#underWayForBrowsers - forBrowsers
    if (plain <= leastPrepared) for (let count = plain; count < mostPrepared; count++) this.#prepareOne()
    if (forBrowsers > leastForBrowsers) return
    for (let count = forBrowsers; count < mostForBrowsers; count++) this.#prepareOneForBrowser()
  }

  #prepareOne(): void {
    this.#underWay++
    this.#prepare(this.#newName(), {}, (session) => {
      this.#underWay--
      this.#isReady(session)
    })
  }

  #prepareOneForBrowser(): void {
    this.#underWayForBrowsers++
    this.#prepareForBrowser(this.#newName(), (session) => {
      this.#underWayForBrowsers--
      this.#isReady(session)
    })
  }

  #isReady(session: PreparedSession | null): void {
    if (session === null) {
      this.#retry ??= setTimeout(() => {
        this.#retry = null
        this.#prepareMore()
      }, retryTime)
      return
    }
    this.#waiting.set(session.prepared, session)
    this.#options.report({ report: 'prepared', sessions: [session] })
  }

  #newName(): string {
    return `${this.#options.prefix}${this.#made++}`
  }

  #refresh(): void {
    for (const { prepared, browser } of this.#waiting.values()) {
      if (browser === undefined) this.#prepare(prepared, known, () => undefined)
      else this.#prepareForBrowser(prepared, () => undefined)
    }
    this.#prepareMore()
  }

  /**
   * Likewise where one of them is a browser: it is offered a phone's session that is not known yet, and keeps what it is told of
   * us. Without an answer rtpengine tells the phone's ports only when it is asked.
   */
  #prepareForBrowser(name: string, done: (session: PreparedSession | null) => void): void {
    const { client } = this.#options
    const call = { 'call-id': name, 'from-tag': 'a', ...known, ...sideFlags(nobody), ...towardsBrowser }
    client.ask('offer', { ...call, sdp: sideDescription(nobody) }, (offer) => {
      const web = this.#portsOf(offer)
      const browser = givenWay(String(offer['sdp']))
      if (web === null || browser === null) {
        done(null)
        return
      }
      client.ask('query', { 'call-id': name }, (answer) => {
        const phone = localPorts(answer, 'a')
        done(phone === null ? null : { prepared: name, sides: [web, phone], browser })
      })
    })
  }

  /** Has ports for a call whose parties are not known yet. */
  #prepare(name: string, tag: { readonly 'to-tag'?: string }, done: (session: PreparedSession | null) => void): void {
    const { client } = this.#options
    const call = { 'call-id': name, 'from-tag': 'a', ...sideFlags(nobody), sdp: sideDescription(nobody) }
    client.ask('offer', { ...call, ...tag }, (offer) => {
      const second = this.#portsOf(offer)
      if (second === null) {
        done(null)
        return
      }
      client.ask('answer', { ...call, ...known }, (answer) => {
        const first = this.#portsOf(answer)
        done(first === null ? null : { prepared: name, sides: [first, second] })
      })
    })
  }

  #portsOf(answer: NgAnswer): PreparedSession['sides'][number] | null {
    const ports = answer['result'] === 'ok' ? givenPorts(String(answer['sdp'])) : null
    const wasAnswering = this.#isAnswering
    this.#isAnswering = ports !== null
    if (ports === null && wasAnswering) {
      const why = String(answer['error-reason'] ?? 'its answer has no ports')
      this.#options.log.warn({ why }, 'Rtpengine gives no ports: calls that need them are refused')
    }
    return ports
  }
}

/** Names the second side, which only the first offer does not know. */
const known = { 'to-tag': 'b' }

/** A side of which nothing is known. */
const nobody: MediaSide = {
  id: '',
  local: { address: '127.0.0.1', port: 0, rtcpPort: 0 },
  remote: { address: '127.0.0.1', port: 9, rtcpPort: 10 },
  behindNat: null,
  negotiation: 0,
  sends: true,
  hears: true,
  sending: [],
  taking: [],
  packetTime: 20,
  keys: null,
  inbandDigits: false,
  play: null,
}
