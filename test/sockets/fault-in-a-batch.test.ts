/** A handler that throws ends the process, and nothing that it sent before has left without its journal record. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { loadNativeSockets } from '../../engine/net/batching-socket/native-socket.ts'

const native = loadNativeSockets()
const sockets = [
  { kind: 'dgram', skip: false },
  { kind: 'batching', skip: native.kind === 'missing' ? `no batching socket: ${native.why}` : false },
]

for (const { kind, skip } of sockets) {
  t.test(`a fault in a handler, ${kind}`, { skip }, async (t) => {
    const peer = createSocket('udp4')
    const heard: string[] = []
    peer.on('message', (data) => heard.push(String(data)))
    peer.bind(0, '127.0.0.1')
    await once(peer, 'listening')
    t.teardown(() => peer.close())
    const free = createSocket('udp4').bind(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address()
    await new Promise<void>((resolve) => free.close(() => resolve()))
    const script = fileURLToPath(new URL('./faulty-handler.js', import.meta.url))
    const child = spawn(process.execPath, [script, kind, String(port)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => {
      output += String(data)
    })
    await once(child.stderr, 'data')
    peer.send('a first message', port, '127.0.0.1')
    const [status] = await once(child, 'close')
    t.equal(status, 70)
    t.same(JSON.parse(output), ['a first message', 'a bug'])
    t.same(heard, [])
  })
}
