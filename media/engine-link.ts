import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { FrameReader, frame, largestFrame } from '../engine/control/frames.ts'
import { mediaSocketName, socketPath } from '../engine/control/socket-path.ts'
import type { MediaHello, MediaOrder, MediaReport } from './protocol.ts'

/** Between attempts to reach the engine, milliseconds: doubled each time. */
const firstPause = 20
const longestPause = 500
/** What the engine may leave unread, in bytes, before the connection is closed and all is told anew. */
const mostUnread = 8 * 1024 * 1024

export interface EngineLinkOptions {
  readonly dataFolder: string
  readonly hello: MediaHello
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly ordered: (order: MediaOrder) => void
  /** The connection is gone: what was told on it may not have arrived. */
  readonly lost: () => void
}

/** The connection to the engine: made again and again, by nobody waited for. */
export class EngineLink {
  readonly #options: EngineLinkOptions
  #socket: Socket | null = null
  #isWelcome = false
  #pause = firstPause
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: EngineLinkOptions) {
    this.#options = options
    this.#connect()
  }

  /** Tells the engine, where it is there. What is told while it is away is lost. */
  report(report: MediaReport): void {
    const socket = this.#socket
    if (socket === null || !this.#isWelcome) return
    socket.write(frame(report))
    if (socket.writableLength <= mostUnread) return
    this.#options.log.warn({}, 'The engine does not read what media tells it: the connection is made anew')
    socket.destroy()
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  #connect(): void {
    this.#timer = null
    let socket: Socket
    try {
      const place = socketPath(this.#options.dataFolder, mediaSocketName)
      socket = connect(place.path)
      // The path may go by a descriptor, which the system looks up while it connects: at once.
      socket.once('connect', () => place.release())
      socket.once('error', () => place.release())
    } catch {
      this.#retry()
      return
    }
    const reader = new FrameReader(largestFrame)
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('connect', () => socket.write(frame(this.#options.hello)))
    socket.on('data', (data) => this.#received(socket, reader, data))
    socket.on('close', () => this.#gone(socket))
  }

  #received(socket: Socket, reader: FrameReader, data: Buffer): void {
    let orders: unknown[]
    try {
      orders = reader.push(data)
    } catch (error) {
      this.#options.log.warn({ err: error }, 'What the engine sent cannot be read: the connection is made anew')
      socket.destroy()
      return
    }
    for (const order of orders) {
      if (!isOrder(order) || (order.order === 'welcome' && order.version !== this.#options.hello.version)) {
        this.#options.log.warn({ order }, 'An order of the engine is unknown: is it of another version?')
        socket.destroy()
        return
      }
      if (order.order === 'welcome') {
        this.#isWelcome = true
        this.#pause = firstPause
        this.#options.log.info({}, 'The engine is reached')
      }
      this.#options.ordered(order)
    }
  }

  #gone(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    if (this.#closed) return
    if (this.#isWelcome) this.#options.lost()
    this.#isWelcome = false
    this.#retry()
  }

  #retry(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => this.#connect(), this.#pause)
    this.#pause = Math.min(this.#pause * 2, longestPause)
  }
}

const kinds: ReadonlySet<string> = new Set<MediaOrder['order']>([
  'welcome',
  'session',
  'synchronised',
  'close',
  'statistics',
])

/** The engine is of the same installation: what its orders hold is not looked through. */
function isOrder(value: unknown): value is MediaOrder {
  return typeof value === 'object' && value !== null && 'order' in value && kinds.has(String(value.order))
}
