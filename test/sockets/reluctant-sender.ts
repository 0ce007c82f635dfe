/**
 * Sends 500 numbered datagrams through the batching socket, some of them large and one to where nobody may send, then
 * one more in a later turn, and closes. Run by `partial-sends.test.ts`: `node reluctant-sender.js PORT`.
 */
import { openSendingSocket } from './sending-socket.ts'

const port = Number(process.argv[2])
const socket = await openSendingSocket()
for (let index = 0; index < 500; index++) {
  if (index === 250) socket.send('broadcast is not allowed', '255.255.255.255', port)
  socket.send(`${index} `.padEnd(index % 50 === 0 ? 20_000 : 100, 'x'), '127.0.0.1', port)
}
socket.flush()
setImmediate(async () => {
  socket.send('500 the last', '127.0.0.1', port)
  socket.flush()
  // Most of it still waits here: the event loop learns that the socket takes more, and closing tries the rest.
  setTimeout(async () => {
    await socket.close()
    process.stdout.write(JSON.stringify({ failures: socket.failures }))
  }, Number(process.argv[3]))
})
