/** What administrators must learn of, on its way from the engine to whoever writes the audit. */
import type { Socket } from 'node:net'
import { frame } from './frames.ts'
import type { TollFraudEvent } from './live-events.ts'

/** One frame to whoever follows alerts. */
export interface AlertFrame {
  readonly alert: TollFraudEvent
}

/** Alerts that wait for somebody to follow them; then the oldest go, which the engine's log has as well. */
const mostWaiting = 1000

/** Tells alerts to the connection that has asked for them last. They are few, and wait while there is none. */
export class Alerts {
  #follower: Socket | null = null
  #waiting: TollFraudEvent[] = []

  followedBy(socket: Socket): void {
    if (socket.destroyed) return
    this.#follower = socket
    socket.once('close', () => {
      if (this.#follower === socket) this.#follower = null
    })
    for (const alert of this.#waiting.splice(0)) this.tell(alert)
  }

  tell(alert: TollFraudEvent): void {
    if (this.#follower !== null) this.#follower.write(frame({ alert } satisfies AlertFrame))
    else {
      this.#waiting.push(alert)
      if (this.#waiting.length > mostWaiting) this.#waiting.shift()
    }
  }
}

/** Whether something is such a frame. What stands in it comes from our own engine. */
export function isAlertFrame(value: unknown): value is AlertFrame {
  return typeof value === 'object' && value !== null && 'alert' in value && typeof value.alert === 'object'
}
