import { Worker } from 'node:worker_threads'
import type { EngineClient } from '../../../engine/control/engine-client.ts'
import { noFacts, withFacts } from '../../../engine/control/known-facts.ts'
import type {
  ExplainAnswer,
  ExplainAttempt,
  ExplainQuestion,
  NumberedAnswer,
  NumberedQuestion,
} from './explain-questions.ts'

/** Who may wait for an explanation at the same time. */
const mostWaiting = 50
/** An explanation looks at a bounded number of decisions, each of which may ask for facts once. */
const mostRounds = 100
/** Longest wait for the thread, in milliseconds: its first answer needs the whole configuration compiled. */
const patience = 20_000

interface Waiting {
  resolve(answer: ExplainAnswer): void
  reject(error: Error): void
}

/** The thread cannot answer now; the message is for people. */
export class ExplainBusyError extends Error {}

/** Explains calls in a thread of its own, which is started by the first question. */
export class ExplainWorker {
  readonly #dataFolder: string
  readonly #engine: Pick<EngineClient, 'facts'>
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #number = 0
  #closed = false

  constructor(dataFolder: string, engine: Pick<EngineClient, 'facts'>) {
    this.#dataFolder = dataFolder
    this.#engine = engine
  }

  /**
   * @param at milliseconds since the epoch
   * @throws ExplainBusyError where too many wait or the thread does not answer
   */
  async explain(caller: string, dialled: string, at: number): Promise<ExplainAnswer> {
    let facts: ExplainAttempt['facts'] = noFacts
    for (let round = 0; round < mostRounds; round++) {
      const answer = await this.#ask({ kind: 'attempt', caller, dialled, at, facts })
      if (answer.kind !== 'facts needed') return answer
      const told = await this.#engine.facts(answer.users, answer.trunks)
      // Half of one moment and half assumed would be neither: then all is assumed, and marked so.
      facts = told === null || facts === null ? null : withFacts(facts, told, answer.users, answer.trunks)
    }
    throw new ExplainBusyError('The explanation asks for ever more: ask for it again')
  }

  /**
   * Explains a call of the past by its record.
   * @throws ExplainBusyError where too many wait or the thread does not answer
   */
  explainPast(id: string): Promise<ExplainAnswer> {
    return this.#ask({ kind: 'call', id })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #ask(question: ExplainQuestion): Promise<ExplainAnswer> {
    if (this.#closed) return Promise.reject(new ExplainBusyError('The server is stopping'))
    if (this.#waiting.size >= mostWaiting) {
      return Promise.reject(new ExplainBusyError(`${mostWaiting} explanations are being made already: try again`))
    }
    const number = ++this.#number
    return new Promise<ExplainAnswer>((resolve, reject) => {
      const late = setTimeout(() => this.#fail('The explanation takes too long: try again'), patience)
      const settled = () => {
        clearTimeout(late)
        this.#waiting.delete(number)
      }
      this.#waiting.set(number, {
        resolve: (answer) => {
          settled()
          resolve(answer)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      })
      this.#running().postMessage({ number, question } satisfies NumberedQuestion)
    })
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(new URL('./explain-thread.js', import.meta.url), { workerData: this.#dataFolder })
    worker.unref()
    worker.on('message', ({ number, answer }: NumberedAnswer) => this.#waiting.get(number)?.resolve(answer))
    const gone = (why: string) => {
      if (this.#worker === worker) this.#fail(why)
    }
    worker.on('error', (error) => gone(`The explanation failed: ${error.message}`))
    worker.on('exit', () => gone('The explanation was cut short: try again'))
    this.#worker = worker
    return worker
  }

  /** The next question gets a new thread. */
  #fail(why: string): void {
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
    for (const waiting of [...this.#waiting.values()]) waiting.reject(new ExplainBusyError(why))
  }
}
