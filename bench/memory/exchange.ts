/** Many SIP exchanges at once by one UDP socket of 127.0.0.1: a window of them open, what is lost sent again. */

import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/** First repetition (ms); doubles. */
const T1 = 500
const mostTries = 7
/** Exchanges open at the same time. */
const window = 100

/** One message that waits for its answer. */
interface Pending {
  readonly text: string
  readonly answered: (response: string) => void
  readonly failed: (error: Error) => void
  tries: number
  timer: NodeJS.Timeout
}

/** A user agent, or many behind one address: asks, and answers what it is asked. */
export class Exchange {
  readonly port: number
  readonly #socket: Socket
  readonly #serverPort: number
  readonly #pending = new Map<string, Pending>()

  private constructor(socket: Socket, port: number, serverPort: number) {
    this.#socket = socket
    this.port = port
    this.#serverPort = serverPort
  }

  /** @param asked answers a request: the messages to send, in order */
  static async open(
    port: number,
    serverPort: number,
    asked: (request: string) => readonly string[],
  ): Promise<Exchange> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    const exchange = new Exchange(socket, port, serverPort)
    socket.on('message', (data) => {
      const text = data.toString('latin1')
      if (text.startsWith('SIP/2.0')) exchange.#answered(text)
      else for (const message of asked(text)) exchange.send(message)
    })
    return exchange
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#serverPort, '127.0.0.1')
  }

  /** Sends a request until its final response comes. @throws Error if none does */
  ask(request: string): Promise<string> {
    const key = keyOf(request)
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        text: request,
        answered: resolve,
        failed: reject,
        tries: 0,
        timer: setTimeout(() => this.#again(key), T1),
      }
      this.#pending.set(key, pending)
      this.send(request)
    })
  }

  close(): void {
    this.#socket.close()
  }

  #answered(response: string): void {
    if (response.startsWith('SIP/2.0 1')) return
    const key = keyOf(response)
    const pending = this.#pending.get(key)
    if (pending === undefined) return
    this.#pending.delete(key)
    clearTimeout(pending.timer)
    pending.answered(response)
  }

  #again(key: string): void {
    const pending = this.#pending.get(key)
    if (pending === undefined) return
    if (++pending.tries >= mostTries) {
      this.#pending.delete(key)
      pending.failed(new Error(`No answer to ${pending.text.slice(0, pending.text.indexOf('\r\n'))}`))
      return
    }
    this.send(pending.text)
    pending.timer = setTimeout(() => this.#again(key), T1 * 2 ** pending.tries)
  }
}

function keyOf(message: string): string {
  return `${headerOf(message, 'Call-ID')} ${headerOf(message, 'CSeq')}`
}

/** Value of the first line of that name; '' where there is none. */
export function headerOf(message: string, name: string): string {
  const start = message.indexOf(`\r\n${name}: `)
  if (start < 0) return ''
  const value = start + name.length + 4
  return message.slice(value, message.indexOf('\r\n', value))
}

/** The server is asked for more than it can do at this moment. */
export function isBusy(answer: string): boolean {
  return answer.startsWith('SIP/2.0 503')
}

/** Asks until it is accepted; a server that is busy is given time. @throws Error with an answer that refuses */
export async function untilTaken(ask: () => Promise<string>): Promise<void> {
  for (;;) {
    const answer = await ask()
    if (answer.startsWith('SIP/2.0 200')) return
    if (!isBusy(answer)) throw new Error(`The server refuses:\n${answer}`)
    await pause(1000 * Number(headerOf(answer, 'Retry-After') || 1))
  }
}

/** Does `work` for 0 to `count` - 1, a window of them at once. */
export async function forEachOf(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const run = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: window }, run))
}
