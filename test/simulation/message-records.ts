import type { MessageEvents, MessageTaken, SettledState } from '../../engine/records/message-events.ts'

/** One message, as the server's history has it. */
export interface MessageRecord {
  readonly taken: MessageTaken
  /** In the order in which they were taken. */
  readonly number: number
  state: 'waiting' | SettledState
}

/** The history of messages, made from what is told at the end of each turn, and what is wrong with it. */
export class MessageRecords implements MessageEvents {
  readonly #records = new Map<string, MessageRecord>()
  readonly #faults: string[] = []
  #pending: (() => void)[] = []

  taken(message: MessageTaken): void {
    this.#pending.push(() => {
      if (this.#records.has(message.id)) this.#faults.push(`message ${message.id} is taken twice`)
      this.#records.set(message.id, { taken: message, number: this.#records.size, state: 'waiting' })
    })
  }

  settled(id: string, _at: number, state: SettledState): void {
    this.#pending.push(() => {
      const record = this.#records.get(id)
      if (record?.state !== 'waiting')
        this.#faults.push(`message ${id} is ${state}, and was ${record?.state ?? 'never'}`)
      else record.state = state
    })
  }

  /** The turn is over. */
  commit(): void {
    for (const note of this.#pending) note()
    this.#pending = []
  }

  /** The process died within the turn. */
  forgetTurn(): void {
    this.#pending = []
  }

  all(): IterableIterator<MessageRecord> {
    return this.#records.values()
  }

  /** @param kept ids of the messages in the journal: those that wait */
  faults(kept: ReadonlySet<string>): string[] {
    const wrong = [...this.#faults]
    for (const [id, { state }] of this.#records) {
      if (kept.has(id) !== (state === 'waiting')) {
        wrong.push(`message ${id} is ${state}, and in the journal ${kept.has(id) ? 'still' : 'no more'}`)
      }
    }
    return wrong
  }
}
