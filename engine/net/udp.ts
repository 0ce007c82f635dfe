import type { Logger } from 'pino'
import type { NativeSockets } from './batching-socket/native-socket.ts'
import { loadNativeSockets } from './batching-socket/native-socket.ts'
import type { DatagramReceiver, MessageKeeper, UdpListener } from './datagram.ts'
import type { Listener } from './listener.ts'
import { BatchingUdpListener } from './udp-batching.ts'
import { DgramUdpListener } from './udp-dgram.ts'

/** What the settings may ask for; `auto` is batching wherever it can be had. */
export type UdpSocketChoice = 'auto' | 'batching' | 'dgram'

/** The kind of socket that serves, and why. */
export type UdpSocketKind =
  | { readonly kind: 'batching'; readonly sockets: NativeSockets }
  /** `why` is for people: why not batching. */
  | { readonly kind: 'dgram'; readonly why: string }

/**
 * Which socket serves here (docs/decisions/0008-batching-socket.md).
 * @throws Error with one line for people, where batching is asked for and cannot be had
 */
export function udpSocketKind(choice: UdpSocketChoice): UdpSocketKind {
  if (choice === 'dgram') return { kind: 'dgram', why: 'the settings ask for it' }
  const native = loadNativeSockets()
  if (native.kind === 'loaded') return { kind: 'batching', sockets: native.sockets }
  if (choice === 'auto') return { kind: 'dgram', why: `the batching socket is not there (${native.why})` }
  throw new Error(`The batching UDP socket is not there (${native.why}): set udp-socket to auto or dgram`)
}

/** Makes a listener's socket; it is opened with `open`. */
export function udpListener(
  kind: UdpSocketKind,
  listener: Listener,
  index: number,
  receiver: DatagramReceiver,
  log: Pick<Logger, 'warn'>,
  keeper: MessageKeeper | null = null,
): UdpListener {
  return kind.kind === 'batching'
    ? new BatchingUdpListener(kind.sockets, listener, index, receiver, log, keeper)
    : new DgramUdpListener(listener, index, receiver, log)
}
