/** For tests: a phone that makes calls in a `CallWorld`, and what it gets for them. */
import { DigestAccount } from '../sip/digest-client.ts'
import { parseMessage } from '../sip/message.ts'
import { countingRandom } from '../sip/recording-network.ts'
import type { Flow } from '../sip/transport.ts'
import type { CallWorld } from './call-world.ts'
import { headerOf } from './call-world.ts'

export class DiallingPhone {
  readonly name: string
  readonly flow: Flow
  readonly #world: CallWorld
  readonly #account: DigestAccount
  readonly #domain: string
  #sent = 0
  #invite = ''

  /** @param name its SIP user name; it is registered */
  constructor(world: CallWorld, name: string, flow: Flow, domain = 'north.test') {
    this.#domain = domain
    this.name = name
    this.flow = flow
    this.#world = world
    this.#account = new DigestAccount(name, '12345678', countingRandom())
    world.register(name, flow)
  }

  /** A session description of this phone's. */
  get sdp(): string {
    const { address } = this.flow
    return `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n`
  }

  /** @returns what it has got, the newest last: 100, perhaps 18x, perhaps a final answer */
  dial(dialled: string, headers = '', body = this.sdp): string[] {
    return this.#signed('INVITE', dialled, headers, body)
  }

  /** Writes to somebody. `headers`: Content-Type among them. @returns the final answer */
  write(to: string, text: string, headers = 'Content-Type: text/plain\r\n'): string {
    return this.#signed('MESSAGE', to, headers, text).at(-1) ?? ''
  }

  #signed(method: string, dialled: string, headers: string, body: string): string[] {
    const callId = `call${this.#sent}@${this.flow.address}`
    const from = `<sip:${this.name}@${this.#domain}>;tag=${this.name}${this.#sent}`
    const uri = `sip:${dialled}@${this.#domain}`
    for (let tries = 0; ; tries++) {
      this.#send(method, uri, from, `<${uri}>`, callId, headers, body)
      const answers = this.#world.taken('SIP/2.0', this.flow)
      const last = parseMessage(answers.at(-1) ?? '')
      if (last?.status !== 401 || tries > 1 || !this.#account.challenged(last, tries)) return answers
    }
  }

  /** Gives up the call dialled last. */
  cancel(): void {
    const lines = /^(?:Via|From|To|Call-ID): .*\r\n/gm
    const uri = this.#invite.split(' ')[1]
    this.#world.server.receive(
      `CANCEL ${uri} SIP/2.0\r\n${[...this.#invite.matchAll(lines)].map(([line]) => line).join('')}` +
        `CSeq: ${Number.parseInt(headerOf(this.#invite, 'CSeq'), 10)} CANCEL\r\nContent-Length: 0\r\n\r\n`,
      this.flow,
    )
  }

  /** A request in the dialog that this final answer made; ACK has the number of the INVITE. */
  within(answer: string, method: string, headers = '', body = ''): void {
    const number = method === 'ACK' ? Number.parseInt(headerOf(answer, 'CSeq'), 10) : 0
    const uri = 'sip:192.0.2.1'
    this.#send(
      method,
      uri,
      headerOf(answer, 'From'),
      headerOf(answer, 'To'),
      headerOf(answer, 'Call-ID'),
      headers,
      body,
      number,
    )
  }

  /** Answers a request that came here. `tag`: ours, where the request has none. */
  respond(request: string, status: number, headers = '', body = '', tag = this.name): void {
    const to = headerOf(request, 'To')
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
    this.#world.server.receive(
      `SIP/2.0 ${status} Answer\r\nVia: ${headerOf(request, 'Via')}\r\nFrom: ${headerOf(request, 'From')}\r\n` +
        `To: ${to.includes(';tag=') ? to : `${to};tag=${tag}`}\r\nCall-ID: ${headerOf(request, 'Call-ID')}\r\n` +
        `CSeq: ${headerOf(request, 'CSeq')}\r\nContact: <sip:${this.name}@${this.flow.address}:5070>\r\n` +
        `${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`,
      this.flow,
    )
  }

  /** The one message that came here and begins so. */
  one(start: string): string {
    return this.#world.one(start, this.flow)
  }

  #send(
    method: string,
    uri: string,
    from: string,
    to: string,
    callId: string,
    headers: string,
    body: string,
    sequence = 0,
  ): void {
    const { transport, address, port } = this.flow
    const number = ++this.#sent
    const type = body === '' || method === 'MESSAGE' ? '' : 'Content-Type: application/sdp\r\n'
    const text =
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/${transport} ${address}:${port};branch=z9hG4bK${this.name}d${number}\r\n` +
      `From: ${from}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${sequence === 0 ? number : sequence} ${method}\r\n` +
      `Contact: <sip:${this.name}@${address}:${port}>\r\nMax-Forwards: 70\r\n${this.#account.sign(method, uri)}` +
      `${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`
    if (method === 'INVITE') this.#invite = text
    this.#world.server.receive(text, this.flow)
  }
}
