import type { MediaStart } from '../engine/control/media-start.ts'
import { EngineLink } from './engine-link.ts'
import type { MediaCarrier } from './media-carrier.ts'
import { ownRelay } from './own-relay.ts'
import type { MediaHello, MediaOrder, MediaReport } from './protocol.ts'
import { nameOf, withEdges } from './rtpengine/with-edges.ts'

/** Milliseconds between ticks: a frame of sound. */
const tickTime = 20
/** Ticks that are made up for at once when the process was held up; more are left out. */
const mostMissed = 5
/** How long sessions are kept while no engine is there, in milliseconds: calls live through a restart, not for ever. */
const engineAbsence = 600_000

export interface MediaLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What carries sessions out, and what the engine is told of it. */
export interface CarrierInUse {
  readonly sessions: MediaCarrier
  readonly ports: MediaHello['ports']
  readonly abilities: MediaHello['abilities']
  /** Something is about to be ordered: it is now. */
  awake(): void
  /** To be called every 20 ms while there are sessions. */
  tick(): void
  /** Settles when all is put away. */
  end(): Promise<void>
}

/** A media process at work. */
export interface ServedMedia {
  /** Ends all sessions; settles when what was recorded is on the disk. */
  close(): Promise<void>
}

/**
 * Serves sessions as the engine orders.
 * @throws Error where the UDP sockets that are asked for are not there
 */
export function serveMedia(start: MediaStart, log: MediaLog): ServedMedia {
  return new MediaServer(start, log)
}

class MediaServer implements ServedMedia {
  readonly #log: MediaLog
  readonly #carrier: CarrierInUse
  readonly #link: EngineLink
  /** Sessions told on this connection, until `synchronised`; `null`: all are known. */
  #told: Set<string> | null = null
  #absence: NodeJS.Timeout | null = null
  #timer: NodeJS.Timeout | null = null
  #ticked = 0

  constructor(start: MediaStart, log: MediaLog) {
    this.#log = log
    const report = (one: MediaReport) => this.#link.report(one)
    const { rtpengine, process: number, addresses } = start
    const relay = ownRelay(start, log, report)
    this.#carrier = rtpengine === null ? relay : withEdges(relay, rtpengine, log, report)
    const { ports, abilities } = this.#carrier
    const hello: MediaHello = {
      report: 'hello',
      version: 2,
      process: number,
      pid: process.pid,
      edges: rtpengine === null ? 'none' : rtpengine.serves,
      rtpengine: rtpengine === null ? '' : nameOf(rtpengine),
      ports,
      addresses,
      abilities,
    }
    this.#link = new EngineLink({
      dataFolder: start.dataFolder,
      hello,
      log,
      ordered: (order) => this.#ordered(order),
      lost: () => this.#lost(),
    })
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#absence !== null) clearTimeout(this.#absence)
    this.#carrier.awake()
    this.#closeAllBut(new Set())
    await this.#carrier.end()
    this.#link.close()
  }

  #ordered(order: MediaOrder): void {
    this.#carrier.awake()
    this.#carryOut(order)
    this.#keepTime()
  }

  #carryOut(order: MediaOrder): void {
    const { sessions } = this.#carrier
    switch (order.order) {
      case 'welcome':
        if (this.#absence !== null) clearTimeout(this.#absence)
        this.#told = new Set()
        sessions.welcomed()
        return
      case 'session':
        this.#told?.add(order.session.id)
        sessions.set(order.session)
        return
      case 'synchronised':
        if (this.#told !== null) this.#closeAllBut(this.#told)
        this.#told = null
        return
      case 'close':
        sessions.close(order.session)
        return
      case 'statistics':
        sessions.tellStatistics(order.session)
        return
      default:
        order satisfies never
    }
  }

  #closeAllBut(kept: ReadonlySet<string>): void {
    const { sessions } = this.#carrier
    for (const id of [...sessions.ids()]) if (!kept.has(id)) sessions.close(id)
  }

  #lost(): void {
    this.#absence = setTimeout(() => {
      this.#log.warn({ sessions: this.#carrier.sessions.size }, 'No engine came back: all sessions are closed')
      this.#closeAllBut(new Set())
      this.#keepTime()
    }, engineAbsence)
  }

  /** A process without sessions sleeps. */
  #keepTime(): void {
    const { size } = this.#carrier.sessions
    if (size > 0 && this.#timer === null) {
      this.#ticked = performance.now()
      this.#timer = setInterval(() => this.#tick(), tickTime / 2)
    } else if (size === 0 && this.#timer !== null) {
      clearInterval(this.#timer)
      this.#timer = null
    }
  }

  #tick(): void {
    this.#carrier.awake()
    const now = performance.now()
    if (now - this.#ticked > mostMissed * tickTime) this.#ticked = now - mostMissed * tickTime
    for (; now - this.#ticked >= tickTime; this.#ticked += tickTime) this.#carrier.tick()
  }
}
