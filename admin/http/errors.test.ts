import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import t from 'tap'
import { answerUnreadable } from './errors.ts'
import { problemMediaType } from './problems.ts'

/** What a server with short limits answers to bytes that are no whole request. */
async function answerTo(bytes: string): Promise<string> {
  const limits = { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 }
  const server = createServer(limits, (request) => void request.resume())
  server.on('clientError', (error, socket) => answerUnreadable(error, socket as Socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.setEncoding('latin1')
  let answer = ''
  client.on('data', (text: string) => {
    answer += text
  })
  client.write(bytes)
  await once(client, 'close')
  server.closeAllConnections()
  server.close()
  return answer
}

const cases: readonly [name: string, bytes: string, status: string, type: string][] = [
  ['a head that does not end', 'GET / HTTP/1.1\r\nHost: x\r\n', '408 Request Timeout', 'request-timeout'],
  [
    'a body that does not end',
    'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{',
    '408 Request Timeout',
    'request-timeout',
  ],
  ['what is not HTTP', 'INVITE sip:x SIP/2.0\r\n\r\n', '400 Bad Request', 'invalid-request'],
  [
    'header fields without end',
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n`,
    '431 Request Header Fields Too Large',
    'headers-too-large',
  ],
]

for (const [name, bytes, status, type] of cases) {
  t.test(`${name} is answered with ${status}`, async (t) => {
    const answer = await answerTo(bytes)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1\\.1 ${status}\r\n`))
    t.match(head, `Content-Type: ${problemMediaType}`)
    t.match(JSON.parse(body), { type: `urn:ringdown:problem:${type}`, status: Number(status.slice(0, 3)) })
  })
}
