import { loadNativeSockets } from '../../engine/net/batching-socket/native-socket.ts'
import { DgramPacketPorts } from './dgram-packet-ports.ts'
import { NativePacketPorts } from './native-packet-ports.ts'
import type { PacketPorts, PacketReceiver } from './packet-ports.ts'

export interface OpenedPorts {
  readonly ports: PacketPorts
  readonly kind: 'batching' | 'dgram'
  /** Why the native code does not serve, for people; '' where it does or was not wanted. */
  readonly why: string
}

/** @throws Error where the native code is asked for and is not there */
export function openPorts(wanted: 'auto' | 'batching' | 'dgram', receiver: PacketReceiver): OpenedPorts {
  if (wanted === 'dgram') return { ports: new DgramPacketPorts(receiver), kind: 'dgram', why: '' }
  const loaded = loadNativeSockets()
  if (loaded.kind === 'loaded') {
    return { ports: new NativePacketPorts(loaded.sockets, receiver), kind: 'batching', why: '' }
  }
  if (wanted === 'batching') throw new Error(`The batching UDP socket cannot serve: ${loaded.why}`)
  return { ports: new DgramPacketPorts(receiver), kind: 'dgram', why: loaded.why }
}
