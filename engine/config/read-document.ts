/** From text to a checked document, or to every reason why it is none. */
import { Configuration } from './configuration.ts'
import type { Document } from './document.ts'
import { readEntries } from './document-entries.ts'
import type { Finding, FoundAll } from './finding-list.ts'
import { joinPath, problemsOf } from './finding-list.ts'
import type { Problem, ProblemList } from './problem.ts'

export type DocumentReading =
  | {
      readonly ok: true
      readonly document: Document
      /** The same, as the checks have it. */
      readonly configuration: Configuration
      /** What works but is probably not meant. */
      readonly warnings: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

/**
 * Reads a configuration document that stands for itself. Never throws for what stands in the text.
 *
 * @param text YAML, or JSON when the name ends in .json or the text begins with a brace
 * @param fileName only its ending matters
 */
export function readDocument(text: string, fileName: string): DocumentReading {
  const reading = readEntries(text, fileName)
  if (reading.entries === null) return { ok: false, problems: reading.problems.all(), warnings: [] }
  const { entries, document } = reading
  const configuration = Configuration.empty()
  const placeOf = (write: number) => entries[write]?.place ?? ''
  const result = configuration.changeUnchecked(entries, { placeOf })
  const warnings = withPlaces({ findings: result.warnings, unlisted: result.unlistedWarnings }, placeOf)
  const found: FoundAll = result.ok
    ? { findings: [], unlisted: 0 }
    : { findings: result.problems, unlisted: result.unlistedProblems }
  const problems = joined(reading.problems, withPlaces(found, placeOf))
  return problems.length === 0 ? { ok: true, document, configuration, warnings } : { ok: false, problems, warnings }
}

/** Findings with their places in a document (`users[3].extension`). */
export function withPlaces(found: FoundAll, placeOf: (write: number) => string): Problem[] {
  const pathOf = ({ write, path, kind, id }: Finding) =>
    write < 0 ? joinPath(`${kind} ${id}`, path) : joinPath(placeOf(write), path)
  return problemsOf(found, pathOf)
}

function joined(outside: ProblemList, inside: readonly Problem[]): readonly Problem[] {
  return outside.problems.length === 0 ? inside : [...outside.all(), ...inside]
}
