/** What users change of their settings by their phones, on its way from the engine to whoever writes the configuration. */
import type { Socket } from 'node:net'
import type { UserChange, UserChangeRequest, UserChangeResult, UserChanges } from '../calls/user-changes.ts'
import { frame } from './frames.ts'

/** A change that is to be written, and answered by the request `phoneChanged` with the same number. */
export interface PhoneChangeOrder extends UserChangeRequest {
  readonly number: number
}

/** One frame to whoever writes. */
export interface PhoneChangeFrame {
  readonly phoneChange: PhoneChangeOrder
}

/** How long a caller waits for his change (ms): longer than a busy writer takes, shorter than people do. */
const patience = 5000
/** Changes that may wait at once. */
const mostWaiting = 200

/** The engine's side: hands changes to the connection that has asked for them last, and waits for the outcome. */
export class PhoneChangeOrders implements UserChanges {
  readonly #waiting = new Map<number, { readonly timer: NodeJS.Timeout; done(result: UserChangeResult): void }>()
  #writer: Socket | null = null
  #number = 0

  /** Changes go to this connection from now on, until it closes. */
  writtenBy(socket: Socket): void {
    if (socket.destroyed) return
    this.#writer = socket
    socket.once('close', () => {
      if (this.#writer === socket) this.#writer = null
    })
  }

  ask(request: UserChangeRequest, done: (result: UserChangeResult) => void): void {
    if (this.#writer === null || this.#waiting.size >= mostWaiting) {
      done({ result: 'failed' })
      return
    }
    const number = ++this.#number
    const timer = setTimeout(() => this.changed(number, { result: 'failed' }), patience)
    this.#waiting.set(number, { timer, done })
    this.#writer.write(frame({ phoneChange: { ...request, number } } satisfies PhoneChangeFrame))
  }

  /** The outcome of a change; one that nobody waits for any more is dropped. */
  changed(number: number, result: UserChangeResult): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) return
    this.#waiting.delete(number)
    clearTimeout(waiting.timer)
    waiting.done(result)
  }
}

/** Whether something is such a frame. What stands in it comes from our own engine. */
export function isPhoneChangeFrame(value: unknown): value is PhoneChangeFrame {
  return (
    typeof value === 'object' &&
    value !== null &&
    'phoneChange' in value &&
    typeof value.phoneChange === 'object' &&
    value.phoneChange !== null
  )
}

/** The outcome in a request, or `null`. */
export function readChangeResult(value: unknown): UserChangeResult | null {
  if (typeof value !== 'object' || value === null || !('result' in value)) return null
  if (value.result === 'done' || value.result === 'failed') return { result: value.result }
  if (value.result !== 'refused' || !('reason' in value) || typeof value.reason !== 'string') return null
  return { result: 'refused', reason: value.reason.slice(0, 500) }
}

export type { UserChange, UserChangeResult }
