import type { Socket } from 'node:net'
import { frame } from './frames.ts'
import type { EventFrame, LiveEvent } from './live-events.ts'

/** How long events are put together before they leave, in milliseconds: one write instead of one for each. */
const gathering = 20
/** Events that may wait for that; a flood beyond it is not shown. */
const mostGathered = 1000
/** What one subscriber may leave unread, in bytes, before events pass him by. */
const mostUnread = 512 * 1024

interface Subscriber {
  readonly socket: Socket
  missed: number
}

/**
 * Tells subscribers what happens. Nobody waits for them: who does not read fast enough misses events and is told how
 * many. While there is no subscriber no event is built: `listening` says when that changes.
 */
export class EventFeed {
  readonly #listening: (listening: boolean) => void
  readonly #subscribers = new Map<Socket, Subscriber>()
  #gathered: LiveEvent[] = []
  #overflow = 0
  #timer: NodeJS.Timeout | null = null
  #missed = 0

  /** @param listening told when the first subscriber comes and when the last one goes */
  constructor(listening: (listening: boolean) => void) {
    this.#listening = listening
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Events that subscribers missed since the start. */
  get missed(): number {
    return this.#missed
  }

  /** Events from now on go to this connection until it closes. Asking twice changes nothing. */
  subscribe(socket: Socket): void {
    if (socket.destroyed || this.#subscribers.has(socket)) return
    // What was gathered before belongs to those who were here.
    this.#flush()
    this.#subscribers.set(socket, { socket, missed: 0 })
    if (this.#subscribers.size === 1) this.#listening(true)
    socket.once('close', () => this.unsubscribe(socket))
  }

  unsubscribe(socket: Socket): void {
    if (!this.#subscribers.delete(socket) || this.#subscribers.size > 0) return
    this.#listening(false)
    this.#forget()
  }

  push(event: LiveEvent): void {
    if (this.#gathered.length >= mostGathered) {
      this.#overflow++
      return
    }
    this.#gathered.push(event)
    this.#timer ??= setTimeout(() => this.#flush(), gathering)
  }

  #flush(): void {
    const events = this.#gathered
    const overflow = this.#overflow
    this.#forget()
    if (events.length === 0) return
    // The same bytes for all who missed nothing.
    let whole: Buffer | null = null
    for (const subscriber of this.#subscribers.values()) {
      const { socket } = subscriber
      if (socket.writableLength > mostUnread) {
        subscriber.missed += events.length + overflow
        this.#missed += events.length + overflow
        continue
      }
      if (subscriber.missed === 0) {
        whole ??= frame({ events, missed: 0 } satisfies EventFrame)
        socket.write(whole)
      } else {
        socket.write(frame({ events, missed: subscriber.missed } satisfies EventFrame))
      }
      subscriber.missed = overflow
      this.#missed += overflow
    }
  }

  #forget(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#gathered = []
    this.#overflow = 0
  }
}
