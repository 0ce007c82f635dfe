import { AggregatorRegistry } from 'prom-client'
import type { DelayReading } from '../../../engine/control/metrics.ts'

interface Sample {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly aggregator: 'sum'
  readonly values: Sample[]
}

/** Metrics that somebody else counted, put into Prometheus' text. */
export class MetricList {
  readonly #metrics: Metric[] = []

  gauge(name: string, help: string, value: number): void {
    this.#add(name, help, 'gauge', [{ value, labels: {} }])
  }

  counter(name: string, help: string, value: number): void {
    this.#add(name, help, 'counter', [{ value, labels: {} }])
  }

  gauges(name: string, help: string, label: string, values: Readonly<Record<string, number>>): void {
    this.#add(name, help, 'gauge', labelled(label, values))
  }

  counters(name: string, help: string, label: string, values: Readonly<Record<string, number>>): void {
    this.#add(name, help, 'counter', labelled(label, values))
  }

  /** Samples with more than one label. */
  countersOf(name: string, help: string, samples: readonly Sample[]): void {
    this.#add(name, help, 'counter', [...samples])
  }

  /** Milliseconds in, seconds out. */
  histogram(name: string, help: string, reading: DelayReading): void {
    const values: Sample[] = reading.bounds.map((bound, place) => ({
      metricName: `${name}_bucket`,
      labels: { le: bound / 1000 },
      value: reading.counts[place] ?? 0,
    }))
    values.push({ metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: reading.count })
    values.push({ metricName: `${name}_sum`, labels: {}, value: reading.sum / 1000 })
    values.push({ metricName: `${name}_count`, labels: {}, value: reading.count })
    this.#add(name, help, 'histogram', values)
  }

  /** prom-client's way for counts of other processes: what it sums up here is one reading of each. */
  text(): Promise<string> {
    return AggregatorRegistry.aggregate([this.#metrics]).metrics()
  }

  #add(name: string, help: string, type: Metric['type'], values: Sample[]): void {
    this.#metrics.push({ name, help, type, aggregator: 'sum', values })
  }
}

function labelled(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }))
}
