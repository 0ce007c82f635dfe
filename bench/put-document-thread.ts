/** Sends one document to the API and reports when it is in force: in a thread, so that the probes need not wait for it. */
import { request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

export interface PutDocumentTask {
  readonly port: number
  readonly token: string
  /** JSON. */
  readonly document: Uint8Array
}

const { port, token, document } = workerData as PutDocumentTask
const headers = {
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
  'content-length': String(document.byteLength),
}
const asked = request({ host: '127.0.0.1', port, method: 'PUT', path: '/v1/document', headers }, (answer) => {
  answer.resume()
  answer.on('end', () => parentPort?.postMessage(answer.statusCode))
})
asked.end(document)
