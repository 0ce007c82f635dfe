/**
 * A thread that takes one document's text apart, hands it over in parts, each when it is asked for, and ends. Calls and
 * whatever else there is to do go first.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { DocumentEntry, EntriesRead } from '../../../engine/config/document-entries.ts'
import { giveWay, stepAside } from '../../../engine/control/give-way.ts'

export interface ReadingTask {
  readonly text: string
  readonly fileName: string
}

/** The last has `problems`; any message asks for the next. */
export type ReadingReport =
  | { readonly entries: readonly DocumentEntry[] }
  | { readonly entries: null; readonly hasEntries: boolean; readonly problems: EntriesRead['problems'] }

/** Entities in one part: well under a millisecond to unpack. */
const partSize = 50

/** Characters of a text that is read in tens of milliseconds. */
const shortText = 2 * 1024 * 1024

const { text, fileName } = workerData as ReadingTask
if (text.length > shortText) giveWay()
else stepAside()
// Only now: it takes half a second to load.
const { entriesOf } = await import('../../../engine/config/document-entries.ts')
const { entries, problems } = entriesOf(text, fileName)
let sent = 0

function sendPart(): void {
  const part = entries?.slice(sent, sent + partSize) ?? []
  sent += part.length
  const report: ReadingReport =
    part.length > 0 ? { entries: part } : { entries: null, hasEntries: entries !== null, problems }
  parentPort?.postMessage(report)
  if (part.length === 0) parentPort?.close()
}

parentPort?.on('message', sendPart)
// The first goes unasked.
sendPart()
