/**
 * A network whose handler answers each message and then throws. Run by `fault-in-a-batch.test.ts`:
 * `node faulty-handler.js batching|dgram PORT`. Prints what happened, as JSON, and ends with 70 like the engine.
 */
import { Addresses } from '../../engine/net/addresses.ts'
import type { Listener } from '../../engine/net/listener.ts'
import { SocketNetwork } from '../../engine/net/network.ts'
import { defaultStreamLimits } from '../../engine/net/stream-connection.ts'
import { createFraming } from '../../engine/sip/framing.ts'

const listeners: Listener[] = [
  {
    transport: 'UDP',
    address: '127.0.0.1',
    port: Number(process.argv[3]),
    descriptor: null,
    advertised: '',
    advertisedMedia: '',
    localNetworks: [],
  },
]
const events: string[] = []
const network = new SocketNetwork({
  listeners,
  addresses: new Addresses(listeners),
  framing: createFraming,
  streamLimits: defaultStreamLimits,
  udpSocket: process.argv[2] === 'batching' ? 'batching' : 'dgram',
  keeper: null,
  beforeSend: () => events.push('journal'),
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
})
process.on('uncaughtException', (error) => {
  process.stdout.write(JSON.stringify([...events, error.message]))
  process.exit(70)
})
await network.open({
  receive(message, flow) {
    events.push(message)
    network.send(flow, 'an answer that must not leave', null)
    throw new Error('a bug')
  },
  connectionClosed: () => undefined,
})
process.stderr.write('open')
