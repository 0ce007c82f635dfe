/** A thread that takes one document's text apart, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { entriesOf } from '../../../engine/config/document-entries.ts'

export interface ReadingTask {
  readonly text: string
  readonly fileName: string
}

const { text, fileName } = workerData as ReadingTask
parentPort?.postMessage(entriesOf(text, fileName))
