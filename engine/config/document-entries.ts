/** A document's text taken apart into entities, whose form nobody has looked at yet. */
import { Compile } from 'typebox/compile'
import type { UncheckedWrite } from './configuration-change.ts'
import type { Document } from './document.ts'
import { DocumentFrame, DocumentSchema } from './document.ts'
import { checkShape } from './document-shape.ts'
import { parseText } from './document-text.ts'
import type { Kind } from './entities/kind.ts'
import { kindDefinitions, mostOfKind } from './entities/kinds.ts'
import type { Problem } from './problem.ts'
import { ProblemList } from './problem.ts'

export interface DocumentEntry extends UncheckedWrite {
  /** Where it stands: `users[3]`. */
  readonly place: string
}

export interface DocumentEntries {
  /** The whole document as it was written; only as good as the checks of its entries. */
  readonly document: Document
  readonly entries: readonly DocumentEntry[]
  /** What is wrong outside the entries. */
  readonly problems: ProblemList
}

/** What came of reading a text, as plain data that threads can hand to each other. */
export interface EntriesRead {
  /** `null` where the text has no form in which to look for them. */
  readonly entries: readonly DocumentEntry[] | null
  /** What is wrong outside the entries. */
  readonly problems: readonly Problem[]
}

const frameValidator = Compile(DocumentFrame)

/** Like `readEntries`, without the document. */
export function entriesOf(text: string, fileName: string): EntriesRead {
  const { entries, problems } = readEntries(text, fileName)
  return { entries, problems: problems.all() }
}

/**
 * Reads text up to where entities begin. Never throws for what stands in it.
 *
 * @param text YAML, or JSON when the name ends in .json or the text begins with a brace
 * @param fileName only its ending matters
 * @returns without `entries` where the text has no form in which to look for them
 */
export function readEntries(
  text: string,
  fileName: string,
): DocumentEntries | { readonly entries: null; readonly problems: ProblemList } {
  const problems = new ProblemList()
  const value = parseText(text, fileName, DocumentSchema, problems)
  if (value === undefined) {
    if (problems.problems.length === 0) problems.add('', '', 'the document is empty', 'Write account and pbxs')
    return { entries: null, problems }
  }
  // Values are not shown: whole lists may stand here, with passwords in them, under a misspelt name too.
  const withoutValues: Pick<ProblemList, 'add'> = {
    add: (path, shown, message, cure) =>
      problems.add(path, typeof shown === 'object' ? undefined : shown, message, cure),
  }
  if (checkShape(value, DocumentFrame, frameValidator, withoutValues) === 'broken') return { entries: null, problems }
  const document = value as Document
  const lists = document as unknown as Readonly<Record<string, unknown>>
  const entries: DocumentEntry[] = []
  for (const { kind, collection } of kindDefinitions()) {
    const found = lists[collection]
    if (kind === 'account') entries.push(entryOf(kind, accountOf(document), 'account'))
    else if (Array.isArray(found)) {
      if (found.length > mostOfKind(kind)) return { entries: null, problems }
      for (const [index, body] of found.entries()) entries.push(entryOf(kind, body, `${collection}[${index}]`))
    }
  }
  if (document.pbxs.length === 0) {
    problems.add('pbxs', '', 'there is no PBX', 'Write at least one PBX with id, name, domain and country')
  }
  return { document, entries, problems }
}

function entryOf(kind: Kind, body: unknown, place: string): DocumentEntry {
  return { kind, id: undefined, body, place }
}

/** Whether the account is the sample company stands above it in documents and in it elsewhere. */
function accountOf(document: Document): unknown {
  const { account, sample } = document
  return sample === true && typeof account === 'object' && account !== null ? { ...account, sample } : account
}
