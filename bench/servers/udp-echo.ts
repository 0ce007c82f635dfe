/**
 * Sends back every datagram as it came, through one of the engine's UDP sockets: what a datagram in and a datagram out
 * cost. A process of its own, started by `bench/udp.ts`: `node udp-echo.js batching|dgram PORT`. Each message of the
 * parent is answered with the processor time used since the last one.
 */
import type { DatagramReceiver } from '../../engine/net/datagram.ts'
import { udpListener, udpSocketKind } from '../../engine/net/udp.ts'

/** What the parent gets. */
export interface EchoReport {
  /** Microseconds, user and system, of all threads. */
  readonly processorTime: number
  readonly datagrams: number
  /** How often datagrams were handed over: once a batch. */
  readonly batches: number
}

const choice = process.argv[2] === 'batching' ? 'batching' : 'dgram'
const port = Number(process.argv[3])
let datagrams = 0
let batches = 0
const receiver: DatagramReceiver = {
  receive(message, flow) {
    datagrams++
    socket.send(message, flow.address, flow.port)
  },
  received() {
    batches++
    socket.flush()
  },
}
const socket = udpListener(
  udpSocketKind(choice),
  {
    transport: 'UDP',
    address: '127.0.0.1',
    port,
    descriptor: null,
    advertised: '',
    advertisedMedia: '',
    localNetworks: [],
  },
  0,
  receiver,
  { warn: () => undefined },
)
await socket.open()
let before = process.cpuUsage()
process.on('message', () => {
  const { user, system } = process.cpuUsage(before)
  process.send?.({ processorTime: user + system, datagrams, batches } satisfies EchoReport)
  before = process.cpuUsage()
  datagrams = 0
  batches = 0
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
