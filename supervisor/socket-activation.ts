import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { socketTransport } from '../engine/control/engine-start.ts'
import type { BoundSocket } from './socket-descriptors.ts'
import { boundSockets, canonicalAddress } from './socket-descriptors.ts'

/** First descriptor that systemd passes (sd_listen_fds(3), SD_LISTEN_FDS_START). */
const firstDescriptor = 3

/**
 * Sockets that were opened for us before we were started (`LISTEN_FDS`, `LISTEN_PID`: sd_listen_fds(3)). They are held
 * like our own: never read here, handed to each engine. Empty where there are none, or where they were meant for
 * another process.
 */
export function activatedSockets(environment: NodeJS.ProcessEnv, pid: number): BoundSocket[] {
  const count = Number(environment['LISTEN_FDS'] ?? '0')
  if (!Number.isInteger(count) || count <= 0 || environment['LISTEN_PID'] !== String(pid)) return []
  return boundSockets()
    .filter((socket) => socket.descriptor >= firstDescriptor && socket.descriptor < firstDescriptor + count)
    .sort((one, other) => one.descriptor - other.descriptor)
}

/**
 * Listeners for activated sockets: what settings and document say of a listener with the same kind of socket, address
 * and port, which may be one for TLS or WebSocket; the others are for UDP and TCP.
 */
export function activatedListeners(
  sockets: readonly BoundSocket[],
  wanted: readonly ListenerSetting[],
): ListenerSetting[] {
  return sockets.map((socket) => {
    const { transport, port } = socket
    const known = wanted.find(
      (listener) =>
        socketTransport(listener) === transport &&
        listener.port === port &&
        canonicalAddress(listener.address) === socket.address,
    )
    if (known !== undefined) return known
    const address = socket.address === '0:0:0:0:0:0:0:0' ? '::' : socket.address
    const first = wanted[0]
    return {
      transport,
      address,
      port,
      advertised: first?.advertised ?? '',
      advertisedMedia: first?.advertisedMedia ?? '',
      localNetworks: first?.localNetworks ?? [],
    }
  })
}
