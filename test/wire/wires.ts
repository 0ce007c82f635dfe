import dgram from 'node:dgram'
import net from 'node:net'
import tls from 'node:tls'
import { WebSocket } from 'ws'
import type { Transport } from '../../engine/sip/transport.ts'
import { bracketed } from '../../engine/sip/uri.ts'
import { loopback } from './ports.ts'

export interface Address {
  readonly address: string
  readonly port: number
}

/** What carries an endpoint's messages: one peer, whole messages. */
export interface Wire {
  readonly transport: Transport
  /** Of a WebSocket only the address: browsers do not know their port. */
  readonly own: Address
  /** Host and port of its Via and Contact. */
  readonly sentBy: string
  send(text: string): void
  close(): Promise<void>
  /** Of a TCP or TLS connection: gives it away, and reads it no more. */
  readonly handOver?: () => net.Socket
}

export interface WireListener {
  received(text: string): void
  /** The peer's port was closed: ICMP port unreachable, or the connection was refused or reset. */
  refused(): void
  /** The connection is gone, whoever ended it. */
  closed?(): void
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
    sentBy: `${address}:${socket.address().port}`,
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

/** Opens a TCP connection. */
export async function openTcpWire(server: Address, listener: WireListener): Promise<Wire> {
  const socket = net.connect({ host: server.address, port: server.port, localAddress: localAddress(server) })
  await opened(socket, 'connect')
  return byteWire('TCP', socket, listener)
}

/** Opens a TLS connection to a server whose certificate this authority signed; `name` is who it must be. */
export async function openTlsWire(
  server: Address,
  listener: WireListener,
  authority: string,
  name: string,
): Promise<Wire> {
  const given = {
    host: server.address,
    port: server.port,
    localAddress: localAddress(server),
    ca: authority,
    servername: name,
  }
  const socket = tls.connect(given)
  await opened(socket, 'secureConnect')
  return byteWire('TLS', socket, listener)
}

/** Opens a WebSocket as a browser does: it cannot know its own address, and takes nothing but text (RFC 7118 §5). */
export async function openWebSocketWire(
  transport: 'WS' | 'WSS',
  server: Address,
  listener: WireListener,
  authority: string,
): Promise<Wire> {
  const url = `${transport.toLowerCase()}://${bracketed(server.address)}:${server.port}/ws`
  const webSocket = new WebSocket(url, 'sip', { localAddress: localAddress(server), ca: authority })
  await new Promise<void>((resolve, reject) => {
    webSocket.once('error', reject)
    webSocket.once('open', () => {
      webSocket.removeListener('error', reject)
      resolve()
    })
  })
  webSocket.on('error', () => listener.refused())
  webSocket.on('message', (data: Buffer) => {
    const text = data.toString('latin1')
    if (text !== '\r\n') listener.received(text)
  })
  return {
    transport,
    own: { address: localAddress(server), port: 9 },
    sentBy: `${Math.random().toString(36).slice(2)}.invalid`,
    send(text) {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.send(Buffer.from(text, 'latin1'), { binary: false })
    },
    close() {
      return new Promise((resolve) => {
        if (webSocket.readyState === WebSocket.CLOSED) resolve()
        else {
          webSocket.once('close', () => resolve())
          webSocket.terminate()
        }
      })
    },
  }
}

/** Where a connection to this server comes from. */
function localAddress(server: Address): string {
  return server.address.includes(':') ? '::1' : loopback
}

function opened(socket: net.Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once(event, () => {
      socket.removeListener('error', reject)
      resolve()
    })
  })
}

/** Cuts what comes into messages by Content-Length (RFC 3261 §18.3). */
function byteWire(transport: 'TCP' | 'TLS', socket: net.Socket, listener: WireListener): Wire {
  socket.setNoDelay(true)
  socket.on('error', () => listener.refused())
  let pending = ''
  const read = (bytes: Buffer): void => {
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
  }
  socket.on('data', read)
  socket.on('close', () => listener.closed?.())
  const { localAddress: address = loopback, localPort: port = 0 } = socket
  return {
    transport,
    own: { address, port },
    sentBy: `${bracketed(address)}:${port}`,
    send(text) {
      socket.write(Buffer.from(text, 'latin1'))
    },
    handOver() {
      socket.off('data', read)
      socket.pause()
      return socket
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
