/**
 * Calls a user from a trunk, again and again, and measures the post-dial delay: from the INVITE to the first 18x. It is
 * the user's phone too, which rings and is busy, so that a call is over at once. SIPp's own times are of no use here:
 * Debian's takes them from a clock that ticks every four milliseconds.
 */
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { Times } from './times.ts'

/** Milliseconds between two calls. */
const callEvery = 10

export interface CallProbePlan {
  readonly serverPort: number
  /** A trunk's, trusted by its port. */
  readonly trunkPort: number
  /** Where the user's phone is registered. */
  readonly phonePort: number
  /** Of the user. */
  readonly number: string
}

const sdp =
  'v=0\r\no=probe 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n' +
  'a=rtpmap:8 PCMA/8000\r\n'

export class CallProbe {
  readonly times = new Times()
  readonly #plan: CallProbePlan
  readonly #trunk: Socket = createSocket('udp4')
  readonly #phone: Socket = createSocket('udp4')
  #count = 0
  #timer: NodeJS.Timeout | null = null

  constructor(plan: CallProbePlan) {
    this.#plan = plan
  }

  async start(): Promise<void> {
    const { trunkPort, phonePort } = this.#plan
    this.#trunk.on('message', (data) => this.#atTrunk(data.toString('latin1')))
    this.#phone.on('message', (data) => this.#atPhone(data.toString('latin1')))
    await new Promise<void>((resolve) => this.#trunk.bind(trunkPort, '127.0.0.1', resolve))
    await new Promise<void>((resolve) => this.#phone.bind(phonePort, '127.0.0.1', resolve))
    this.#timer = setInterval(() => this.#call(), callEvery)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#trunk.close()
    this.#phone.close()
  }

  #call(): void {
    const id = String(++this.#count)
    this.times.begin(id)
    this.#send(this.#trunk, this.#request('INVITE', id, ''), `Content-Type: application/sdp\r\n`, sdp)
  }

  #request(method: 'INVITE' | 'ACK', id: string, toTag: string): string {
    const { serverPort, trunkPort, number } = this.#plan
    const here = `127.0.0.1:${trunkPort}`
    const uri = `sip:${number}@127.0.0.1:${serverPort}`
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${here};branch=z9hG4bK-call-${id}\r\n` +
      `From: <sip:+491709999999@${here}>;tag=c${id}\r\nTo: <${uri}>${toTag}\r\nCall-ID: call-probe-${id}\r\n` +
      `CSeq: 1 ${method}\r\nContact: <sip:probe@${here}>\r\nMax-Forwards: 70\r\n`
    )
  }

  #atTrunk(text: string): void {
    const [, status = ''] = /^SIP\/2\.0 (\d{3})/.exec(text) ?? []
    const [, id = ''] = /branch=z9hG4bK-call-(\d+)/.exec(text) ?? []
    if (status.startsWith('18')) this.times.end(id)
    if (status < '200') return
    const [, toTag = ''] = /^To:[^\r]*(;tag=[^\r;]+)/im.exec(text) ?? []
    this.#send(this.#trunk, this.#request('ACK', id, toTag), '', '')
  }

  #atPhone(text: string): void {
    if (!text.startsWith('INVITE ')) return
    const back = text
      .split('\r\n')
      .filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line))
      .map((line) => (/^To:/i.test(line) ? `${line};tag=probe` : line))
      .join('\r\n')
    this.#send(this.#phone, `SIP/2.0 180 Ringing\r\n${back}\r\n`, '', '')
    this.#send(this.#phone, `SIP/2.0 486 Busy Here\r\n${back}\r\n`, '', '')
  }

  #send(socket: Socket, head: string, more: string, body: string): void {
    const text = `${head}${more}Content-Length: ${body.length}\r\n\r\n${body}`
    socket.send(text, this.#plan.serverPort, '127.0.0.1')
  }
}
