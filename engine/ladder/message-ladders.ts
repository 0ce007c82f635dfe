/** The messages between the parties of recent calls, for whoever wants to see what was said (docs/tracing.md). */
import { Worker } from 'node:worker_threads'
import type { Transport } from '../sip/transport.ts'

export interface LadderMessage {
  readonly direction: 'received' | 'sent'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly transport: Transport
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** Secrets are masked; binary string. */
  readonly text: string
  /** It was longer than what is kept of one message. */
  readonly cut: boolean
}

export interface Ladder {
  /** Oldest first. */
  readonly messages: readonly LadderMessage[]
  /** How many more are kept than are given. */
  readonly more: number
  /** What is not seen in them at a glance, in sentences: refused sessions, no codec in common. */
  readonly notes: readonly string[]
}

/** Where a listener is, as its peers see it. */
export interface LadderListener {
  readonly address: string
  readonly port: number
}

/** A collector that is sent all messages (HEP, version 3, over UDP). */
export interface Collector {
  /** IP address, without brackets. */
  readonly address: string
  readonly port: number
  /** Number by which it knows us. */
  readonly captureId: number
}

export interface LadderThreadData {
  readonly memory: SharedArrayBuffer
  readonly listeners: readonly LadderListener[]
  readonly collector: Collector | null
}

export interface LadderOrder {
  readonly question: number
  /** Id of the call. */
  readonly call: string
}

export interface LadderReport {
  readonly question: number
  readonly found: Ladder
}

/** Before a thread that ended by a fault is started again, in milliseconds. */
const restartPause = 1000

/** Asks the thread that reads messages back. It is started with the first question, or at once where a collector is. */
export class MessageLadders {
  readonly #data: LadderThreadData
  #worker: Worker | null = null
  #question = 0
  #closed = false
  readonly #waiting = new Map<number, { resolve(ladder: Ladder): void; reject(error: Error): void }>()

  constructor(data: LadderThreadData) {
    this.#data = data
    if (data.collector !== null) this.#start()
  }

  /** Rejects where the thread ends over it. */
  messagesOf(call: string): Promise<Ladder> {
    const worker = this.#worker ?? this.#start()
    const order: LadderOrder = { question: ++this.#question, call }
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.question, { resolve, reject })
      worker.postMessage(order)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #restart(): void {
    if (!this.#closed && this.#worker === null) this.#start()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./ladder-thread.js', import.meta.url), { workerData: this.#data })
    this.#worker = worker
    worker.unref()
    worker.on('message', ({ question, found }: LadderReport) => {
      this.#waiting.get(question)?.resolve(found)
      this.#waiting.delete(question)
    })
    const ended = (error: Error) => {
      if (this.#worker === worker) {
        this.#worker = null
        // A fault: whoever asks next starts another; the collector waits for nobody to ask.
        if (this.#data.collector !== null && !this.#closed) setTimeout(() => this.#restart(), restartPause).unref()
      }
      for (const { reject } of this.#waiting.values()) reject(error)
      this.#waiting.clear()
    }
    worker.on('error', ended)
    worker.on('exit', () => ended(new Error('The thread that reads messages back has ended')))
    return worker
  }
}
