/** Asks a server by OPTIONS, again and again, how long it takes to answer: what makes that wait makes a call wait. */
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { Times } from './times.ts'

/** Milliseconds between two questions. */
const askEvery = 5

export class OptionsProbe {
  readonly times = new Times()
  readonly #socket: Socket = createSocket('udp4')
  readonly #ports: { readonly server: number; readonly own: number }
  #count = 0
  #timer: NodeJS.Timeout | null = null

  constructor(ports: { readonly server: number; readonly own: number }) {
    this.#ports = ports
  }

  async start(): Promise<void> {
    this.#socket.on('message', (data) => {
      this.times.end(/branch=z9hG4bK-probe-(\d+)/.exec(data.toString('latin1'))?.[1] ?? '')
    })
    await new Promise<void>((resolve) => this.#socket.bind(this.#ports.own, '127.0.0.1', resolve))
    this.#timer = setInterval(() => this.#ask(), askEvery)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#socket.close()
  }

  #ask(): void {
    const id = String(++this.#count)
    const { server, own } = this.#ports
    const here = `127.0.0.1:${own}`
    this.times.begin(id)
    this.#socket.send(
      `OPTIONS sip:127.0.0.1:${server} SIP/2.0\r\nVia: SIP/2.0/UDP ${here};branch=z9hG4bK-probe-${id}\r\n` +
        `From: <sip:probe@${here}>;tag=p${id}\r\nTo: <sip:127.0.0.1:${server}>\r\nCall-ID: probe-${id}\r\n` +
        'CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n',
      server,
      '127.0.0.1',
    )
  }
}
