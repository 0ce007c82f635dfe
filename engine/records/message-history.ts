/** Reading messages: lists with filters and pages. */
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely'
import type { MessageTable, RecordsDatabase } from './call-record.ts'
import type { MessageState } from './message-events.ts'
import { OpenedWhenThere } from './opened-when-there.ts'
import { pageLength, pageOf } from './page.ts'

/** A message as programs see it. Times in milliseconds since the epoch. */
export interface RecordedMessage {
  readonly id: string
  /** Ids and titles of the users. */
  readonly from: { readonly id: string; readonly title: string }
  readonly to: { readonly id: string; readonly title: string }
  readonly dialled: string
  readonly contentType: string
  readonly body: string
  readonly state: MessageState
  readonly sentAt: number
  /** When it was delivered or given up; `null` while it waits. */
  readonly settledAt: number | null
}

export interface MessageFilter {
  /** Milliseconds since the epoch, both included. */
  readonly from?: number
  readonly to?: number
  /** Id of a user who sent or was to get it. */
  readonly user?: string
  readonly state?: MessageState
  /** Part of the body; capitals do not matter. */
  readonly text?: string
}

export interface MessagePage {
  readonly messages: readonly RecordedMessage[]
  /** Hand back as `before` for the messages before these; `null` where there are none. */
  readonly next: number | null
}

export class MessageHistory {
  readonly #records: OpenedWhenThere

  /** @param path of the database, which need not exist yet */
  constructor(path: string) {
    this.#records = new OpenedWhenThere(path)
  }

  /**
   * Newest first.
   * @param before only messages older than this place, from `next` of the page before
   * @param limit 1 to 1000
   */
  async list(filter: MessageFilter, before: number | null, limit: number): Promise<MessagePage> {
    const database = this.#records.opened()
    if (database === null) return { messages: [], next: null }
    const length = pageLength(limit)
    const rows = await database
      .selectFrom('message')
      .selectAll()
      .where((row) => conditions(row, filter, before))
      .orderBy('number', 'desc')
      .limit(length + 1)
      .execute()
    const { shown, next } = pageOf(rows, length)
    return { messages: shown.map(messageOf), next }
  }

  close(): void {
    this.#records.close()
  }
}

function conditions(
  row: ExpressionBuilder<RecordsDatabase, 'message'>,
  filter: MessageFilter,
  before: number | null,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  if (before !== null) all.push(row('number', '<', before))
  if (filter.from !== undefined) all.push(row('sent_at', '>=', filter.from))
  if (filter.to !== undefined) all.push(row('sent_at', '<=', filter.to))
  if (filter.state !== undefined) all.push(row('state', '=', filter.state))
  const { user, text } = filter
  if (user !== undefined) all.push(row.or([row('sender_id', '=', user), row('recipient_id', '=', user)]))
  if (text !== undefined) {
    all.push(row(row.fn<number>('instr', [row.fn('lower', ['body']), row.fn('lower', [row.val(text)])]), '>', 0))
  }
  return row.and(all)
}

function messageOf(row: Selectable<MessageTable>): RecordedMessage {
  return {
    id: row.id,
    from: { id: row.sender_id, title: row.sender },
    to: { id: row.recipient_id, title: row.recipient },
    dialled: row.dialled,
    contentType: row.content_type,
    body: row.body,
    state: row.state,
    sentAt: row.sent_at,
    settledAt: row.settled_at,
  }
}
