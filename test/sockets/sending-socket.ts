import type { UdpListener } from '../../engine/net/datagram.ts'
import { udpListener, udpSocketKind } from '../../engine/net/udp.ts'

/** An open batching socket on a port of the system's choice, which listens to nobody. */
export async function openSendingSocket(): Promise<UdpListener> {
  const socket = udpListener(
    udpSocketKind('batching'),
    {
      transport: 'UDP',
      address: '127.0.0.1',
      port: 0,
      descriptor: null,
      advertised: '',
      advertisedMedia: '',
      localNetworks: [],
    },
    0,
    { receive: () => undefined, received: () => undefined },
    { warn: () => undefined },
  )
  await socket.open()
  return socket
}
