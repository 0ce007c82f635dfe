import { Worker } from 'node:worker_threads'
import type { DocumentListener } from '../engine/config/document.ts'

/** What has to be known of a document before the server is started. */
export type DocumentSummary =
  | {
      readonly problems: readonly []
      readonly warnings: readonly string[]
      readonly listeners: readonly DocumentListener[]
      /** It has the sample company's trunk, which trusts a port of this machine. */
      readonly sampleTrunk: boolean
      /** For people. */
      readonly counts: string
    }
  | { readonly problems: readonly [string, ...string[]] | readonly string[] }

/** Reads and checks a document. */
export function summarizeDocument(path: string): Promise<DocumentSummary> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./document-summary-thread.js', import.meta.url), { workerData: { path } })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
