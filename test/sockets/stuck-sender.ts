/**
 * Sends 200 datagrams of 60 000 bytes, 12 MB in all, to a socket that takes nothing, and closes. Run by
 * `partial-sends.test.ts`. Prints the failures before and after closing.
 */
import { openSendingSocket } from './sending-socket.ts'

const socket = await openSendingSocket()
const message = 'x'.repeat(60_000)
for (let index = 0; index < 200; index++) socket.send(message, '127.0.0.1', 9)
socket.flush()
const dropped = socket.failures
await socket.close()
process.stdout.write(JSON.stringify({ dropped, failures: socket.failures }))
