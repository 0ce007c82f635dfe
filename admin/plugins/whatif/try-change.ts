import type { Configuration, Finding } from '../../../engine/config/configuration.ts'
import { entriesOf } from '../../../engine/config/document-entries.ts'
import { writesOfEntries } from '../../../engine/config/document-writes.ts'
import type { EntityChange } from '../../../engine/config/entities/kind.ts'
import type { Problem } from '../../../engine/config/problem.ts'
import { withPlaces } from '../../../engine/config/read-document.ts'
import { finish } from '../../../engine/config/slices.ts'
import { mergePatch } from '../../http/merge-patch.ts'
import type { ProposedChange } from './whatif-task.ts'

export type TriedChange =
  | { readonly ok: true; readonly changes: readonly EntityChange[]; readonly warnings: readonly Problem[] }
  /** With their places in the document, or their fields. */
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Changes a configuration that nobody else uses as the document or the single change says, with all its checks. */
export function tryChange(configuration: Configuration, change: ProposedChange): TriedChange {
  if (!('document' in change)) {
    const { kind, id, patch } = change
    const body = patch === null ? null : mergePatch(configuration.get(kind, id), patch)
    const result = configuration.changeUnchecked([{ kind, id, body }])
    if (!result.ok) return { ok: false, problems: result.problems.map((found) => pathed(found, kind, id)) }
    return { ...result, warnings: result.warnings.map((found) => pathed(found, kind, id)) }
  }
  const read = entriesOf(change.document, change.document.trimStart().startsWith('{') ? 'a.json' : 'a.yaml')
  const writes = finish(writesOfEntries(read, configuration, { prune: change.prune }))
  if (!writes.ok) return writes
  const placeOf = (write: number) => writes.placeOf(write)
  const result = configuration.changeUnchecked(writes.writes, { placeOf })
  if (!result.ok) {
    const found = { findings: result.problems, unlisted: result.unlistedProblems }
    return { ok: false, problems: withPlaces(found, placeOf) }
  }
  const found = { findings: result.warnings, unlisted: result.unlistedWarnings }
  return { ok: true, changes: result.changes, warnings: withPlaces(found, placeOf) }
}

/** Problems of other entities say whose they are. */
function pathed(found: Finding, kind: string, id: string): Problem {
  const { path, value, message, cure } = found
  const own = found.kind === kind && found.id === id
  return { path: own ? path : `${found.kind} ${found.id}${path === '' ? '' : `.${path}`}`, value, message, cure }
}
