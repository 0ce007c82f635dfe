import type { Socket } from 'node:net'
import net from 'node:net'
import tls from 'node:tls'
import { loopback } from '../wire/ports.ts'
import type { Address } from '../wire/wires.ts'

/** Makes TLS of TCP for a SIPp that calls, because Debian's is built without TLS: one connection for each of its own. */
export class TlsBridge {
  readonly address: Address
  readonly #listener: net.Server
  readonly #sockets = new Set<Socket>()

  private constructor(listener: net.Server, address: Address) {
    this.#listener = listener
    this.address = address
  }

  /** @param authority PEM of who signed the server's certificate, which is for `name` */
  static async open(port: number, server: Address, name: string, authority: string): Promise<TlsBridge> {
    const listener = net.createServer()
    const bridge = new TlsBridge(listener, { address: loopback, port })
    listener.on('connection', (plain) => {
      const given = { host: server.address, port: server.port, localAddress: loopback, servername: name, ca: authority }
      bridge.join(plain, tls.connect(given))
    })
    await new Promise<void>((resolve) => listener.listen({ host: loopback, port, exclusive: true }, resolve))
    return bridge
  }

  /** What one says the other hears; who leaves takes the other along. */
  join(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.#sockets.add(from)
      from.setNoDelay(true)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()))
  }
}
