import { join } from 'node:path'
import type { CallRecordTable } from '../../../engine/records/call-record.ts'
import { openRecordsDatabase } from '../../../engine/records/records-database.ts'
import { recordsDatabaseName } from '../../../engine/records/records-file.ts'
import type { ExpectedRecord } from './living-call.ts'

type Row = Pick<
  CallRecordTable,
  | 'id'
  | 'caller_id'
  | 'callee_id'
  | 'answered_at'
  | 'ended_at'
  | 'ended_by'
  | 'outcome'
  | 'status'
  | 'parent'
  | 'transferred_to'
>

/** Compares the records of a server that has stopped with what they have to say; one line for each call that has a wrong one. */
export function wrongRecords(dataFolder: string, calls: readonly (readonly ExpectedRecord[])[]): readonly string[] {
  const { connection } = openRecordsDatabase(join(dataFolder, recordsDatabaseName), true)
  const rows = connection.prepare('select * from call_record order by number').all() as Row[]
  connection.close()
  const byParties = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${row.caller_id} ${row.callee_id}`
    byParties.set(key, [...(byParties.get(key) ?? []), row])
  }
  return calls.flatMap((expected, index) => {
    let parent: Row | null = null
    for (const record of expected) {
      const found: Row[] = byParties.get(`${record.caller} ${record.callee}`) ?? []
      const [row] = found
      const wrong = row === undefined || found.length > 1 ? `${found.length} records` : fault(row, record, parent)
      if (wrong !== '')
        return [`record of call ${index}, ${record.caller} to ${record.callee}: ${wrong}: ${JSON.stringify(row)}`]
      parent = record.goesOn ? (row ?? null) : null
    }
    return []
  })
}

function fault(row: Row, expected: ExpectedRecord, parent: Row | null): string {
  if (row.outcome !== 'answered' || row.status !== 200) return 'not answered'
  if (row.answered_at === null || row.ended_at === null || row.ended_at < row.answered_at) return 'without its times'
  if (expected.endedBy !== 'any' && row.ended_by !== expected.endedBy) return `ended by ${row.ended_by}`
  if (expected.goesOn !== (row.transferred_to !== null)) return 'goes on otherwise'
  if (parent !== null && (row.parent !== parent.id || parent.transferred_to !== row.id))
    return 'not tied to the one before'
  return ''
}
