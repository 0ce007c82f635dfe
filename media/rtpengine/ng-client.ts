import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import type { Bencoded } from './bencode.ts'
import { bdecode, bencode } from './bencode.ts'

/** What rtpengine answers: `result` is `ok`, `pong`, or `error` with `error-reason`. */
export type NgAnswer = { readonly [key: string]: Bencoded }

/** A question is asked again after so long, and given up after the last; milliseconds. */
const patience = [250, 500, 1000, 1500]
/** Questions that may wait for their answers. */
const mostWaiting = 4096

interface Waiting {
  readonly answered: (answer: NgAnswer) => void
  readonly datagram: Buffer
  attempts: number
  timer: NodeJS.Timeout
}

/** Speaks rtpengine's ng protocol: a cookie and a dictionary in a datagram, and so the answer. */
export class NgClient {
  readonly #socket: Socket
  readonly #address: string
  readonly #port: number
  readonly #waiting = new Map<string, Waiting>()
  readonly #prefix: string
  #count = 0

  /** @param prefix of cookies: other than those of clients before, whose answers rtpengine keeps for a while */
  constructor(address: string, port: number, prefix: string) {
    this.#address = address
    this.#port = port
    this.#prefix = prefix
    this.#socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    this.#socket.on('error', () => undefined)
    this.#socket.on('message', (datagram) => this.#received(datagram.toString('latin1')))
  }

  /**
   * Asks, and asks again with the same cookie where no answer comes: rtpengine then gives the same answer.
   * @param answered once; `{ result: 'error', 'error-reason': ... }` where it never answers
   */
  ask(command: string, parameters: { readonly [key: string]: Bencoded }, answered: (answer: NgAnswer) => void): void {
    if (this.#waiting.size >= mostWaiting) {
      answered({ result: 'error', 'error-reason': 'Too many questions wait for rtpengine' })
      return
    }
    const cookie = `${this.#prefix}${this.#count++}`
    const datagram = Buffer.from(`${cookie} ${bencode({ command, ...parameters })}`, 'latin1')
    const waiting: Waiting = {
      answered,
      datagram,
      attempts: 0,
      timer: setTimeout(() => this.#again(cookie), patience[0]),
    }
    this.#waiting.set(cookie, waiting)
    this.#send(datagram)
  }

  /** @param told the address of ours from which it is reached; '' where there is no way to it */
  ownAddress(told: (address: string) => void): void {
    const socket = createSocket(this.#address.includes(':') ? 'udp6' : 'udp4')
    socket.on('error', () => {
      socket.close()
      told('')
    })
    socket.connect(this.#port, this.#address, () => {
      const { address } = socket.address()
      socket.close()
      told(address)
    })
  }

  close(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
    this.#socket.close()
  }

  #again(cookie: string): void {
    const waiting = this.#waiting.get(cookie)
    if (waiting === undefined) return
    waiting.attempts++
    const next = patience[waiting.attempts]
    if (next === undefined) {
      this.#waiting.delete(cookie)
      waiting.answered({
        result: 'error',
        'error-reason': `rtpengine at ${this.#address}:${this.#port} does not answer`,
      })
      return
    }
    waiting.timer = setTimeout(() => this.#again(cookie), next)
    this.#send(waiting.datagram)
  }

  #send(datagram: Buffer): void {
    this.#socket.send(datagram, this.#port, this.#address, () => undefined)
  }

  #received(text: string): void {
    const space = text.indexOf(' ')
    const waiting = this.#waiting.get(text.slice(0, space))
    const answer = bdecode(text.slice(space + 1))
    if (waiting === undefined || typeof answer !== 'object' || Array.isArray(answer)) return
    this.#waiting.delete(text.slice(0, space))
    clearTimeout(waiting.timer)
    waiting.answered(answer as NgAnswer)
  }
}
