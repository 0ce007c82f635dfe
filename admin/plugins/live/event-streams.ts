import type { ServerResponse } from 'node:http'
import { RequestRefused } from '../../http/problems.ts'
import type { EventLog, EventReader, LoggedEvent } from './event-log.ts'

/** Who may read at the same time. */
const mostStreams = 100
/** What one reader may leave unread, in bytes, before events pass him by. */
const mostUnread = 256 * 1024
/** How often something is sent, in milliseconds, so that nobody between takes the connection for dead. */
const heartbeat = 15_000
/** How soon a browser comes back after a connection is lost, in milliseconds. */
const comeBack = 1000

/** The server-sent events of all readers (HTML standard, 9.2). */
export class EventStreams {
  readonly #log: EventLog
  readonly #streams = new Set<EventStream>()
  #timer: NodeJS.Timeout | null = null

  constructor(log: EventLog) {
    this.#log = log
  }

  /** @throws RequestRefused where there are as many readers as there may be */
  refuseMore(): void {
    if (this.#streams.size < mostStreams) return
    const detail = `${mostStreams} programs follow events already, more are not served: end one of them`
    throw new RequestRefused('not-ready', detail, {}, { 'retry-after': '10' })
  }

  /**
   * Writes events to a response until its reader goes.
   * @param lastEventId what he saw last, '' for none
   */
  add(
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
    names: ReadonlySet<string>,
    lastEventId: string,
  ): void {
    response.writeHead(200, headers)
    response.write(`retry: ${comeBack}\n\n`)
    const stream = new EventStream(this.#log, response, names)
    const before = this.#log.after(lastEventId)
    if (before === null) stream.missedUnknown()
    else for (const event of before) stream.happened(event)
    const stop = this.#log.read(stream)
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => this.#beat(), heartbeat)
    response.on('error', () => undefined)
    response.once('close', () => {
      stop()
      this.#streams.delete(stream)
      if (this.#streams.size === 0) this.#stopBeating()
    })
  }

  /** Ends all of them. */
  close(): void {
    this.#stopBeating()
    for (const stream of this.#streams) stream.end()
    this.#log.close()
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat()
  }

  #stopBeating(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}

class EventStream implements EventReader {
  readonly #log: EventLog
  readonly #response: ServerResponse
  readonly #names: ReadonlySet<string>
  #missed = 0

  constructor(log: EventLog, response: ServerResponse, names: ReadonlySet<string>) {
    this.#log = log
    this.#response = response
    this.#names = names
  }

  happened(event: LoggedEvent): void {
    if (event.name !== 'missed' && !this.#names.has(event.name)) return
    if (this.#response.writableLength > mostUnread) {
      this.#missed++
      return
    }
    this.#tellMissed()
    this.#response.write(`id: ${this.#log.idOf(event)}\nevent: ${event.name}\ndata: ${event.data}\n\n`)
  }

  missedUnknown(): void {
    this.#response.write('event: missed\ndata: {"count":null}\n\n')
  }

  beat(): void {
    if (this.#response.writableLength > mostUnread) return
    this.#tellMissed()
    this.#response.write(':\n\n')
  }

  end(): void {
    this.#response.end()
  }

  #tellMissed(): void {
    if (this.#missed === 0) return
    this.#response.write(`event: missed\ndata: {"count":${this.#missed}}\n\n`)
    this.#missed = 0
  }
}
