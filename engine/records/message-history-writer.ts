/** Makes rows of the events of messages. Runs in the journal's other thread, in the transactions that call records are in. */
import type { Statement } from '../sqlite/sqlite.ts'
import type { MessageEvent } from './message-event-text.ts'
import { readMessageEvent } from './message-event-text.ts'
import { readableText } from './readable-text.ts'
import type { OpenRecords } from './records-database.ts'

export class MessageHistoryWriter {
  readonly #put: Statement
  readonly #settle: Statement
  #events: MessageEvent[] = []

  constructor({ connection, queries }: OpenRecords) {
    this.#put = connection.prepare(
      queries
        .insertInto('message')
        .values({
          id: '',
          sender_id: '',
          sender: '',
          recipient_id: '',
          recipient: '',
          dialled: '',
          content_type: '',
          body: '',
          state: 'waiting',
          sent_at: 0,
          settled_at: null,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .compile().sql,
    )
    this.#settle = connection.prepare(
      queries.updateTable('message').set({ state: 'delivered', settled_at: 0 }).where('id', '=', '').compile().sql,
    )
  }

  /** Takes in one event as the journal has it; the rows are written by `write`. */
  take(text: string): void {
    const event = readMessageEvent(text)
    if (event !== null) this.#events.push(event)
  }

  /** Within a transaction. */
  write(): void {
    for (const event of this.#events) {
      if (event.kind === 'messageSettled') {
        this.#settle.run(event.state, event.at, event.id)
        continue
      }
      const { id, at, from, to, dialled, contentType, body } = event
      this.#put.run(
        id,
        from.id,
        readableText(from.title),
        to.id,
        readableText(to.title),
        readableText(dialled),
        readableText(contentType),
        readableText(body),
        'waiting',
        at,
        null,
      )
    }
  }

  /** What was taken is written. */
  written(): void {
    this.#events = []
  }
}
