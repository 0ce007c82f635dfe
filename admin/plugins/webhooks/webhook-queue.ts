import type { Logger } from 'pino'
import type { WebhookBody } from '../../../engine/config/entities/webhook.ts'
import type { Delivery } from './webhook-request.ts'

/** What waits for one program, at most; beyond it the oldest go. */
const mostWaiting = 1000
/** Requests to one program at the same time. */
const atOnce = 4
/** Before each further try, in milliseconds; after the last it is given up. */
const pauses = [1000, 5000, 30_000, 120_000, 600_000]
/** The same trouble is told again after so long, in milliseconds. */
const tellAgain = 60_000

export interface WebhookQueueOptions {
  readonly webhook: WebhookBody
  readonly send: (delivery: Delivery) => Promise<string>
  readonly log: Pick<Logger, 'warn' | 'info'>
  /** Milliseconds before each further try; `pauses` where it is not given. */
  readonly pauses?: readonly number[]
}

export interface WebhookState {
  readonly id: string
  readonly delivered: number
  /** Tries that failed. */
  readonly failed: number
  /** Events that were given up, or went because too many waited. */
  readonly lost: number
  readonly waiting: number
  /** Why the newest try failed; '' where it did not. */
  readonly problem: string
}

interface Waiting {
  readonly delivery: Delivery
  tries: number
  timer: NodeJS.Timeout | null
}

/** What one program is still to be told. Each event is tried on its own, so they may come out of order. */
export class WebhookQueue {
  readonly #options: WebhookQueueOptions
  readonly #pauses: readonly number[]
  readonly #ready: Waiting[] = []
  readonly #later = new Set<Waiting>()
  readonly #sending = new Set<Waiting>()
  #delivered = 0
  #failed = 0
  #lost = 0
  #problem = ''
  #toldAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: WebhookQueueOptions) {
    this.#options = options
    this.#pauses = options.pauses ?? pauses
  }

  add(delivery: Delivery): void {
    if (this.#ready.length + this.#later.size >= mostWaiting) this.#loseOldest()
    this.#ready.push({ delivery, tries: 0, timer: null })
    this.#sendMore()
  }

  state(): WebhookState {
    return {
      id: this.#options.webhook.id,
      delivered: this.#delivered,
      failed: this.#failed,
      lost: this.#lost,
      waiting: this.#ready.length + this.#later.size + this.#sending.size,
      problem: this.#problem,
    }
  }

  /**
   * Nothing is sent any more.
   * @returns what waits, and what is under way: whether that was taken is not known
   */
  close(): Delivery[] {
    this.#closed = true
    const left = [...this.#sending, ...this.#ready, ...this.#later].map(({ delivery }) => delivery)
    for (const { timer } of this.#later) if (timer !== null) clearTimeout(timer)
    this.#later.clear()
    this.#ready.length = 0
    return left
  }

  #sendMore(): void {
    while (this.#sending.size < atOnce) {
      const next = this.#ready.shift()
      if (next === undefined) return
      this.#sending.add(next)
      void this.#options.send(next.delivery).then((fault) => this.#sent(next, fault))
    }
  }

  #sent(waiting: Waiting, fault: string): void {
    this.#sending.delete(waiting)
    if (this.#closed) return
    this.#problem = fault
    if (fault === '') this.#delivered++
    else this.#retry(waiting, fault)
    this.#sendMore()
  }

  #retry(waiting: Waiting, fault: string): void {
    this.#failed++
    const pause = this.#pauses[waiting.tries++]
    this.#tell(fault)
    if (pause === undefined) {
      this.#lost++
      return
    }
    this.#later.add(waiting)
    waiting.timer = setTimeout(() => {
      this.#later.delete(waiting)
      this.#ready.push(waiting)
      this.#sendMore()
    }, pause)
    waiting.timer.unref()
  }

  #loseOldest(): void {
    const [oldest] = this.#later
    if (oldest === undefined) this.#ready.shift()
    else {
      if (oldest.timer !== null) clearTimeout(oldest.timer)
      this.#later.delete(oldest)
    }
    this.#lost++
    this.#tell(`more than ${mostWaiting} events wait: the oldest are let go`)
  }

  #tell(fault: string): void {
    const now = performance.now()
    if (now - this.#toldAt < tellAgain) return
    this.#toldAt = now
    const { webhook, log } = this.#options
    log.warn(
      { webhook: webhook.id, url: webhook.url, fault, lost: this.#lost },
      'A webhook could not be told of a call',
    )
  }
}
