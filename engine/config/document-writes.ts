/** What has to be written so that the configuration becomes what a document says. */
import { checkBody, idOfBody, isSound, withId } from './body-check.ts'
import type { EntityWrite } from './configuration.ts'
import type { DocumentEntry, EntriesRead } from './document-entries.ts'
import { entriesOf } from './document-entries.ts'
import type { Body, ConfigurationView, Kind } from './entities/kind.ts'
import { kindDefinition, kindDefinitions } from './entities/kinds.ts'
import { FindingList, problemOf } from './finding-list.ts'
import type { Problem } from './problem.ts'
import { withPlaces } from './read-document.ts'
import { finish } from './slices.ts'

export interface DocumentApplying {
  /** Deletes what the document does not list. Without it, documents only add and change. */
  readonly prune: boolean
}

export type DocumentWrites =
  | {
      readonly ok: true
      readonly writes: readonly EntityWrite[]
      /** Where an entity that is written stands in the document; '' for one that is deleted. */
      placeOf(write: number): string
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads a document against the configuration as it is. Secrets that the document leaves out stay as they are, so that an
 * export, which has none, can be applied. Only the form of the entities is checked here: `Configuration.change` checks
 * the rest, together with what is there already.
 */
export function writesOfDocument(
  text: string,
  fileName: string,
  current: ConfigurationView,
  applying: DocumentApplying,
): DocumentWrites {
  return finish(writesOfEntries(entriesOf(text, fileName), current, applying))
}

/** Entities looked at between two pauses: well under a millisecond. */
const entitiesBetweenPauses = 10

/** Like `writesOfDocument`, where the text has been read already, and with pauses. */
export function* writesOfEntries(
  { entries, problems: outside }: EntriesRead,
  current: ConfigurationView,
  { prune }: DocumentApplying,
): Generator<void, DocumentWrites> {
  if (entries === null) return { ok: false, problems: outside }
  const placeOf = (write: number) => entries[write]?.place ?? ''
  const found = new FindingList()
  const writes: EntityWrite[] = []
  const listed = new Map<Kind, Set<string>>()
  for (const [write, entry] of entries.entries()) {
    if (write % entitiesBetweenPauses === 0) yield
    const { kind } = entry
    const body = completed(entry, current)
    if (found.full && !isSound(kind, body)) {
      found.unlisted++
      continue
    }
    const shape = checkBody(kind, body, {
      add: (path, value, message, cure) => {
        const key = { kind, id: '' }
        found.add({ ...key, write, ...problemOf(key, path, value, message, cure) })
      },
    })
    if (shape !== 'sound') continue
    const id = idOfBody(kind, body as Body)
    writes.push({ kind, id, body: withId(kind, body, id) as Body })
    const ids = listed.get(kind)
    if (ids === undefined) listed.set(kind, new Set([id]))
    else ids.add(id)
  }
  const problems = [...outside, ...withPlaces(found, placeOf)]
  if (problems.length > 0) return { ok: false, problems }
  if (prune) yield* addDeletes(writes, listed, current)
  return { ok: true, writes, placeOf }
}

/** The body with what documents need not say again: the account's id, and secrets that are kept. */
function completed({ kind, body }: DocumentEntry, current: ConfigurationView): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const written = body as Body
  if (kind === 'account') {
    const [account] = current.all('account')
    return account === undefined ? written : withId(kind, written, idOfBody(kind, account))
  }
  const { secrets } = kindDefinition(kind)
  if (secrets.every((field) => Object.hasOwn(written, field))) return written
  const before = current.get(kind, idOfBody(kind, written))
  if (before === undefined) return written
  const kept = secrets.filter((field) => before[field] !== undefined && !Object.hasOwn(written, field))
  return kept.length === 0
    ? written
    : { ...written, ...Object.fromEntries(kept.map((field) => [field, before[field]])) }
}

/** Last first, as things are pointed at by what comes after them. */
function* addDeletes(
  writes: EntityWrite[],
  listed: ReadonlyMap<Kind, ReadonlySet<string>>,
  current: ConfigurationView,
): Generator<void, void> {
  let count = 0
  for (const { kind } of kindDefinitions().toReversed()) {
    for (const body of current.all(kind)) {
      const id = idOfBody(kind, body)
      if (listed.get(kind)?.has(id) !== true) writes.push({ kind, id, body: null })
      if (++count % entitiesBetweenPauses === 0) yield
    }
  }
}
