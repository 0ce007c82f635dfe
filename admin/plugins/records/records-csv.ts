/** Call records as CSV, page by page, so that a year of them needs no more memory than a page. */
import { stringify } from 'csv-stringify/sync'
import type { CallRecord, RecordedQuality } from '../../../engine/records/call-record.ts'
import type { CallRecordFilter, CallRecords } from '../../../engine/records/call-records.ts'
import { longestPage } from '../../../engine/records/page.ts'
import { talkSeconds, timeText } from './record-schema.ts'

const columns: readonly { readonly name: string; of(record: CallRecord): string | number }[] = [
  { name: 'id', of: (record) => record.id },
  { name: 'started', of: (record) => timeText(record.startedAt) },
  { name: 'answered', of: ({ answeredAt }) => (answeredAt === null ? '' : timeText(answeredAt)) },
  { name: 'ended', of: ({ endedAt }) => (endedAt === null ? '' : timeText(endedAt)) },
  { name: 'talk seconds', of: talkSeconds },
  { name: 'caller kind', of: ({ caller }) => caller.kind },
  { name: 'caller id', of: ({ caller }) => caller.id },
  { name: 'caller', of: ({ caller }) => caller.title },
  { name: 'dialled', of: (record) => record.dialled },
  { name: 'answered by kind', of: ({ callee }) => callee?.kind ?? '' },
  { name: 'answered by id', of: ({ callee }) => callee?.id ?? '' },
  { name: 'answered by', of: ({ callee }) => callee?.title ?? '' },
  { name: 'outcome', of: (record) => record.outcome ?? 'in progress' },
  { name: 'status', of: (record) => record.status ?? '' },
  { name: 'ended by', of: (record) => record.endedBy ?? '' },
  { name: 'rules', of: ({ steps }) => steps.flatMap(({ rules }) => rules.map(({ rule }) => rule)).join('; ') },
  { name: 'parent', of: (record) => record.parent ?? '' },
  { name: 'transferred to', of: ({ transferred }) => transferred?.to ?? '' },
  { name: 'transferred by', of: ({ transferred }) => transferred?.by.title ?? '' },
  { name: 'revision', of: (record) => record.revision },
  { name: 'recordings', of: ({ recordings }) => recordings.join('; ') },
  ...(['caller', 'callee'] as const).flatMap((side) => [
    { name: `${side} codec`, of: (record: CallRecord) => soundOf(record, side)?.codec ?? '' },
    { name: `${side} packets`, of: (record: CallRecord) => soundOf(record, side)?.packets ?? '' },
    { name: `${side} lost`, of: (record: CallRecord) => soundOf(record, side)?.lost ?? '' },
    { name: `${side} jitter`, of: (record: CallRecord) => soundOf(record, side)?.largestJitter ?? '' },
    { name: `${side} round trip`, of: (record: CallRecord) => soundOf(record, side)?.roundTrip ?? '' },
    { name: `${side} mos`, of: (record: CallRecord) => soundOf(record, side)?.mos ?? '' },
  ]),
]

/** Of the session with most of its sound: where a call was transferred there are several. */
function soundOf({ quality }: CallRecord, side: RecordedQuality['side']): RecordedQuality | undefined {
  return quality.filter((one) => one.side === side).toSorted((one, other) => other.packets - one.packets)[0]
}

/** Newest first, the heading in the first line. */
export async function* recordsAsCsv(records: CallRecords, filter: CallRecordFilter): AsyncGenerator<string> {
  yield stringify([columns.map(({ name }) => name)])
  let before: number | null = null
  do {
    const page: Awaited<ReturnType<CallRecords['list']>> = await records.list(filter, before, longestPage)
    yield stringify(page.records.map((record) => columns.map((column) => cell(column.of(record)))))
    before = page.next
  } while (before !== null)
}

/** A spreadsheet takes some texts for formulas, and what callers are called is up to strangers. Numbers stay numbers. */
function cell(value: string | number): string | number {
  return typeof value === 'string' && /^[=@\t\r+-]/.test(value) && !/^\+[0-9 ]*$/.test(value) ? `'${value}` : value
}
