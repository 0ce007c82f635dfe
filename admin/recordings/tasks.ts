/** Long work on many recordings: it shows how far it is, can be stopped, and says what was done. Kept until a restart. */
import { randomBytes } from 'node:crypto'

export type TaskKind = 'delete' | 'retrieve'
export type TaskState = 'waiting' | 'running' | 'done' | 'stopped'

export interface TaskView {
  readonly id: string
  readonly kind: TaskKind
  readonly state: TaskState
  readonly by: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly total: number
  readonly done: number
  /** Those that could not be done, and why: the first of them. */
  readonly failed: number
  readonly failures: readonly { readonly recording: string; readonly message: string }[]
}

/** Tasks that are remembered, and failures of each. */
const mostTasks = 100
const mostFailures = 20
/** How long one of many may keep others waiting. */
const sliceMilliseconds = 5

class Task {
  readonly id = randomBytes(8).toString('hex')
  state: TaskState = 'waiting'
  endedAt: number | null = null
  done = 0
  failed = 0
  readonly failures: { recording: string; message: string }[] = []
  stopping = false
  readonly kind: TaskKind
  readonly by: string
  readonly startedAt: number
  readonly ids: readonly string[]

  constructor(kind: TaskKind, by: string, startedAt: number, ids: readonly string[]) {
    this.kind = kind
    this.by = by
    this.startedAt = startedAt
    this.ids = ids
  }
}

export class Tasks {
  readonly #clock: () => number
  readonly #tasks = new Map<string, Task>()
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /**
   * Begins when those before have ended.
   * @param work on one recording; what it throws is told, and the others go on
   */
  start(kind: TaskKind, by: string, ids: readonly string[], work: (id: string) => Promise<void>): TaskView {
    const task = new Task(kind, by, this.#clock(), ids)
    this.#tasks.set(task.id, task)
    for (const [id, { endedAt }] of this.#tasks) {
      if (this.#tasks.size <= mostTasks) break
      if (endedAt !== null) this.#tasks.delete(id)
    }
    this.#last = this.#last.then(() => this.#run(task, work))
    return viewOf(task)
  }

  find(id: string): TaskView | null {
    const task = this.#tasks.get(id)
    return task === undefined ? null : viewOf(task)
  }

  /** Newest first. */
  list(): readonly TaskView[] {
    return [...this.#tasks.values()].map(viewOf).reverse()
  }

  /** What is under way is finished, and nothing more begun. */
  stop(id: string): void {
    const task = this.#tasks.get(id)
    if (task !== undefined) task.stopping = true
  }

  /** Whether a task of this kind is about to do something with the recording. */
  waitingFor(kind: TaskKind, recording: string): boolean {
    for (const task of this.#tasks.values()) {
      if (task.kind === kind && task.endedAt === null && task.ids.indexOf(recording, task.done + task.failed) >= 0)
        return true
    }
    return false
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#last
  }

  async #run(task: Task, work: (id: string) => Promise<void>): Promise<void> {
    task.state = 'running'
    let since = performance.now()
    for (const id of task.ids) {
      if (task.stopping || this.#closed) break
      try {
        await work(id)
        task.done++
      } catch (error) {
        task.failed++
        const message = error instanceof Error ? error.message : String(error)
        if (task.failures.length < mostFailures) task.failures.push({ recording: id, message })
      }
      // The database answers at once: without this nobody else would have a turn.
      if (performance.now() - since > sliceMilliseconds) {
        await new Promise<void>((resolve) => setImmediate(resolve))
        since = performance.now()
      }
    }
    task.state = task.stopping || this.#closed ? 'stopped' : 'done'
    task.endedAt = this.#clock()
  }
}

function viewOf(task: Task): TaskView {
  const { id, kind, state, by, startedAt, endedAt, done, failed, failures } = task
  return { id, kind, state, by, startedAt, endedAt, total: task.ids.length, done, failed, failures: [...failures] }
}
