import type { IntervalHistogram } from 'node:perf_hooks'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { CallGate } from './call-gate.ts'
import type { CallServer } from './calls/call-server.ts'
import type { EventFeed } from './control/event-feed.ts'
import type { EngineMetrics } from './control/metrics.ts'
import type { SocketNetwork } from './net/network.ts'
import type { OpenJournal } from './records/journal-file.ts'

/**
 * How often the loop's delay is looked at, in milliseconds, by the system's timer: a stop that is longer is always seen.
 * With 20 it was woken 50 times a second for nothing else, 2.5 ms of processor time a second while no call is made.
 */
const delayResolution = 100

export interface MetricsSources {
  readonly startedAt: number
  readonly server: CallServer
  readonly network: SocketNetwork
  readonly gate: CallGate
  readonly journal: OpenJournal
  readonly events: EventFeed
  readonly configuration: () => EngineMetrics['configuration']
}

/** Puts together what the rooms count, when somebody asks. */
export class MetricsReader {
  readonly #sources: MetricsSources
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: delayResolution })

  constructor(sources: MetricsSources) {
    this.#sources = sources
    this.#delay.enable()
  }

  read(): EngineMetrics {
    const { startedAt, server, network, gate, journal, events, configuration } = this.#sources
    const { bindings, counters, transactions, subscriptions } = server
    const { revision, compileMilliseconds } = configuration()
    let ringing = 0
    let answered = 0
    for (const { state } of server.callViews()) {
      if (state === 'ringing') ringing++
      else answered++
    }
    return {
      startedAt,
      calls: {
        ringing,
        answered,
        finals: counters.finals(),
        toRinging: counters.toRinging.reading(),
        toAnswer: counters.toAnswer.reading(),
      },
      registrations: {
        current: bindings.size,
        added: bindings.added,
        removed: bindings.removed,
        expired: bindings.expired,
      },
      subscriptions: subscriptions.reading(),
      messages: server.messages.reading(),
      signInsFailed: counters.signInsFailed,
      limitsReached: server.tollUse.limitsReached,
      gate: gate.reading(),
      trunks: [...server.trunkViews()].map(({ id, state, registration, channelsInUse }) => ({
        id,
        state,
        registered: registration === null ? null : registration.expiresAt > 0,
        channelsInUse,
      })),
      transactions: {
        current: transactions.size,
        created: transactions.created,
        retransmitted: transactions.retransmitted,
        repeated: transactions.repeated,
        discarded: transactions.discarded,
      },
      network: {
        received: transactions.received,
        sent: network.sent,
        dropped: network.dropped,
        long: network.long,
        connections: network.connections,
      },
      journal: { bytes: journal.bytesWritten, entries: journal.openEntries, healthy: journal.healthy },
      configuration: { revision, compileMilliseconds },
      process: this.#process(),
      events: { subscribers: events.subscribers, missed: events.missed },
    }
  }

  #process(): EngineMetrics['process'] {
    const memory = process.memoryUsage()
    const processor = process.cpuUsage()
    const delay = this.#delay
    // Its times are what the timer took in all, in nanoseconds; there are none yet where the mean is not a number.
    const late = (nanoseconds: number) => Math.max(0, (nanoseconds || 0) / 1e9 - delayResolution / 1e3)
    const loopDelay = {
      mean: late(delay.mean),
      p50: late(delay.percentile(50)),
      p99: late(delay.percentile(99)),
      max: late(delay.max),
    }
    delay.reset()
    return {
      residentBytes: memory.rss,
      heapBytes: memory.heapUsed,
      userSeconds: processor.user / 1e6,
      systemSeconds: processor.system / 1e6,
      loopSeconds: performance.eventLoopUtilization().active / 1e3,
      loopDelay,
    }
  }
}
