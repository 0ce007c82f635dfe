import dgram from 'node:dgram'
import net from 'node:net'

/**
 * Every test process uses a loopback address of its own (Linux answers for the whole of 127.0.0.0/8), made from its
 * process id: so tests that run side by side cannot take each other's ports.
 */
export const loopback: string = process.platform === 'linux' ? ownLoopback(process.pid) : '127.0.0.1'

function ownLoopback(pid: number): string {
  // 127.0.x.y is left to people's own servers. The last byte stays off 0 and 255.
  const last = (pid % 250) + 2
  const middle = Math.floor(pid / 250) % 256
  const first = 1 + (Math.floor(pid / (250 * 256)) % 250)
  return `127.${first}.${middle}.${last}`
}

const given = new Set<number>()

/** A port of `loopback` that is free for UDP and TCP and was not given before by this process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    // Below the ephemeral range, so that the kernel gives it to nobody else meanwhile.
    const port = 10_000 + Math.floor(Math.random() * 10_000) * 2
    if (given.has(port)) continue
    if ((await freeForUdp(port)) && (await freeForTcp(port))) {
      given.add(port)
      return port
    }
  }
  throw new Error(`No free port found on ${loopback}`)
}

function freeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ address: loopback, port, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

function freeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: loopback, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
