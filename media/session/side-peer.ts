import type { PeerAddress } from '../ports/packet-ports.ts'
import type { MediaSide } from '../protocol.ts'
import type { Latch } from './latch.ts'
import type { MediaWorld } from './media-world.ts'

/**
 * Says to the latches of a side's sound and reports whom to listen to, after an offer and answer: the peer may be somewhere
 * else (docs/media.md, "Whom it listens to").
 * @returns why nothing can be sent there, one line for people; '' where it can
 */
export function latchTo(world: MediaWorld, state: MediaSide, sound: Latch, reports: Latch): string {
  const { ports } = world
  const { remote, behindNat, local } = state
  const family = local.address.includes(':') ? 6 : 4
  const own = (text: string, port: number): PeerAddress | null => {
    const address = ports.address(text, port)
    return address !== null && address.family === family ? address : null
  }
  const place = remote === null ? null : own(remote.address, remote.port)
  const host = behindNat === null ? null : own(behindNat, 1)
  if (remote === null || place === null || place.isNowhere) {
    sound.fix(null)
    reports.fix(null)
  } else if (host !== null) {
    sound.open(host)
    reports.open(host)
  } else {
    sound.fix(place)
    reports.fix(own(remote.address, remote.rtcpPort))
  }
  if (remote === null || place !== null) return ''
  return `Sound cannot be sent from ${local.address} to ${remote.address}: another kind of address`
}
