/** From text to a checked document, or to every reason why it is none. */
import { Compile } from 'typebox/compile'
import type { Document } from './document.ts'
import { DocumentSchema } from './document.ts'
import { checkDialling } from './document-dialling.ts'
import { checkForwarding } from './document-forwarding.ts'
import { indexDocument } from './document-index.ts'
import { checkNetwork } from './document-network.ts'
import { checkReferences } from './document-references.ts'
import { checkShape } from './document-shape.ts'
import { parseText } from './document-text.ts'
import type { Problem } from './problem.ts'
import { ProblemList } from './problem.ts'

export type DocumentReading =
  | {
      readonly ok: true
      readonly document: Document
      /** What works but is probably not meant. */
      readonly warnings: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

const validator = Compile(DocumentSchema)

/**
 * Reads a configuration document. Never throws for what stands in the text.
 *
 * @param text YAML, or JSON when the name ends in .json or the text begins with a brace
 * @param fileName only its ending matters
 */
export function readDocument(text: string, fileName: string): DocumentReading {
  const problems = new ProblemList()
  const warnings = new ProblemList()
  const value = parseText(text, fileName, DocumentSchema, problems)
  if (value === undefined) {
    if (problems.problems.length === 0) problems.add('', '', 'the document is empty', 'Write account and pbxs')
    return { ok: false, problems: problems.all(), warnings: [] }
  }
  if (checkShape(value, DocumentSchema, validator, problems) !== 'broken') {
    const document = value as Document
    const index = indexDocument(document, problems)
    checkReferences(document, index, problems, warnings)
    checkDialling(document, index, problems, warnings)
    checkForwarding(document, index, problems, warnings)
    checkNetwork(document, problems)
  }
  const found = problems.all()
  if (found.length > 0) return { ok: false, problems: found, warnings: warnings.all() }
  return { ok: true, document: value as Document, warnings: warnings.all() }
}
