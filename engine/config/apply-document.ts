/** Makes the configuration what a document says, through the one door that everybody uses. */
import { createHash } from 'node:crypto'
import type { EntityWrite } from './configuration.ts'
import type { ConfigurationWriter, WriteOptions, WriteResult } from './configuration-writer.ts'
import type { EntriesRead } from './document-entries.ts'
import { entriesOf } from './document-entries.ts'
import { writesOfEntries } from './document-writes.ts'
import type { Problem } from './problem.ts'
import { withPlaces } from './read-document.ts'
import type { Author } from './store/configuration-store.ts'

export interface ApplyOptions extends Pick<WriteOptions, 'dryRun' | 'expectedRevision' | 'summary'> {
  /** Also deletes what the document does not have. */
  readonly prune: boolean
  /** What is wrong with these writes here, though they are sound; `null` where nothing is. */
  readonly refuse?: (writes: readonly EntityWrite[]) => Problem | null
}

export type ApplyResult =
  | (Extract<WriteResult, { ok: true }> & {
      /** The warnings with their places in the document. */
      readonly shownWarnings: readonly Problem[]
    })
  | {
      readonly ok: false
      readonly reason: 'problems'
      /** Mistakes, with their places in the document. */
      readonly shownProblems: readonly Problem[]
    }
  | Extract<WriteResult, { reason: 'conflict' | 'store' }>

/**
 * Reads a document and applies it whole, or not at all. Secrets that it leaves out stay as they are. Never throws for
 * what stands in the text.
 *
 * @param fileName only its ending matters
 */
export function applyDocument(
  writer: ConfigurationWriter,
  text: string,
  fileName: string,
  author: Author,
  options: ApplyOptions,
): Promise<ApplyResult> {
  return applyEntries(writer, entriesOf(text, fileName), author, options)
}

/** Like `applyDocument`, where the text has been read already, perhaps in another thread. */
export async function applyEntries(
  writer: ConfigurationWriter,
  read: EntriesRead,
  author: Author,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const { prune, refuse = () => null, ...others } = options
  let mistakes: readonly Problem[] = []
  let placeOf: (write: number) => string = () => ''
  const result = await writer.writeWith(
    function* (configuration) {
      const writes = yield* writesOfEntries(read, configuration, { prune })
      const refusal = writes.ok ? refuse(writes.writes) : null
      mistakes = writes.ok ? (refusal === null ? [] : [refusal]) : writes.problems
      if (!writes.ok || refusal !== null) return []
      placeOf = (write) => writes.placeOf(write)
      return writes.writes
    },
    author,
    { ...others, placeOf: (write) => placeOf(write) },
  )
  if (mistakes.length > 0) return { ok: false, reason: 'problems', shownProblems: mistakes }
  if (result.ok) {
    const { warnings, unlistedWarnings } = result
    return { ...result, shownWarnings: withPlaces({ findings: warnings, unlisted: unlistedWarnings }, placeOf) }
  }
  if (result.reason !== 'problems') return result
  const found = { findings: result.problems, unlisted: result.unlistedProblems }
  return { ok: false, reason: 'problems', shownProblems: withPlaces(found, placeOf) }
}

/** Fingerprint of a document's text: a file that was applied already need not be read again. */
export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
