/** Sends back what comes to many ports, by node:dgram: `node node-echo.js FIRST COUNT`. A process of its own. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const [first, count] = process.argv.slice(2).map(Number) as [number, number]
for (let index = 0; index < count; index++) {
  const socket = createSocket('udp4')
  socket.on('message', (packet, sender) => socket.send(packet, sender.port, sender.address))
  socket.bind(first + 2 * index, '127.0.0.1')
  await once(socket, 'listening')
}
process.stdout.write('ready\n')
process.on('disconnect', () => process.exit(0))
