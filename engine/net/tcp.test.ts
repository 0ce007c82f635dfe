import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { createFraming } from '../sip/framing.ts'
import type { Flow } from '../sip/transport.ts'
import { TcpConnections } from './tcp.ts'
import { defaultStreamLimits } from './tcp-connection.ts'

const { idleTime, messageTime } = defaultStreamLimits

async function listening(t: Test) {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const received: string[] = []
  const connections = new TcpConnections(
    { receive: (message: string, _flow: Flow) => received.push(message), connectionClosed: () => undefined },
    createFraming,
    defaultStreamLimits,
    pino({ level: 'silent' }),
  )
  const listener = {
    address: '127.0.0.1',
    port,
    descriptor: null,
    advertised: '',
    advertisedMedia: '',
    localNetworks: [],
  }
  await connections.listen({ ...listener, transport: 'TCP' }, 0)
  t.teardown(() => connections.close())
  const peer = connect(port, '127.0.0.1')
  peer.on('error', () => undefined)
  t.teardown(() => peer.destroy())
  await once(peer, 'connect')
  while (connections.count === 0) await new Promise(setImmediate)
  return { connections, peer, received }
}

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('a peer that never sends a message is dropped', async (t) => {
  const { connections } = await listening(t)
  connections.sweep(Date.now() + messageTime - 1000)
  t.equal(connections.count, 1)
  connections.sweep(Date.now() + messageTime + 1)
  t.equal(connections.count, 0)
})

t.test('half a message is dropped, keep-alives keep a connection, idle ones end', async (t) => {
  const { connections, peer, received } = await listening(t)
  peer.write('OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n')
  await until(() => received.length === 1)
  peer.write('\r\n\r\n')
  await once(peer, 'data')
  connections.sweep(Date.now() + messageTime + 1)
  t.equal(connections.count, 1, 'between messages there is time')
  connections.sweep(Date.now() + idleTime + 1000)
  t.equal(connections.count, 0)

  const other = await listening(t)
  other.peer.write('OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n')
  await until(() => other.received.length === 1)
  other.peer.write('OPTIONS')
  await new Promise((resolve) => setTimeout(resolve, 50))
  other.connections.sweep(Date.now() + messageTime + 1)
  t.equal(other.connections.count, 0)
})
