import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { LoadServerNotReachedError } from '../load-error.ts'
import { isOwnAddress, reachServer, readServer } from './server-under-load.ts'

t.test('a server is written as host and port', async (t) => {
  t.same(readServer('pbx.example.com:5070'), { host: 'pbx.example.com', port: 5070 })
  t.same(readServer('192.0.2.1'), { host: '192.0.2.1', port: 5060 })
  for (const wrong of ['', ':5060', 'a:0', 'a:65536', 'a:b', '[::1]:5060', 'a b']) {
    t.throws(() => readServer(wrong), { message: /write HOST or HOST:PORT/ }, wrong)
  }
})

t.test('any answer to OPTIONS will do, and the own address is learnt', async (t) => {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  socket.on('message', (data, source) => {
    const copied = data
      .toString('latin1')
      .split('\r\n')
      .filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line))
    socket.send('no answer', source.port, source.address)
    socket.send(`${['SIP/2.0 404 Not Found', ...copied].join('\r\n')}\r\n\r\n`, source.port, source.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  t.same(await reachServer('localhost', port), { address: '127.0.0.1', port, ownAddress: '127.0.0.1' })
  t.ok(isOwnAddress('127.0.0.1'))
  t.notOk(isOwnAddress('192.0.2.1'))
})

t.test('a port where nobody listens is told at once', async (t) => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(resolve))
  const error: unknown = await reachServer('127.0.0.1', port).catch((caught: unknown) => caught)
  t.ok(error instanceof LoadServerNotReachedError, 'which has an exit status of its own')
  t.match(String(error), /is not reached: nothing listens there/)
})
