/**
 * Answers every HTTP request with what came, at the priority of the thread that answers the API, and does nothing else: what it
 * takes is the machine's and the measuring program's. It is a child process, and tells its parent the port that it listens on.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { goSecond } from '../../engine/control/give-way.ts'

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  goSecond()
  process.send?.((server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit(0))
