/** A media process and an engine in name only at its Unix socket. */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { FrameReader, frame } from '../../engine/control/frames.ts'
import type { MediaStart } from '../../engine/control/media-start.ts'
import { mediaSocketName, socketPath } from '../../engine/control/socket-path.ts'
import type { MediaHello, MediaOrder, MediaReport, MediaSession } from '../../media/protocol.ts'

const program = fileURLToPath(new URL('../../media/main.js', import.meta.url))

/** The engine's end: keeps what it is told, and tells every process that comes all sessions. */
export class EngineEnd {
  readonly reports: MediaReport[] = []
  readonly sessions = new Map<string, MediaSession>()
  readonly #server: Server
  #socket: Socket | null = null
  #waiting: (() => void)[] = []

  constructor(folder: string) {
    this.#server = createServer((socket) => this.#accept(socket))
    const place = socketPath(folder, mediaSocketName)
    this.#server.listen(place.path, () => place.release())
  }

  tell(order: MediaOrder): void {
    this.#socket?.write(frame(order))
  }

  set(session: MediaSession): void {
    this.sessions.set(session.id, session)
    this.tell({ order: 'session', session })
  }

  close(id: string): void {
    this.sessions.delete(id)
    this.tell({ order: 'close', session: id })
  }

  /** The first report that fits, from the one at `from` on. */
  async heard<Report extends MediaReport>(fits: (report: MediaReport) => report is Report, from = 0): Promise<Report> {
    for (;;) {
      const found = this.reports.slice(from).find(fits)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Breaks the connection, as an engine that dies. */
  drop(): void {
    this.#socket?.destroy()
  }

  end(): void {
    this.#server.close()
    this.#socket?.destroy()
  }

  #accept(socket: Socket): void {
    const reader = new FrameReader(1_000_000)
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      for (const report of reader.push(data) as MediaReport[]) {
        this.reports.push(report)
        if (report.report === 'hello') this.#welcome()
      }
      for (const wake of this.#waiting.splice(0)) wake()
    })
  }

  #welcome(): void {
    this.tell({ order: 'welcome', version: 2 })
    for (const session of this.sessions.values()) this.tell({ order: 'session', session })
    this.tell({ order: 'synchronised' })
  }
}

export function isHello(report: MediaReport): report is MediaHello {
  return report.report === 'hello'
}

/** Starts a media process. */
export function startMedia(start: Pick<MediaStart, 'dataFolder'> & Partial<MediaStart>): ChildProcess {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.send({
    order: 'serve',
    start: {
      process: 0,
      processes: 1,
      ports: { first: 20_000, last: 20_999 },
      addresses: [],
      rtpengine: null,
      udpSocket: 'auto',
      logLevel: 'warn',
      logFormat: 'text',
      ...start,
    } satisfies MediaStart,
  })
  return child
}

export async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
