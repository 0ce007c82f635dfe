import dgram from 'node:dgram'
import net from 'node:net'
import { loopback } from './ports.ts'

export interface Address {
  readonly address: string
  readonly port: number
}

/** What carries an endpoint's messages: one peer, whole messages. */
export interface Wire {
  readonly transport: 'UDP' | 'TCP'
  readonly own: Address
  send(text: string): void
  close(): Promise<void>
}

export interface WireListener {
  received(text: string): void
  /** The peer's port was closed: ICMP port unreachable, or the connection was refused or reset. */
  refused(): void
}

/** Opens a *connected* UDP socket: only such a one is told of ICMP port unreachable. */
export async function openUdpWire(
  server: Address,
  listener: WireListener,
  address: string,
  port: number,
): Promise<Wire> {
  const socket = dgram.createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeListener('error', reject)
      resolve()
    })
  })
  socket.on('error', () => listener.refused())
  socket.on('message', (bytes) => listener.received(bytes.toString('latin1')))
  await new Promise<void>((resolve) => socket.connect(server.port, server.address, () => resolve()))
  let open = true
  return {
    transport: 'UDP',
    own: { address, port: socket.address().port },
    send(text) {
      if (!open) return
      socket.send(Buffer.from(text, 'latin1'), (error) => {
        if (error && open) listener.refused()
      })
    },
    close() {
      open = false
      return new Promise((resolve) => socket.close(() => resolve()))
    },
  }
}

/** Opens a TCP connection and cuts what comes into messages by Content-Length (RFC 3261 §18.3). */
export async function openTcpWire(server: Address, listener: WireListener): Promise<Wire> {
  const socket = net.connect({ host: server.address, port: server.port, localAddress: loopback })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.removeListener('error', reject)
      resolve()
    })
  })
  socket.setNoDelay(true)
  socket.on('error', () => listener.refused())
  let pending = ''
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1')
    for (;;) {
      // RFC 5626 §4.4.1: keep-alives between messages.
      while (pending.startsWith('\r\n')) pending = pending.slice(2)
      const end = pending.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(pending.slice(0, end))?.[1] ?? 0)
      if (pending.length < end + 4 + length) return
      listener.received(pending.slice(0, end + 4 + length))
      pending = pending.slice(end + 4 + length)
    }
  })
  return {
    transport: 'TCP',
    own: { address: loopback, port: socket.localPort ?? 0 },
    send(text) {
      socket.write(Buffer.from(text, 'latin1'))
    },
    close() {
      return new Promise((resolve) => {
        if (socket.closed) resolve()
        else {
          socket.once('close', () => resolve())
          socket.destroy()
        }
      })
    },
  }
}
