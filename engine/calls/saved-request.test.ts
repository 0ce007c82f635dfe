import fc from 'fast-check'
import t from 'tap'
import type { Transport } from '../sip/transport.ts'
import { loadRequest, savedRequestLines, saveRequest } from './saved-request.ts'

const field = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ''))
const word = fc.stringMatching(/^[A-Za-z0-9.:[\]-]{1,20}$/)

t.test('whatever the fields are, a request saved is the request loaded, but for headers and body', async (t) => {
  const requests = fc.record({
    method: fc.constantFrom('INVITE', 'BYE'),
    requestUri: field,
    transport: fc.constantFrom<Transport>('UDP', 'TCP', 'TLS', 'WS', 'WSS'),
    sentBy: word,
    branch: word,
    from: field,
    to: field,
    callId: field,
    cseq: fc.nat(2147483647),
    route: fc.array(field, { maxLength: 4 }).map((routes) => routes.map((route) => `Route: <${route}>\r\n`).join('')),
  })
  fc.assert(
    fc.property(requests, fc.nat(65535), (request, port) => {
      const flow = { transport: request.transport, listener: 1, address: '2001:db8::9', port, connection: 3 }
      const text = saveRequest({ ...request, maxForwards: 12, headers: 'X: y\r\n', body: 'body' }, flow)
      const lines = text.split('\n')
      t.same(loadRequest(lines), { request: { ...request, maxForwards: 70, headers: '', body: '' }, flow })
      return lines.length === savedRequestLines
    }),
    { numRuns: 50 },
  )
})

t.test('damaged text is told, not believed', async (t) => {
  const lines = ['INVITE 1 z9hG4bK1 h:1', 'sip:a@b', '<sip:a@b>', '<sip:c@d>', 'x', '', 'UDP 0 192.0.2.9 5060 0']
  t.ok(loadRequest(lines))
  for (let length = 0; length < lines.length; length++) t.equal(loadRequest(lines.slice(0, length)), null)
  t.equal(loadRequest(lines.with(0, 'INVITE 1 z9hG4bK1')), null)
  t.equal(loadRequest(lines.with(0, 'INVITE one z9hG4bK1 h:1')), null)
  t.equal(loadRequest(lines.with(6, '')), null)
})
