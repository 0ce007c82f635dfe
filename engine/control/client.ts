import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { FrameReader, frame, largestFrame } from './frames.ts'
import type { ControlAnswers, ControlRequest, LiveFacts } from './protocol.ts'
import { isResponse } from './protocol.ts'
import type { SocketPath } from './socket-path.ts'
import { socketPath } from './socket-path.ts'

/** No engine answers at the control port of this data folder. */
export class NoEngineError extends Error {}

/** Longest wait for the next frame of an answer, in milliseconds. */
const patience = 5000

/** A connection to a running engine. */
export class ControlClient {
  readonly #socket: Socket
  readonly #reader = new FrameReader(largestFrame)
  #number = 0
  /** Collects the answer to the one request under way. */
  #waiting: { id: number; items: unknown[]; resolve(value: unknown): void; reject(error: Error): void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setTimeout(patience, () => this.#fail(new NoEngineError('The engine does not answer')))
    socket.on('error', () => this.#fail(new NoEngineError('The engine closed the connection')))
    socket.on('close', () => this.#fail(new NoEngineError('The engine closed the connection')))
    socket.on('data', (data) => this.#received(data))
  }

  /** @throws NoEngineError where none serves the folder */
  static open(folder: string): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const none = () => reject(new NoEngineError(`No server is running on the data folder ${folder}`))
      let place: SocketPath
      try {
        place = socketPath(folder)
      } catch {
        none()
        return
      }
      const socket = connect(place.path)
      const refused = () => {
        place.release()
        none()
      }
      socket.once('error', refused)
      socket.once('connect', () => {
        place.release()
        socket.off('error', refused)
        resolve(new ControlClient(socket))
      })
    })
  }

  status(): Promise<ControlAnswers['status']> {
    return this.#ask({ id: 0, request: 'status' }) as Promise<ControlAnswers['status']>
  }

  registrations(): Promise<ControlAnswers['registrations']> {
    return this.#ask({ id: 0, request: 'registrations' }) as Promise<ControlAnswers['registrations']>
  }

  calls(): Promise<ControlAnswers['calls']> {
    return this.#ask({ id: 0, request: 'calls' }) as Promise<ControlAnswers['calls']>
  }

  facts(users: readonly string[], trunks: readonly string[]): Promise<LiveFacts> {
    return this.#ask({ id: 0, request: 'facts', users, trunks }) as Promise<LiveFacts>
  }

  close(): void {
    this.#socket.destroy()
  }

  #ask(request: ControlRequest): Promise<unknown> {
    if (this.#waiting !== null) throw new Error('One request at a time')
    if (this.#socket.destroyed) return Promise.reject(new NoEngineError('The engine closed the connection'))
    const id = ++this.#number
    return new Promise((resolve, reject) => {
      this.#waiting = { id, items: [], resolve, reject }
      this.#socket.write(frame({ ...request, id }))
    })
  }

  #received(data: Buffer): void {
    let values: unknown[]
    try {
      values = this.#reader.push(data)
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    for (const value of values) {
      const waiting = this.#waiting
      if (waiting === null || !isResponse(value)) continue
      if ('error' in value) this.#fail(new Error(value.error))
      else if (value.id !== waiting.id) continue
      else if ('items' in value) {
        for (const item of value.items) waiting.items.push(item)
        if (value.last) this.#finish(waiting.items)
      } else this.#finish(value.value)
    }
  }

  #finish(value: unknown): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(value)
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = null
    this.#socket.destroy()
    waiting?.reject(error)
  }
}

/** Whether an engine still lives that serves the folder: it may outlive a supervisor that was killed by a moment. */
export async function engineLives(folder: string): Promise<boolean> {
  try {
    const client = await ControlClient.open(folder)
    client.close()
    return true
  } catch {
    return false
  }
}
