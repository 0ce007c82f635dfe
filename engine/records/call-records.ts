/** Reading call records: lists with filters and pages, one record, and CSV. */
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely'
import { readCallEvent } from './call-event-text.ts'
import type { AskedCaller, RecordedParty } from './call-events.ts'
import type {
  CallOutcome,
  CallRecord,
  CallRecordTable,
  RecordedQuality,
  RecordedStep,
  RecordsDatabase,
} from './call-record.ts'
import { OpenedWhenThere } from './opened-when-there.ts'
import { pageLength, pageOf } from './page.ts'
import { recordedStep } from './recorded-step.ts'

export interface CallRecordFilter {
  /** Milliseconds since the epoch, both included; of the beginning of the call. */
  readonly from?: number
  readonly to?: number
  /** Id of a user who called or answered. */
  readonly user?: string
  /** Id of a trunk by which it came or went. */
  readonly trunk?: string
  readonly outcome?: CallOutcome
  /** Id of a call: those to which transfers led from it. */
  readonly parent?: string
  /** Part of the caller, of what was dialled or of who answered; capitals do not matter. */
  readonly text?: string
}

export interface CallRecordPage {
  readonly records: readonly CallRecord[]
  /** Hand back as `before` for the records before these; `null` where there are none. */
  readonly next: number | null
}

export class CallRecords {
  readonly #records: OpenedWhenThere

  /** @param path of the database, which need not exist yet */
  constructor(path: string) {
    this.#records = new OpenedWhenThere(path)
  }

  /**
   * Newest first.
   * @param before only records older than this place, from `next` of the page before
   * @param limit 1 to 1000
   */
  async list(filter: CallRecordFilter, before: number | null, limit: number): Promise<CallRecordPage> {
    const database = this.#records.opened()
    if (database === null) return { records: [], next: null }
    const length = pageLength(limit)
    const rows = await database
      .selectFrom('call_record')
      .selectAll()
      .where((row) => conditions(row, filter, before))
      .orderBy('number', 'desc')
      .limit(length + 1)
      .execute()
    const { shown, next } = pageOf(rows, length)
    return { records: shown.map(recordOf), next }
  }

  /** @returns `null` where there is none with this id */
  async find(id: string): Promise<CallRecord | null> {
    const row = await this.#records
      .opened()
      ?.selectFrom('call_record')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : recordOf(row)
  }

  close(): void {
    this.#records.close()
  }
}

function conditions(
  row: ExpressionBuilder<RecordsDatabase, 'call_record'>,
  filter: CallRecordFilter,
  before: number | null,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  if (before !== null) all.push(row('number', '<', before))
  if (filter.from !== undefined) all.push(row('started_at', '>=', filter.from))
  if (filter.to !== undefined) all.push(row('started_at', '<=', filter.to))
  if (filter.parent !== undefined) all.push(row('parent', '=', filter.parent))
  if (filter.outcome !== undefined) all.push(row('outcome', '=', filter.outcome))
  for (const kind of ['user', 'trunk'] as const) {
    const id = filter[kind]
    if (id === undefined) continue
    const called = row.and([row('caller_kind', '=', kind), row('caller_id', '=', id)])
    all.push(row.or([called, row.and([row('callee_kind', '=', kind), row('callee_id', '=', id)])]))
  }
  if (filter.text !== undefined) {
    // `instr` and not `like`, in which % and _ of a number would mean something else.
    const { text } = filter
    const holds = (column: 'caller' | 'dialled' | 'callee') =>
      row(row.fn<number>('instr', [row.fn('lower', [column]), row.fn('lower', [row.val(text)])]), '>', 0)
    all.push(row.or([holds('caller'), holds('dialled'), holds('callee')]))
  }
  return row.and(all)
}

function recordOf(row: Selectable<CallRecordTable>): CallRecord {
  const { callee_kind: kind, callee_id: id } = row
  return {
    id: row.id,
    ...(toldOf(row) ?? formerlyTold(row)),
    caller: { kind: row.caller_kind, id: row.caller_id, title: row.caller },
    dialled: row.dialled,
    callee: kind === null || id === null ? null : { kind, id, title: row.callee ?? '' },
    startedAt: row.started_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    outcome: row.outcome,
    status: row.status,
    phrase: row.phrase,
    parent: row.parent,
    recordings: row.recordings === null ? [] : (JSON.parse(row.recordings) as string[]),
    quality: row.quality === null ? [] : (JSON.parse(row.quality) as RecordedQuality[]),
    transferred:
      row.transferred_to === null || row.transferred_by === null
        ? null
        : { to: row.transferred_to, by: JSON.parse(row.transferred_by) as RecordedParty },
  }
}

/** What was told when the call began. */
type Told = Pick<CallRecord, 'sipCallId' | 'source' | 'domain' | 'revision' | 'asked' | 'steps'>

function toldOf({ told, steps }: Selectable<CallRecordTable>): Told | null {
  const began = told === null ? null : readCallEvent(told)
  if (began?.kind !== 'began') return null
  const { callId, source, domain, revision, asked, at, step } = began
  const first = recordedStep(at, '', '', revision, step)
  const further = steps === '' ? [] : (JSON.parse(steps) as RecordedStep[])
  return { sipCallId: callId, source, domain, revision, asked, steps: [first, ...further] }
}

function formerlyTold(row: Selectable<CallRecordTable>): Told {
  return {
    sipCallId: row.sip_call_id,
    source: row.source,
    domain: row.domain,
    revision: row.revision,
    asked: row.asked === null ? null : (JSON.parse(row.asked) as AskedCaller),
    steps: row.steps === '' ? [] : stepsOf(row.steps, row.revision),
  }
}

/** Steps that a former version wrote have neither detail, revision nor targets. */
function stepsOf(json: string, revision: number): RecordedStep[] {
  const steps = JSON.parse(json) as RecordedStep[]
  const [first] = steps as readonly Partial<RecordedStep>[]
  if (first?.targets !== undefined) return steps
  return steps.map((step) => ({ ...step, detail: '', revision, targets: [] }))
}
