/**
 * Makes rows of the events of calls. A call that begins and ends between two writes, as most do, costs one insert.
 * Runs in the journal's other thread; nothing here is asked for while a call waits.
 */
import { sql } from 'kysely'
import type { Statement } from '../sqlite/sqlite.ts'
import { isBegan, readBeganInBrief, readCallEvent } from './call-event-text.ts'
import type { EndedBy, RecordedParty } from './call-events.ts'
import type { CallOutcome, CallRecordTable, RecordedStep } from './call-record.ts'
import { readableText } from './readable-text.ts'
import { recordedStep } from './recorded-step.ts'
import type { OpenRecords } from './records-database.ts'

/** Where the next event is read. */
export interface JournalPlace {
  readonly log: number
  readonly offset: number
}

/** Rows deleted at once when records are too old, so that the thread can do other things in between. */
const pruneRows = 1000

/** Steps after the first that a record has. */
const mostSteps = 100

/** Recordings, and sides with their quality, that one record names. */
const mostListed = 100

/** Columns that hold lists in JSON. */
type Listed = 'recordings' | 'quality'

/** A call whose row is not finished. All texts are readable. */
interface OpenCall {
  readonly id: string
  /** `null` for a row of a former form. */
  readonly told: string | null
  readonly caller: RecordedParty
  readonly dialled: string
  readonly startedAt: number
  /** Those that stand in `steps`. */
  readonly steps: RecordedStep[]
  callee: RecordedParty | null
  answeredAt: number | null
  endedAt: number | null
  endedBy: EndedBy | null
  outcome: CallOutcome | null
  status: number | null
  phrase: string | null
  parent: string | null
  transferredTo: string | null
  transferredBy: string | null
}

/** What is written of every call. */
const plainColumns = [
  'id',
  'told',
  'caller_kind',
  'caller_id',
  'caller',
  'dialled',
  'callee_kind',
  'callee_id',
  'callee',
  'started_at',
  'answered_at',
  'ended_at',
  'ended_by',
  'outcome',
  'status',
  'phrase',
] as const satisfies readonly (keyof CallRecordTable)[]

/** What is written only of those to which more than that has happened. */
const furtherColumns = [
  'steps',
  'parent',
  'transferred_to',
  'transferred_by',
] as const satisfies readonly (keyof CallRecordTable)[]

type OpenRow = Pick<CallRecordTable, (typeof plainColumns)[number] | (typeof furtherColumns)[number]>

export class CallRecordWriter {
  readonly #records: OpenRecords
  readonly #put: Statement
  /** What only those have to which more has happened. */
  readonly #putFurther: Statement
  readonly #saveProgress: Statement
  readonly #prune: Statement
  readonly #append: Readonly<Record<Listed, Statement>>
  readonly #open = new Map<string, OpenCall>()
  /** Calls that changed or ended since the last write. */
  readonly #changed = new Set<OpenCall>()
  #written: JournalPlace | null = null
  /** What is put into lists of rows that are there, or are about to be: much of it comes after a call's end. */
  readonly #listed: { readonly id: string; readonly column: Listed; readonly value: string }[] = []
  /** Calls that were not living at the start: lost, unless what is still to be read tells how they ended. */
  readonly #lost: [OpenCall, number][] = []

