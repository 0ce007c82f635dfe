/** Puts the gate before the call server, and drives it: turns of the event loop, sockets, log (docs/overload.md). */
import type { Logger } from 'pino'
import type { CallServer } from './calls/call-server.ts'
import type { GateReading } from './control/metrics.ts'
import type { GateKnowledge, GateOptions } from './gate/gate.ts'
import { Gate } from './gate/gate.ts'
import type { GateCounters } from './gate/gate-counters.ts'
import { usualLimits } from './gate/overload-controller.ts'
import type { MessageRing } from './ladder/message-ring.ts'
import type { SocketNetwork } from './net/network.ts'
import { isEmergencyForSomebody } from './router/dialled.ts'
import type { Flow, Random } from './sip/transport.ts'

/** How often sockets are looked at while something waits, and how often the log is written (ms). */
const socketLook = 20
const logLook = 1000
/** Overload counts as over when nothing was turned away for so long (ms). */
const calm = 5000
/** While it goes on, it is logged so often (ms). */
const repeatLog = 60_000

export interface CallGateOptions extends Omit<GateOptions, 'limits'> {
  /** Networks that are never limited, besides loopback. */
  isExempt(source: string): boolean
  readonly server: CallServer
  readonly network: SocketNetwork
  /** Where messages that are let in are kept; `null`: nowhere. */
  readonly ring: MessageRing | null
  readonly random: Random
  readonly log: Pick<Logger, 'info' | 'warn'>
}

/** What is known of senders, asked of the call server. */
export function knowledgeOf(server: CallServer, isExempt: (source: string) => boolean): GateKnowledge {
  return {
    get ready() {
      return server.ready
    },
    isTrunk: (flow) => server.isTrunk(flow),
    ownsDialog: (tag) => tag !== '' && (server.calls.ownerOf(tag) !== undefined || server.subscriptions.owns(tag)),
    isExempt,
    isEmergency: (dialled) => isEmergencyForSomebody(server.snapshot, dialled),
    registeredFrom: (source) => server.bindings.registeredFrom(source),
    userRegisteredFrom: (source, sipUserName) => server.bindings.userRegisteredFrom(source, sipUserName),
  }
}

/** The gate in a running engine. */
export class CallGate {
  readonly gate: Gate
  readonly #server: CallServer
  readonly #network: SocketNetwork
  readonly #log: Pick<Logger, 'info' | 'warn'>
  readonly #turnEnded: () => void
  readonly #timer: NodeJS.Timeout
  #socketsLookedAt = 0
  /** What had been turned away when the log was looked at last, and what was then logged. */
  #seen = 0
  #logged = emptyCounts
  #overloadSince = 0
  #lastShed = 0
  #lastLog = 0

  constructor(options: CallGateOptions) {
    const { server, network, ring, random, log } = options
    this.#server = server
    this.#network = network
    this.#log = log
    this.#turnEnded = () => this.#turn()
    this.gate = new Gate(
      {
        receive(text, flow) {
          ring?.received(text, flow)
          server.receive(text, flow)
        },
        turnAway: (text, flow, seconds) => server.transactions.turnAway(text, flow, 503, `Retry-After: ${seconds}\r\n`),
        givenUp: (text, flow) => server.transactions.turnAway(text, flow, 487, ''),
      },
      knowledgeOf(server, options.isExempt),
      { ...options, limits: usualLimits },
      random,
      () => performance.now(),
      () => setImmediate(this.#turnEnded),
    )
    this.#timer = setInterval(() => this.#look(), logLook)
    this.#timer.unref()
  }

  receive(message: string, flow: Flow): void {
    this.gate.receive(message, flow)
  }

  connectionClosed(flow: Flow): void {
    this.#server.connectionClosed(flow)
  }

  /** What was turned away, and what there is to do. */
  reading(): GateReading {
    const queue = this.#network.receiveQueue()
    return {
      turningAway: this.#overloadSince > 0,
      ...countsOf(this.gate.counters),
      emergency: this.gate.counters.emergency,
      waiting: this.gate.waiting,
      receiveBuffer: queue === null ? null : { share: queue.share, drops: queue.drops },
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #turn(): void {
    if (this.gate.waiting > 0) this.#lookAtSockets()
    this.gate.turnEnded(this.#network.moreWaits())
    this.#network.flush()
  }

  #lookAtSockets(): void {
    const now = performance.now()
    if (now - this.#socketsLookedAt < socketLook) return
    this.#socketsLookedAt = now
    const queue = this.#network.receiveQueue()
    if (queue !== null) this.gate.socketMeasured(queue.share, queue.drops)
  }

  /** Tells the operator when it sheds, and why: at the beginning, once a minute, and at the end. */
  #look(): void {
    const { counters, reason, longestTurn, mostDatagrams } = this.gate
    this.gate.longestTurn = 0
    this.gate.mostDatagrams = 0
    const now = performance.now()
    const { shed } = counters
    if (shed > this.#seen) {
      this.#seen = shed
      this.#lastShed = now
      if (this.#overloadSince > 0 && now - this.#lastLog < repeatLog) return
      const queue = this.#network.receiveQueue()
      const why = {
        reason,
        waiting: this.gate.waiting,
        longestTurnMilliseconds: Math.round(longestTurn),
        datagramsOfATurn: mostDatagrams,
        socketFull: queue === null ? null : `${Math.round(queue.share * 100)} %`,
        datagramsLost: queue?.drops ?? null,
      }
      this.#log.warn({ ...this.#sinceLogged(), ...why }, 'Requests are turned away')
      if (this.#overloadSince === 0) this.#overloadSince = now
      this.#lastLog = now
      return
    }
    if (this.#overloadSince === 0 || now - this.#lastShed < calm) return
    const seconds = Math.round((this.#lastShed - this.#overloadSince) / 1000)
    this.#log.info({ ...this.#sinceLogged(), seconds }, 'No requests are turned away any more')
    this.#overloadSince = 0
  }

  /** What was turned away since the last line in the log; without what was not. */
  #sinceLogged(): Record<string, number> {
    const counts = countsOf(this.gate.counters)
    const since: Record<string, number> = {}
    for (const name of Object.keys(counts) as (keyof Counts)[]) {
      const count = counts[name] - this.#logged[name]
      if (count > 0) since[name] = count
    }
    this.#logged = counts
    return since
  }
}

type Counts = Readonly<
  Record<'calls' | 'registrations' | 'others' | 'overRate' | 'flooding' | 'scanners' | 'lateRegistrations', number>
>

const emptyCounts: Counts = {
  calls: 0,
  registrations: 0,
  others: 0,
  overRate: 0,
  flooding: 0,
  scanners: 0,
  lateRegistrations: 0,
}

function countsOf(counters: GateCounters): Counts {
  const { calls, registrations, others, overRate, flooding, scanners, lateRegistrations } = counters
  return { calls, registrations, others, overRate, flooding, scanners, lateRegistrations }
}
