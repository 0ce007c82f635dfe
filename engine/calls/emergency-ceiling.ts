import type { Device } from '../config/snapshot.ts'
import type { Attempt, Decision } from '../router/decision.ts'

/** Emergency calls that a device may make at once, and the time after which it may make another (ms). */
const most = 5
const regained = 10_000
/** Devices remembered; when there are more, all are forgotten. */
const mostDevices = 10_000

/**
 * How many calls of one device are treated as emergency calls, exempt from limits and drain. One more is a call like any
 * other: a phone gone wild must not take every channel.
 */
export class EmergencyCeiling {
  /** By device id: when its allowance would be whole again. */
  readonly #wholeAt = new Map<string, number>()

  /** Whether a call is treated as an emergency call. `now` in ms. */
  covers(decision: Decision, { caller }: Attempt, now: number): boolean {
    if (decision.kind !== 'ring' || caller.kind !== 'device') return false
    if (!decision.targets.some((target) => target.kind === 'trunk' && target.emergency)) return false
    return this.takes(caller.device, now)
  }

  /** Takes one of the device's; `now` in ms. */
  takes(device: Device, now: number): boolean {
    const wholeAt = Math.max(now, this.#wholeAt.get(device.id) ?? 0) + regained
    if (wholeAt - now > most * regained) return false
    if (this.#wholeAt.size >= mostDevices) this.#wholeAt.clear()
    this.#wholeAt.set(device.id, wholeAt)
    return true
  }
}
