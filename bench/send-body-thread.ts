/** Sends one large body to the API and reports the answer: in a thread, so that the probes need not wait for it. */
import { request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

export interface SendBodyTask {
  readonly port: number
  readonly token: string
  readonly method: 'PUT' | 'POST'
  readonly path: string
  /** JSON. */
  readonly body: Uint8Array
}

export interface SentBody {
  readonly status: number
  readonly text: string
}

const { port, token, method, path, body } = workerData as SendBodyTask
const headers = {
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
  'content-length': String(body.byteLength),
}
const asked = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
  let text = ''
  answer.setEncoding('utf8')
  answer.on('data', (part) => {
    text += part
  })
  answer.on('end', () => parentPort?.postMessage({ status: answer.statusCode ?? 0, text } satisfies SentBody))
})
asked.end(body)
