/** Reads the document in a thread, so that the memory a large one takes is given back before calls are served. */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { formatProblem } from '../engine/config/problem.ts'
import { readDocument } from '../engine/config/read-document.ts'
import type { DocumentSummary } from './document-summary.ts'

const { path } = workerData as { path: string }

function summary(): DocumentSummary {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] }
  }
  const reading = readDocument(text, path)
  if (!reading.ok) return { problems: reading.problems.map(formatProblem) }
  const { document } = reading
  return {
    problems: [],
    warnings: reading.warnings.map(formatProblem),
    listeners: document.listeners ?? [],
    sampleTrunk: document.sample === true && (document.trunks?.length ?? 0) > 0,
    counts: `${document.pbxs.length} PBXs, ${document.users?.length ?? 0} users, ${document.devices?.length ?? 0} devices`,
  }
}

parentPort?.postMessage(summary())
