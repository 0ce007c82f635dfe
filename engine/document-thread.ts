/** A thread that reads and checks the document, so that a large one does not hold up calls. */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { formatProblem } from './config/problem.ts'
import { readDocument } from './config/read-document.ts'
import type { DocumentReport, DocumentTask } from './document-keeper.ts'

const { path } = workerData as DocumentTask

function read(): DocumentReport {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { document: null, problems: [error instanceof Error ? error.message : String(error)] }
  }
  const reading = readDocument(text, path)
  if (reading.ok) return { document: reading.document, problems: [], warnings: reading.warnings.map(formatProblem) }
  return { document: null, problems: reading.problems.map(formatProblem) }
}

parentPort?.postMessage(read())
