import type { IntervalHistogram } from 'node:perf_hooks'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { MetricList } from './metric-list.ts'

/** In milliseconds, as the engine's (engine/engine-metrics.ts). */
const delayResolution = 100

/** What the admin process says of itself. */
export class AdminMetrics {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: delayResolution })

  constructor() {
    this.#delay.enable()
  }

  read(): MetricList {
    const list = new MetricList()
    const memory = process.memoryUsage()
    const processor = process.cpuUsage()
    const seconds = { user: processor.user / 1e6, system: processor.system / 1e6 }
    const busy = performance.eventLoopUtilization().active / 1000
    const late = Math.max(0, this.#delay.percentile(99) / 1e9 - delayResolution / 1000)
    this.#delay.reset()
    list.gauge('ringdown_admin_start_time_seconds', 'When it started, since the epoch', performance.timeOrigin / 1000)
    list.gauge('ringdown_admin_resident_memory_bytes', 'Memory of the admin process', memory.rss)
    list.gauge('ringdown_admin_heap_bytes', 'Part of it that holds JavaScript objects', memory.heapUsed)
    list.counters('ringdown_admin_cpu_seconds_total', 'Processor time of the admin process', 'mode', seconds)
    list.counter('ringdown_admin_loop_busy_seconds_total', 'Time its event loop was busy', busy)
    list.gauge('ringdown_admin_loop_delay_seconds', 'How late it was since the last reading, 99th percentile', late)
    return list
  }

  stop(): void {
    this.#delay.disable()
  }
}
