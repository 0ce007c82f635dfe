/**
 * Makes rows of the events of calls. A call that begins and ends between two writes, as most do, costs one insert.
 * Runs in the journal's other thread; nothing here is asked for while a call waits.
 */
import type { Insertable } from 'kysely'
import { sql } from 'kysely'
import type { Statement } from '../sqlite/sqlite.ts'
import type { CallEvent } from './call-event-text.ts'
import type { AskedCaller, EndedBy, RouteTaken } from './call-events.ts'
import type { CallOutcome, CallRecordTable, RecordedStep } from './call-record.ts'
import { readableText } from './readable-text.ts'
import type { OpenRecords } from './records-database.ts'

/** Where the next event is read. */
export interface JournalPlace {
  readonly log: number
  readonly offset: number
}

/** Rows deleted at once when records are too old, so that the thread can do other things in between. */
const pruneRows = 1000

/** Recordings, and sides with their quality, that one record names. */
const mostListed = 100

/** Columns that hold lists in JSON. */
type Listed = 'recordings' | 'quality'

type Row = Insertable<CallRecordTable>

/** A call whose row is not finished. */
interface OpenCall {
  readonly row: Row
  readonly steps: RecordedStep[]
}

const columns = [
  'id',
  'sip_call_id',
  'source',
  'caller_kind',
  'caller_id',
  'caller',
  'dialled',
  'domain',
  'callee_kind',
  'callee_id',
  'callee',
  'revision',
  'steps',
  'started_at',
  'answered_at',
  'ended_at',
  'ended_by',
  'outcome',
  'status',
  'phrase',
  'asked',
  'parent',
  'transferred_to',
  'transferred_by',
] as const satisfies readonly (keyof Row)[]

export class CallRecordWriter {
  readonly #records: OpenRecords
  readonly #put: Statement
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
    const blank = Object.fromEntries(columns.map((column) => [column, null])) as unknown as Row
    this.#put = connection.prepare(
      queries
        .insertInto('call_record')
        .values(blank)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((row) => ({
            callee_kind: row.ref('excluded.callee_kind'),
            callee_id: row.ref('excluded.callee_id'),
            callee: row.ref('excluded.callee'),
            steps: row.ref('excluded.steps'),
            answered_at: row.ref('excluded.answered_at'),
            ended_at: row.ref('excluded.ended_at'),
            ended_by: row.ref('excluded.ended_by'),
            outcome: row.ref('excluded.outcome'),
            status: row.ref('excluded.status'),
            phrase: row.ref('excluded.phrase'),
            parent: row.ref('excluded.parent'),
            transferred_to: row.ref('excluded.transferred_to'),
            transferred_by: row.ref('excluded.transferred_by'),
          })),
        )
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
    const unfinished = queries.selectFrom('call_record').select(columns).where('ended_at', 'is', null).compile()
    for (const row of connection.prepare(unfinished.sql).all() as Row[]) {
      const call: OpenCall = { row, steps: JSON.parse(row.steps) as RecordedStep[] }
      this.#open.set(row.id, call)
      if (living !== null && !living.has(row.id)) this.#lost.push([call, now])
    }
  }

  /** All that the process before this one told has been read. */
  concludeLost(): void {
    for (const [call, now] of this.#lost.splice(0)) {
      if (this.#open.get(call.row.id) !== call) continue
      this.#finish(call, now, 'server', null, null, 'lost')
    }
  }

  /** Takes in one event; the rows are written by `write`. */
  take(event: CallEvent): void {
    if (event.kind === 'began') {
      if (this.#open.has(event.id)) return
      const { caller, asked, step, refusal } = event
      const call: OpenCall = {
        row: {
          id: event.id,
          sip_call_id: readableText(event.callId),
          source: event.source,
          caller_kind: caller.kind,
          caller_id: caller.id,
          caller: readableText(caller.title),
          dialled: readableText(event.dialled),
          domain: readableText(event.domain),
          callee_kind: null,
          callee_id: null,
          callee: null,
          revision: event.revision,
          steps: '',
          started_at: event.at,
          answered_at: null,
          ended_at: null,
          ended_by: null,
          outcome: null,
          status: null,
          phrase: null,
          asked: asked === null ? null : JSON.stringify(readable(asked)),
          parent: event.parent ?? null,
          transferred_to: null,
          transferred_by: null,
        },
        steps: [stepOf(event.at, '', '', event.revision, step)],
      }
      this.#open.set(event.id, call)
      this.#changed.add(call)
      if (refusal !== null) this.#end(call, event.at, 'server', refusal.status, refusal.phrase)
      return
    }
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
      case 'wentOn':
        if (call.steps.length < 100)
          call.steps.push(stepOf(event.at, event.outcome, readableText(event.detail), event.revision, event.step))
        return
      case 'answered':
        call.row.answered_at = event.at
        call.row.callee_kind = event.callee.kind
        call.row.callee_id = event.callee.id
        call.row.callee = readableText(event.callee.title)
        return
      case 'transferred':
        call.row.transferred_to = event.into
        call.row.transferred_by = JSON.stringify({ ...event.by, title: readableText(event.by.title) })
        this.#childOf(event.into, event.id)
        return
      case 'ended':
        this.#end(call, event.at, event.by, event.status, event.phrase)
        return
      default:
        event satisfies never
    }
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
    child.row.parent ??= parent
    this.#changed.add(child)
  }

  #putRow(call: OpenCall): void {
    const { row } = call
    row.steps = JSON.stringify(call.steps)
    this.#put.run(columns.map((column) => row[column] ?? null))
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
    const { row } = call
    row.ended_at = at
    row.ended_by = by
    row.status = status
    row.phrase = phrase
    row.outcome = outcome
    this.#open.delete(row.id)
    this.#changed.add(call)
  }
}

function outcomeOf(call: OpenCall, status: number): CallOutcome {
  if (call.row.answered_at != null) return 'answered'
  if (status === 487) return 'cancelled'
  if (status === 486 || status === 600 || status === 603) return 'busy'
  if (status === 480 || status === 408) {
    return call.steps.at(-1)?.after === 'noAnswer' ? 'noAnswer' : 'notReachable'
  }
  return status < 500 ? 'refused' : 'failed'
}

function stepOf(at: number, after: string, detail: string, revision: number, step: RouteTaken): RecordedStep {
  return {
    at,
    after,
    detail,
    revision,
    facts: step.facts === '' ? [] : readableText(step.facts).split(' '),
    rules: step.rules === '' ? [] : readableText(step.rules).split('\n').map(ruleOf),
    rings: readableText(step.rings),
    targets: step.targets === '' ? [] : readableText(step.targets).split(' '),
  }
}

function ruleOf(line: string): RecordedStep['rules'][number] {
  const [user = '', step = '', rule = ''] = line.split('\t')
  return { user, step, rule }
}

function readable(asked: AskedCaller): AskedCaller {
  return asked.kind === 'device'
    ? asked
    : { ...asked, number: readableText(asked.number), name: readableText(asked.name) }
}
