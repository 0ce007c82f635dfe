/** Feeds messages to a running server over real sockets and sees what comes back. */
import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fresh, patience } from '../wire/endpoint.ts'
import type { Address } from '../wire/wires.ts'
import type { Outcome } from './acceptable.ts'
import { faultOfAnswer, identityOf } from './identity.ts'

/** How long an answer is waited for where the server was seen to be past the message, ms. */
const grace = 300

export interface LiveResult {
  readonly outcome: Outcome
  /** What is wrong with the answer itself; '' for nothing. */
  readonly fault: string
}

/**
 * A peer of the server at one address, with a UDP socket for each port that answers may go to: the port of the Via, or
 * 5060 where it names none (RFC 3261 §18.2.2).
 */
export class TorturePeer {
  readonly #server: Address
  readonly #address: string
  readonly #sockets = new Map<number, Promise<Socket>>()
  #received: string[] = []

  constructor(server: Address, address: string) {
    this.#server = server
    this.#address = address
  }

  /** Sends one datagram and gives the final answer to it; `silence` where the server then answers an OPTIONS first. */
  async overUdp(text: string): Promise<LiveResult> {
    const { port } = identityOf(text)
    const socket = await this.#socket(port)
    this.#received = []
    this.#send(socket, text)
    const probe = this.#probe('UDP', port)
    const answered = await this.#untilProbed(probe, () => this.#send(socket, probe))
    if (!answered) throw new Error(`The server answers no OPTIONS any more after:\n${text}`)
    return resultOf(text, probe, this.#received)
  }

  /** Sends a message as all there is on a connection, and likewise. */
  async overTcp(text: string): Promise<LiveResult> {
    const socket = connect({ host: this.#server.address, port: this.#server.port, localAddress: this.#address })
    let stream = ''
    let answers: string[] = []
    let closed = false
    socket.on('data', (bytes) => {
      stream += bytes.toString('latin1')
      answers = stream.split(/(?=SIP\/2\.0 \d{3} )/)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      closed = true
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve())
      socket.once('close', () => reject(new Error('The server takes no connection')))
    })
    const probe = this.#probe('TCP', 5060)
    socket.write(Buffer.from(text + probe, 'latin1'))
    const branch = branchOf(probe)
    const deadline = performance.now() + patience
    const quiet = performance.now() + grace
    while (!closed && !answers.some((answer) => answer.includes(branch)) && performance.now() < deadline) {
      await sleep(5)
      if (performance.now() < quiet || answers.length > 0) continue
      // Behind a message whose end is not known the probe is taken for a part of it. One by UDP shows that the server is
      // past both.
      await this.#probeByUdp()
      await sleep(grace)
      if (answers.length === 0) break
    }
    const result = resultOf(text, probe, answers)
    const ended = closed
    socket.destroy()
    return ended && result.outcome.kind === 'silence' ? { outcome: { kind: 'closed' }, fault: '' } : result
  }

  async #probeByUdp(): Promise<void> {
    const socket = await this.#socket(0)
    const probe = this.#probe('UDP', 5060)
    if (!(await this.#untilProbed(probe, () => this.#send(socket, probe)))) throw new Error('The server is silent')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.values()) (await socket).close()
  }

  #send(socket: Socket, text: string): void {
    socket.send(Buffer.from(text, 'latin1'), this.#server.port, this.#server.address)
  }

  #probe(transport: 'UDP' | 'TCP', port: number): string {
    const host = this.#address.includes(':') ? `[${this.#address}]` : this.#address
    return (
      `OPTIONS sip:still-there@${host} SIP/2.0\r\nVia: SIP/2.0/${transport} ${host}:${port};rport;branch=${fresh('z9hG4bK')}\r\n` +
      `From: <sip:probe@${host}>;tag=p\r\nTo: <sip:still-there@${host}>\r\nCall-ID: ${fresh('probe')}\r\n` +
      'CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n'
    )
  }

  /** Sends a probe, again where it is lost, until it is answered. */
  async #untilProbed(probe: string, send: () => void): Promise<boolean> {
    const branch = branchOf(probe)
    const deadline = performance.now() + patience
    while (performance.now() < deadline) {
      send()
      const again = performance.now() + grace
      while (performance.now() < again) {
        await sleep(2)
        if (this.#received.some((answer) => answer.includes(branch))) return true
      }
    }
    return false
  }

  #socket(port: number): Promise<Socket> {
    const known = this.#sockets.get(port)
    if (known !== undefined) return known
    const opened = new Promise<Socket>((resolve, reject) => {
      const socket = createSocket({ type: this.#address.includes(':') ? 'udp6' : 'udp4' })
      socket.once('error', reject)
      socket.on('message', (bytes) => this.#received.push(bytes.toString('latin1')))
      socket.bind({ address: this.#address, port, exclusive: true }, () => resolve(socket))
    })
    this.#sockets.set(port, opened)
    return opened
  }
}

/** What a server's messages, other than the answer to the probe, say of `text`. */
function resultOf(text: string, probe: string, received: readonly string[]): LiveResult {
  const probed = branchOf(probe)
  const answers = received.filter((answer) => !answer.includes(probed))
  const [answer, further] = answers
  if (answer === undefined) return { outcome: { kind: 'silence' }, fault: '' }
  const line = /^SIP\/2\.0 (\d{3}) ([^\r]*)\r\n/.exec(answer)
  if (line === null) return { outcome: { kind: 'silence' }, fault: `no answer: ${answer}` }
  const outcome: Outcome = { kind: 'answered', status: Number(line[1]), phrase: line[2] ?? '' }
  if (further !== undefined) return { outcome, fault: `a second answer: ${further}` }
  return { outcome, fault: faultOfAnswer(text, answer) }
}

function branchOf(text: string): string {
  return /branch=([^;\r]+)/.exec(text)?.[1] ?? ''
}
