import { chmodSync, rmSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { FrameReader, frame } from './frames.ts'
import type { CallEntry, ControlResponse, EngineStatus, LiveFacts, RegistrationEntry } from './protocol.ts'
import { largestRequest, pageSize, readRequest } from './protocol.ts'
import type { SocketPath } from './socket-path.ts'
import { socketPath } from './socket-path.ts'

/** Where the answers come from. Each is taken at once and then sent in pages. */
export interface ControlSource {
  status(): EngineStatus
  registrations(): readonly RegistrationEntry[]
  calls(): readonly CallEntry[]
  facts(users: readonly string[], trunks: readonly string[]): LiveFacts
}

/** Who does not read his answers is cut off, in bytes. */
const waitingBytes = 8 * 1024 * 1024
const mostConnections = 32

/** The control port: a Unix socket in the data folder. */
export class ControlServer {
  readonly #source: ControlSource
  readonly #server: Server
  readonly #connections = new Set<Socket>()
  #path: SocketPath | null = null

  constructor(source: ControlSource) {
    this.#source = source
    this.#server = createServer((socket) => this.#accept(socket))
    this.#server.maxConnections = mostConnections
  }

  /**
   * Opens the port. A socket that an engine left behind is replaced: the caller sees to it that no other engine
   * serves the folder.
   * @throws the system's error
   */
  listen(folder: string): Promise<void> {
    const place = socketPath(folder)
    this.#path = place
    rmSync(place.path, { force: true })
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(place.path, () => {
        this.#server.off('error', reject)
        this.#server.on('error', () => undefined)
        chmodSync(place.path, 0o600)
        resolve()
      })
    })
  }

  /** Closes the port and every connection; the socket's file goes with it. */
  close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy()
    return new Promise((resolve) =>
      this.#server.close(() => {
        this.#path?.release()
        this.#path = null
        resolve()
      }),
    )
  }

  #accept(socket: Socket): void {
    const reader = new FrameReader(largestRequest)
    const waiting: unknown[] = []
    let busy = false
    this.#connections.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#connections.delete(socket))
    // One request at a time, in order.
    const next = () => {
      busy = false
      if (waiting.length === 0 || socket.destroyed) return
      busy = true
      this.#answer(socket, waiting.shift(), next)
    }
    socket.on('data', (data) => {
      try {
        waiting.push(...reader.push(data))
      } catch {
        socket.destroy()
        return
      }
      if (waiting.length > 1000) socket.destroy()
      else if (!busy) next()
    })
  }

  #answer(socket: Socket, value: unknown, done: () => void): void {
    const request = readRequest(value)
    if (typeof request === 'string') {
      send(socket, { id: 0, error: request })
      done()
      return
    }
    switch (request.request) {
      case 'status':
        send(socket, { id: request.id, value: this.#source.status() })
        done()
        return
      case 'facts':
        send(socket, { id: request.id, value: this.#source.facts(request.users, request.trunks) })
        done()
        return
      case 'registrations':
        sendPages(socket, request.id, this.#source.registrations(), 0, done)
        return
      case 'calls':
        sendPages(socket, request.id, this.#source.calls(), 0, done)
        return
      default:
        request satisfies never
    }
  }
}

function send(socket: Socket, response: ControlResponse): void {
  if (socket.destroyed) return
  socket.write(frame(response))
  if (socket.writableLength > waitingBytes) socket.destroy()
}

/** One page a turn: between them calls are served. */
function sendPages(socket: Socket, id: number, items: readonly unknown[], from: number, done: () => void): void {
  const to = from + pageSize
  const last = to >= items.length
  send(socket, { id, items: items.slice(from, to), last })
  if (last || socket.destroyed) done()
  else setImmediate(sendPages, socket, id, items, to, done)
}
