/**
 * A thread that binds the listening sockets and then stops for good, before its event loop comes to reading: so nothing
 * of what arrives is ever taken here, and it waits in the kernel for whoever is given the descriptors.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import type { HolderReport, HolderTask } from './socket-holder.ts'

/** Asked of the kernel, which gives what it allows (Linux: net.core.rmem_max): a second of peak traffic. */
const bufferBytes = 16 * 1024 * 1024
/** Connections that may wait to be accepted while the engine restarts. */
const backlog = 4096

const task = workerData as HolderTask
const ports: number[] = []
let missing = task.listeners.length

for (const [index, listener] of task.listeners.entries()) {
  if (listener.transport === 'UDP') bindUdp(index, listener)
  else bindTcp(index, listener)
}

function bindUdp(index: number, listener: ListenerSetting): void {
  const version6 = listener.address.includes(':')
  const socket = createSocket({ type: version6 ? 'udp6' : 'udp4', ipv6Only: version6 })
  socket.once('error', (error) => failed(index, error))
  socket.bind({ address: listener.address, port: listener.port, exclusive: true }, () => {
    try {
      socket.setRecvBufferSize(bufferBytes)
    } catch {
      // The system's default stays.
    }
    bound(index, socket.address().port)
  })
}

function bindTcp(index: number, listener: ListenerSetting): void {
  const server = createServer()
  const ipv6Only = listener.address.includes(':')
  server.once('error', (error) => failed(index, error))
  server.listen({ host: listener.address, port: listener.port, backlog, exclusive: true, ipv6Only }, () => {
    const address = server.address()
    bound(index, typeof address === 'object' && address !== null ? address.port : listener.port)
  })
}

function bound(index: number, port: number): void {
  ports[index] = port
  missing--
  if (missing === 0) finish({ ports })
}

function failed(index: number, error: NodeJS.ErrnoException): void {
  finish({ failed: index, code: error.code ?? '', message: error.message })
}

/** The report is on its way when postMessage returns; nothing after it runs in this thread until it is ended. */
function finish(report: HolderReport): void {
  parentPort?.postMessage(report)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
