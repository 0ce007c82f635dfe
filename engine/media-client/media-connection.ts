import type { Socket } from 'node:net'
import type { MediaHello, MediaOrder, MediaReport } from '../../media/protocol.ts'
import { FrameReader, frame } from '../control/frames.ts'

/** Longest report, in bytes. */
const largestReport = 4 * 1024 * 1024
/** A process that does not read is cut off, and is told everything anew when it comes back; in bytes. */
const mostUnread = 32 * 1024 * 1024

export interface MediaConnectionOwner {
  /** Its first report; nothing else comes before. */
  greeted(connection: MediaConnection, hello: MediaHello): void
  reported(connection: MediaConnection, report: Exclude<MediaReport, MediaHello>): void
  /** Once. `why`: for people. */
  ended(connection: MediaConnection, why: string): void
}

/** One media process that has connected. */
export class MediaConnection {
  readonly #socket: Socket
  readonly #owner: MediaConnectionOwner
  #greeted: boolean
  #corked: boolean
  #ended: boolean

  constructor(socket: Socket, owner: MediaConnectionOwner) {
    this.#socket = socket
    this.#owner = owner
    this.#greeted = false
    this.#corked = false
    this.#ended = false
    const reader = new FrameReader(largestReport)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#end('it closed the connection'))
    socket.on('data', (data) => {
      let values: unknown[]
      try {
        values = reader.push(data)
      } catch (error) {
        this.cutOff(error instanceof Error ? error.message : String(error))
        return
      }
      for (const value of values) if (!this.#ended) this.#take(value)
    })
  }

  /** What one turn of the event loop tells leaves together, when it ends. */
  send(order: MediaOrder): void {
    if (this.#ended) return
    if (this.#socket.writableLength > mostUnread) {
      this.cutOff('it does not read what it is told')
      return
    }
    if (!this.#corked) {
      this.#corked = true
      this.#socket.cork()
      process.nextTick(() => {
        this.#corked = false
        this.#socket.uncork()
      })
    }
    this.#socket.write(frame(order))
  }

  cutOff(why: string): void {
    this.#end(why)
    this.#socket.destroy()
  }

  #take(value: unknown): void {
    if (!isReport(value)) {
      this.cutOff('it sent something that is no report')
    } else if (value.report === 'hello') {
      if (this.#greeted) this.cutOff('it said hello twice')
      else {
        this.#greeted = true
        this.#owner.greeted(this, value)
      }
    } else if (this.#greeted) this.#owner.reported(this, value)
    else this.cutOff('it did not say hello')
  }

  #end(why: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#owner.ended(this, why)
  }
}

function isReport(value: unknown): value is MediaReport {
  return typeof value === 'object' && value !== null && 'report' in value && typeof value.report === 'string'
}
