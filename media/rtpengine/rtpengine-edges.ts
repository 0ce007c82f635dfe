import type { MediaReport, MediaSide, PreparedEdge } from '../protocol.ts'
import { prepareEdge } from './edge-preparation.ts'
import type { NgClient } from './ng-client.ts'
import { RtpengineEdge } from './rtpengine-edge.ts'

/** Edges that are kept ready, so that the engine has ports without asking; more are made when half of them are gone. */
const kept = { browser: 8, plain: 32 }
/** Rtpengine forgets a call without sound after a minute: all are told again before. Milliseconds. */
const refreshTime = 20_000
/** One that gave no ports, because it is starting perhaps, is asked again after so long (ms). */
const retryTime = 1000
/** How long what nobody uses any more stays (ms): late packets reach nobody else, and a browser may come back to it. */
const lingerTime = 30_000

export interface RtpengineEdgesOptions {
  readonly client: Pick<NgClient, 'ask' | 'ownAddress'>
  /** `address:port` of the rtpengine. */
  readonly rtpengine: string
  /** Begins the names of edges; another one for each life of the process. */
  readonly prefix: string
  /** For whom edges are prepared besides browsers. */
  readonly serves: 'browsers' | 'all'
  readonly report: (report: MediaReport) => void
  readonly log: { warn(fields: object, message: string): void }
}

/** The edges of an rtpengine: those that wait to be used, and those that are. */
export class RtpengineEdges {
  readonly #options: RtpengineEdgesOptions
  readonly #waiting = new Map<string, PreparedEdge>()
  readonly #used = new Map<string, RtpengineEdge>()
  readonly #leaving = new Map<string, NodeJS.Timeout>()
  readonly #underWay = { browser: 0, plain: 0 }
  readonly #timer: NodeJS.Timeout
  #made = 0
  #retry: NodeJS.Timeout | null = null
  #isAnswering = true

  constructor(options: RtpengineEdgesOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#refresh(), refreshTime)
  }

  /** An engine is there. What an earlier one was told of is void: rtpengine forgets it. */
  welcomed(): void {
    this.#waiting.clear()
    this.#prepareMore()
  }

  /**
   * A side has this edge, in a session of this name. One that is not known is that of a process before, or of another one.
   */
  use(session: string, side: MediaSide): void {
    const { edge } = side
    if (edge === undefined) return
    const { name } = edge
    const leaving = this.#leaving.get(name)
    if (leaving !== undefined) clearTimeout(leaving)
    this.#leaving.delete(name)
    let used = this.#used.get(name)
    if (used === undefined) {
      const { client, report } = this.#options
      used = new RtpengineEdge(client, edge, (id, why) => report({ report: 'sideFailed', session, side: id, why }))
      this.#used.set(name, used)
    }
    used.set(side)
    if (this.#waiting.delete(name)) this.#prepareMore()
  }

  /** A side has it no more. */
  leave(name: string, side: string): void {
    const used = this.#used.get(name)
    if (used === undefined) return
    used.drop(side)
    if (used.isUsed || this.#leaving.has(name)) return
    const timer = setTimeout(() => {
      this.#leaving.delete(name)
      this.#used.delete(name)
      used.end()
    }, lingerTime)
    this.#leaving.set(name, timer)
  }

  /** Nothing is told to rtpengine any more. */
  end(): void {
    clearInterval(this.#timer)
    if (this.#retry !== null) clearTimeout(this.#retry)
    for (const timer of this.#leaving.values()) clearTimeout(timer)
  }

  #prepareMore(): void {
    this.#prepare('browser')
    if (this.#options.serves === 'all') this.#prepare('plain')
  }

  #prepare(kind: 'browser' | 'plain'): void {
    let there = this.#underWay[kind]
    for (const { browser } of this.#waiting.values()) if ((browser !== undefined) === (kind === 'browser')) there++
    if (there > kept[kind] / 2) return
    for (; there < kept[kind]; there++) {
      this.#underWay[kind]++
      this.#prepareOne(kind)
    }
  }

  #prepareOne(kind: 'browser' | 'plain'): void {
    const { client, prefix, rtpengine, report } = this.#options
    client.ownAddress((relayAddress) => {
      prepareEdge(client, `${prefix}${this.#made++}`, kind === 'browser', false, (preparation) => {
        this.#underWay[kind]--
        const why = relayAddress === '' ? 'there is no way to it' : preparation.edge === null ? preparation.why : ''
        this.#answers(why)
        if (preparation.edge === null || why !== '') return
        const edge = { ...preparation.edge, rtpengine, relayAddress }
        this.#waiting.set(edge.name, edge)
        report({ report: 'prepared', edges: [edge] })
      })
    })
  }

  /** @param why not; '' where it does */
  #answers(why: string): void {
    const wasAnswering = this.#isAnswering
    this.#isAnswering = why === ''
    if (why === '') return
    if (wasAnswering) this.#options.log.warn({ why }, 'Rtpengine gives no ports: calls that need them are refused')
    this.#retry ??= setTimeout(() => {
      this.#retry = null
      this.#prepareMore()
    }, retryTime)
  }

  #refresh(): void {
    const { client } = this.#options
    for (const { name, browser } of this.#waiting.values()) {
      prepareEdge(client, name, browser !== undefined, true, () => undefined)
    }
    for (const used of this.#used.values()) used.refresh()
    this.#prepareMore()
  }
}
