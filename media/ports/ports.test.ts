import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { loadNativeSockets } from '../../engine/net/batching-socket/native-socket.ts'
import { openPorts } from './open-ports.ts'
import type { PacketPorts } from './packet-ports.ts'
import { addressText } from './packet-ports.ts'

async function phone(address: string): Promise<{ socket: Socket; port: number; next: () => Promise<string> }> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  const next = async () => String(((await once(socket, 'message')) as [Buffer])[0])
  return { socket, port: socket.address().port, next }
}

async function until(enough: () => boolean): Promise<void> {
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 2))
}

async function freePort(address: string): Promise<number> {
  const { socket, port } = await phone(address)
  socket.close()
  await once(socket, 'close')
  return port
}

const native = loadNativeSockets()

for (const kind of ['batching', 'dgram'] as const) {
  const skip = kind === 'batching' && native.kind === 'missing' ? native.why : false
  for (const address of ['127.0.0.1', '::1']) {
    t.test(`${kind} ports of ${address}: changed in place and sent on`, { skip }, async (t) => {
      const [first, second] = [await freePort(address), await freePort(address)]
      const caller = await phone(address)
      const callee = await phone(address)
      let hosts = ''
      const { ports } = openPorts(kind, {
        received(port, entry, place, length) {
          const known = ports.address(address, 0)
          hosts += `${known?.sameHost(ports.senders, entry)} ${ports.senders[entry + 1] === caller.port},`
          ports.memory[place] = 0x59
          const to = ports.address(address, callee.port)
          if (port === a && to !== null) ports.send(b, to, place, length)
        },
        listened: () => undefined,
        batchEnded: () => undefined,
      })
      const a = ports.bind(address, first, (why) => t.fail(why))
      const b = ports.bind(address, second, (why) => t.fail(why))
      await new Promise((resolve) => setTimeout(resolve, 20))
      const heard = callee.next()
      caller.socket.send('X is changed', first, address)
      t.equal(await heard, 'Y is changed')
      t.equal(hosts, 'true true,')
      const to = ports.address(address, caller.port)
      t.ok(to !== null)
      if (to === null) return
      t.equal(ports.address(addressText(to), 1)?.word3, to.word3)
      const made = caller.next()
      const place = ports.place()
      ports.memory.write('made', place)
      ports.send(b, to, place, 4)
      ports.flush()
      t.equal(await made, 'made')
      ports.unbind(a)
      ports.unbind(b)
      await new Promise((resolve) => setTimeout(resolve, 20))
      const again = ports.bind(address, first, (why) => t.fail(why))
      t.ok(again >= 0, 'a port that was given back can be had again')
      ports.close()
      caller.socket.close()
      callee.socket.close()
    })
  }

  t.test(`${kind} ports: hundreds at once, one that is in use, packets that are too long`, { skip }, async (t) => {
    const caller = await phone('127.0.0.1')
    const lengths = new Map<number, number>()
    const { ports } = openPorts(kind, {
      received: (port, _entry, _place, length) => lengths.set(port, (lengths.get(port) ?? 0) + length),
      listened: () => undefined,
      batchEnded: () => undefined,
    })
    const bound = bindMany(ports, 300)
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (const { port } of bound) caller.socket.send('x'.repeat(100), port, '127.0.0.1')
    await until(() => lengths.size === bound.length)
    t.ok([...lengths.values()].every((length) => length === 100))
    lengths.clear()
    const one = bound[0]
    t.ok(one !== undefined)
    if (one === undefined) return
    caller.socket.send('x'.repeat(3000), one.port, '127.0.0.1')
    await until(() => lengths.has(one.number))
    t.equal(lengths.get(one.number), 0)
    let why = ''
    ports.bind('127.0.0.1', caller.port, (reason) => {
      why = reason
    })
    await until(() => why !== '')
    t.match(why, /EADDRINUSE/)
    t.equal(ports.address('no address', 1), null)
    ports.close()
    caller.socket.close()
  })
}

// Where the native code is built there is nothing that is not there.
if (native.kind !== 'loaded') {
  t.test('what is asked for and is not there', async (t) => {
    const listener = { received: () => undefined, listened: () => undefined, batchEnded: () => undefined }
    t.throws(() => openPorts('batching', listener), /cannot serve/)
  })
}

/** Binds ports that are free, wherever they are. */
function bindMany(ports: PacketPorts, count: number): { number: number; port: number }[] {
  const bound: { number: number; port: number }[] = []
  let port = 20_000 + (process.pid % 5000)
  while (bound.length < count) {
    port++
    let failed = false
    const number = ports.bind('127.0.0.1', port, () => {
      failed = true
    })
    if (!failed && number >= 0) bound.push({ number, port })
  }
  return bound
}
