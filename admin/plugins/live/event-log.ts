import type { EngineClient, LiveEventListener } from '../../../engine/control/engine-client.ts'
import type { LiveEvent } from '../../../engine/control/live-events.ts'

/** How many events are kept for those who come back. */
const mostKept = 1000
/** How long the engine is listened to after the last reader has gone, in milliseconds: he may come back. */
const lingering = 30_000

export interface LoggedEvent {
  readonly number: number
  readonly name: LiveEvent['event'] | 'missed'
  /** JSON. */
  readonly data: string
}

export interface EventReader {
  happened(event: LoggedEvent): void
}

/**
 * The last events and those who read them. The engine is asked for events only while somebody reads, because only then
 * it has to make any.
 */
export class EventLog {
  readonly #engine: Pick<EngineClient, 'listen'>
  /** Begins every id: numbers of another life of this process mean nothing here. */
  readonly #life: string
  readonly #readers = new Set<EventReader>()
  readonly #kept: LoggedEvent[] = []
  #number = 0
  /** Events before this one may have happened without us. */
  #unbrokenSince = 1
  #stop: (() => void) | null = null
  #lingering: NodeJS.Timeout | null = null

  constructor(engine: Pick<EngineClient, 'listen'>, clock: () => number) {
    this.#engine = engine
    this.#life = clock().toString(36)
  }

  idOf(event: LoggedEvent): string {
    return `${this.#life}-${event.number}`
  }

  /**
   * Events after the one with this id, oldest first; `null` where nobody can tell what came after it.
   * @param id as the reader saw it last; '' for a new reader, who gets none
   */
  after(id: string): readonly LoggedEvent[] | null {
    if (id === '') return []
    const match = /^([0-9a-z]{1,12})-(\d{1,15})$/.exec(id)
    const number = Number(match?.[2])
    const first = this.#kept[0]?.number ?? this.#number + 1
    if (match?.[1] !== this.#life || number > this.#number || number + 1 < Math.max(first, this.#unbrokenSince))
      return null
    return this.#kept.filter((event) => event.number > number)
  }

  /** New events go to the reader until the function returned is called. */
  read(reader: EventReader): () => void {
    this.#readers.add(reader)
    if (this.#lingering !== null) clearTimeout(this.#lingering)
    this.#lingering = null
    this.#stop ??= this.#listen()
    return () => {
      if (!this.#readers.delete(reader) || this.#readers.size > 0) return
      this.#lingering = setTimeout(() => this.close(), lingering)
      this.#lingering.unref()
    }
  }

  /** Listens no longer; what happens from now on is not known. */
  close(): void {
    if (this.#lingering !== null) clearTimeout(this.#lingering)
    this.#lingering = null
    this.#stop?.()
    this.#stop = null
    this.#kept.length = 0
    this.#unbrokenSince = this.#number + 2
  }

  #listen(): () => void {
    const listener: LiveEventListener = {
      happened: (events) => {
        for (const event of events) this.#add(event.event, event)
      },
      missed: (count) => this.#add('missed', { count }),
    }
    return this.#engine.listen(listener)
  }

  #add(name: LoggedEvent['name'], data: object): void {
    const event = { number: ++this.#number, name, data: JSON.stringify(data) }
    this.#kept.push(event)
    if (this.#kept.length > mostKept) this.#kept.splice(0, this.#kept.length - mostKept)
    for (const reader of this.#readers) reader.happened(event)
  }
}