  constructor(records: OpenRecords) {
    this.#records = records
    const { connection, queries } = records
    const blank = Object.fromEntries(plainColumns.map((column) => [column, null])) as unknown as OpenRow
    // Columns of former forms that may not be null.
    const former = {
      steps: sql<string>`''`,
      sip_call_id: sql<string>`''`,
      source: sql<string>`''`,
      domain: sql<string>`''`,
      revision: sql<number>`0`,
    }
    this.#put = connection.prepare(
      queries
        .insertInto('call_record')
        .values({ ...blank, ...former })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((row) => ({
            callee_kind: row.ref('excluded.callee_kind'),
            callee_id: row.ref('excluded.callee_id'),
            callee: row.ref('excluded.callee'),
            answered_at: row.ref('excluded.answered_at'),
            ended_at: row.ref('excluded.ended_at'),
            ended_by: row.ref('excluded.ended_by'),
            outcome: row.ref('excluded.outcome'),
            status: row.ref('excluded.status'),
            phrase: row.ref('excluded.phrase'),
          })),
        )
        .compile().sql,
    )
    this.#putFurther = connection.prepare(
      queries
        .updateTable('call_record')
        .set({ steps: '', parent: null, transferred_to: null, transferred_by: null })
        .where('id', '=', '')
        .compile().sql,
    )
    this.#saveProgress = connection.prepare(
      queries
        .insertInto('progress')
        .values({ id: 1, log: 0, offset: 0 })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet((row) => ({ log: row.ref('excluded.log'), offset: row.ref('excluded.offset') })),
        )
        .compile().sql,
    )
    this.#append = { recordings: this.#appending('recordings'), quality: this.#appending('quality') }
    const old = queries.selectFrom('call_record').select('number').where('started_at', '<', 0).limit(pruneRows)
    this.#prune = connection.prepare(queries.deleteFrom('call_record').where('number', 'in', old).compile().sql)
  }

  /** How far the journal was read when the last rows were written. */
  progress(): JournalPlace {
    const { connection, queries } = this.#records
    const found = connection.prepare(queries.selectFrom('progress').select(['log', 'offset']).compile().sql).get()
    return (found as JournalPlace | undefined) ?? { log: 0, offset: 0 }
  }

  /**
   * Takes up the rows that are not finished: those of calls that go on, and of calls whose end nobody will tell.
   * @param living ids of the calls that the journal held at the start; `null` where calls have begun since
   */
  resume(living: ReadonlySet<string> | null, now: number): void {
    const { connection, queries } = this.#records
    const unfinished = queries
      .selectFrom('call_record')
      .select([...plainColumns, ...furtherColumns])
      .where('ended_at', 'is', null)
      .compile()
    for (const row of connection.prepare(unfinished.sql).all() as OpenRow[]) {
      const call = openCallOf(row)
      this.#open.set(call.id, call)
      if (living !== null && !living.has(call.id)) this.#lost.push([call, now])
    }
  }

  /** All that the process before this one told has been read. */
  concludeLost(): void {
    for (const [call, now] of this.#lost.splice(0)) {
      if (this.#open.get(call.id) !== call) continue
      this.#finish(call, now, 'server', null, null, 'lost')
    }
  }

  /** Takes in one event as the journal has it; the rows are written by `write`. */
  take(text: string): void {
    if (isBegan(text)) {
      this.#begin(readableText(text))
      return
    }
    const event = readCallEvent(text)
    if (event === null || event.kind === 'began') return
    if (event.kind === 'recorded') {
      this.#listed.push({ id: event.id, column: 'recordings', value: JSON.stringify(event.recording) })
      return
    }
    if (event.kind === 'heard') {
      for (const one of event.quality) {
        this.#listed.push({ id: event.id, column: 'quality', value: JSON.stringify({ at: event.at, ...one }) })
      }
      return
    }
    const call = this.#open.get(event.id)
    // Its beginning was told before records were kept, or is lost: a record without it would say nothing.
    if (call === undefined) return
    this.#changed.add(call)
    switch (event.kind) {
      case 'wentOn': {
        if (call.steps.length >= mostSteps) return
        const { facts, rules, rings, targets } = event.step
        const step = {
          facts: readableText(facts),
          rules: readableText(rules),
          rings: readableText(rings),
          targets: readableText(targets),
        }
        call.steps.push(recordedStep(event.at, event.outcome, readableText(event.detail), event.revision, step))
        return
      }
      case 'answered':
        call.answeredAt = event.at
        call.callee = readable(event.callee)
        return
      case 'transferred':
        call.transferredTo = event.into
        call.transferredBy = JSON.stringify(readable(event.by))
        this.#childOf(event.into, event.id)
        return
      case 'ended':
        this.#end(call, event.at, event.by, event.status, event.phrase)
        return
      default:
        event satisfies never
    }
  }

  #begin(told: string): void {
    const began = readBeganInBrief(told)
    if (began === null || this.#open.has(began.id)) return
    const { id, at, caller, dialled, refusal, parent } = began
    const call: OpenCall = {
      id,
      told,
      caller,
      dialled,
      startedAt: at,
      steps: [],
      callee: null,
      answeredAt: null,
      endedAt: null,
      endedBy: null,
      outcome: null,
      status: null,
      phrase: null,
      parent,
      transferredTo: null,
      transferredBy: null,
    }
    this.#open.set(id, call)
    this.#changed.add(call)
    if (refusal !== null)
      this.#finish(call, at, 'server', refusal.status, refusal.phrase, outcomeOf(call, refusal.status))
  }

  /**
   * Writes all rows that changed and how far the journal was read, all or nothing; where neither is new, nothing. Throws
   * what SQLite throws.
   * @param alongside writes what else was read up to there
   */
  write(place: JournalPlace, alongside: () => void = () => undefined): void {
    const isRead = this.#written?.log === place.log && this.#written.offset === place.offset
    if (isRead && this.#changed.size === 0 && this.#listed.length === 0) return
    this.#records.connection.transaction(() => {
      for (const call of this.#changed) this.#putRow(call)
      for (const { id, column, value } of this.#listed) this.#append[column].run(value, id, mostListed)
      alongside()
      this.#saveProgress.run(1, place.log, place.offset)
    })()
    this.#changed.clear()
    this.#listed.length = 0
    this.#written = place
  }

  /** Deletes some of the records that began before `time`. @returns whether there are more */
  prune(time: number): boolean {
    return this.#prune.run(time, pruneRows).changes === pruneRows
  }

  /** Puts a value at the end of a row's list; nothing where the row is gone, or its list is long enough. */
  #appending(column: Listed): Statement {
    const { connection, queries } = this.#records
    const list = sql`coalesce(${sql.ref(column)}, '[]')`
    const value = sql<string>`json_insert(${list}, '$[#]', json(${''}))`
    const { sql: text } = queries
      .updateTable('call_record')
      .set(column, value)
      .where('id', '=', '')
      .where(sql`json_array_length(${list})`, '<', mostListed)
      .compile()
    return connection.prepare(text)
  }

  /** An attended transfer goes on in a call that began by itself. */
  #childOf(id: string, parent: string): void {
    const child = this.#open.get(id)
    if (child === undefined) return
    child.parent ??= parent
    this.#changed.add(child)
  }

  #putRow(call: OpenCall): void {
    const { caller, callee } = call
    // Values one by one: a list of them costs half a microsecond more.
    this.#put.run(
      call.id,
      call.told,
      caller.kind,
      caller.id,
      caller.title,
      call.dialled,
      callee === null ? null : callee.kind,
      callee === null ? null : callee.id,
      callee === null ? null : callee.title,
      call.startedAt,
      call.answeredAt,
      call.endedAt,
      call.endedBy,
      call.outcome,
      call.status,
      call.phrase,
    )
    if (call.steps.length === 0 && call.parent === null && call.transferredTo === null) return
    const steps = call.steps.length === 0 ? '' : JSON.stringify(call.steps)
    this.#putFurther.run(steps, call.parent, call.transferredTo, call.transferredBy, call.id)
  }

  #end(call: OpenCall, at: number, by: EndedBy, status: number, phrase: string): void {
    this.#finish(call, at, by, status, readableText(phrase), outcomeOf(call, status))
  }

  #finish(
    call: OpenCall,
    at: number,
    by: EndedBy,
    status: number | null,
    phrase: string | null,
    outcome: CallOutcome,
  ): void {
    call.endedAt = at
    call.endedBy = by
    call.status = status
    call.phrase = phrase
    call.outcome = outcome
    this.#open.delete(call.id)
    this.#changed.add(call)
  }
}

/** A row that is not finished. */
function openCallOf(row: OpenRow): OpenCall {
  const { callee_kind: kind, callee_id: id, callee } = row
  return {
    id: row.id,
    told: row.told,
    caller: { kind: row.caller_kind, id: row.caller_id, title: row.caller },
    dialled: row.dialled,
    startedAt: row.started_at,
    steps: row.steps === '' ? [] : (JSON.parse(row.steps) as RecordedStep[]),
    callee: kind === null || id === null ? null : { kind, id, title: callee ?? '' },
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    outcome: row.outcome,
    status: row.status,
    phrase: row.phrase,
    parent: row.parent,
    transferredTo: row.transferred_to,
    transferredBy: row.transferred_by,
  }
}

function outcomeOf(call: OpenCall, status: number): CallOutcome {
  if (call.answeredAt !== null) return 'answered'
  if (status === 487) return 'cancelled'
  if (status === 486 || status === 600 || status === 603) return 'busy'
  if (status === 480 || status === 408) {
    return call.steps.at(-1)?.after === 'noAnswer' ? 'noAnswer' : 'notReachable'
  }
  return status < 500 ? 'refused' : 'failed'
}

function readable(party: RecordedParty): RecordedParty {
  return { ...party, title: readableText(party.title) }
}
