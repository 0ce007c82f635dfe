/** Which recordings are meant: the same words for lists, downloads and deletions. */
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { CatalogueDatabase, StorageState } from './catalogue-tables.ts'

export interface RecordingFilter {
  /** Milliseconds since the epoch, of the beginning; both included. */
  readonly from?: number
  readonly to?: number
  /** Id of a user who took part, or whose recording it is. */
  readonly user?: string
  /** The whole extension of either party. */
  readonly extension?: string
  readonly direction?: 'incoming' | 'outgoing' | 'internal'
  readonly pbx?: string
  readonly site?: string
  /** Part of the number of either party. */
  readonly number?: string
  /** Part of name or number of either party. */
  readonly text?: string
  readonly call?: string
  readonly state?: StorageState
}

type Row = ExpressionBuilder<CatalogueDatabase, 'recording'>
type TextColumn = 'caller_name' | 'caller_number' | 'callee_name' | 'callee_number'

export function filterConditions(row: Row, filter: RecordingFilter): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  // `instr` and not `like`, in which % and _ would mean something else.
  const holds = (column: TextColumn, text: string) =>
    row(row.fn<number>('instr', [row.fn('lower', [column]), row.fn('lower', [row.val(text)])]), '>', 0)
  if (filter.from !== undefined) all.push(row('started_at', '>=', filter.from))
  if (filter.to !== undefined) all.push(row('started_at', '<=', filter.to))
  if (filter.direction !== undefined) all.push(row('direction', '=', filter.direction))
  if (filter.call !== undefined) all.push(row('call', '=', filter.call))
  if (filter.state !== undefined) all.push(row('state', '=', filter.state))
  const { user, extension, pbx, site, number, text } = filter
  if (user !== undefined) {
    const owned = row.selectFrom('owner').select('owner.recording').where('owner.user', '=', user)
    all.push(row.or([row('caller_user', '=', user), row('callee_user', '=', user), row('number', 'in', owned)]))
  }
  if (extension !== undefined) {
    const has = (side: 'caller' | 'callee') =>
      row.and([row(`${side}_user`, 'is not', null), row(`${side}_number`, '=', extension)])
    all.push(row.or([has('caller'), has('callee')]))
  }
  if (pbx !== undefined) all.push(row.or([row('caller_pbx', '=', pbx), row('callee_pbx', '=', pbx)]))
  if (site !== undefined) all.push(row.or([row('caller_site', '=', site), row('callee_site', '=', site)]))
  if (number !== undefined) all.push(row.or([holds('caller_number', number), holds('callee_number', number)]))
  if (text !== undefined) {
    const columns: readonly TextColumn[] = ['caller_name', 'caller_number', 'callee_name', 'callee_number']
    all.push(row.or(columns.map((column) => holds(column, text))))
  }
  return row.and(all)
}
