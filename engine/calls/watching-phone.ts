/** For tests: a phone that subscribes in a `CallWorld`. */
import { DigestAccount } from '../sip/digest-client.ts'
import { parseMessage } from '../sip/message.ts'
import { countingRandom } from '../sip/recording-network.ts'
import type { Flow } from '../sip/transport.ts'
import type { CallWorld } from './call-world.ts'
import { headerOf } from './call-world.ts'

/** A company with two users more than `companyOfAnna`, one of them at another site. */
export const companyOfLamps = `
account: { name: Acme }
pbxs:
  - { id: north, name: North, domain: north.test, country: GB, pickup: same-site }
  - { id: south, name: South, domain: south.test, dialCode: '22', country: GB }
sites:
  - { id: n, name: N, pbx: north, timeZone: Europe/London }
  - { id: m, name: M, pbx: north, timeZone: Europe/London }
  - { id: s, name: S, pbx: south, timeZone: Europe/London }
users:
  - { userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001, ringSeconds: 120 }
  - { userName: ben, firstName: Ben, lastName: B, email: a@b.c, site: n, extension: 1002 }
  - { userName: cora, firstName: Cora, lastName: C, email: a@b.c, site: m, extension: 1003, doNotDisturb: true }
  - { userName: dora, firstName: Dora, lastName: D, email: a@b.c, site: s, extension: 2001 }
devices:
  - { user: anna, sipUserName: anna, password: '12345678' }
  - { user: ben, sipUserName: ben, password: '12345678' }
  - { user: cora, sipUserName: cora, password: '12345678' }
phoneNumbers: [{ number: +442079460101, user: anna }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`

/** A NOTIFY as its phone got it. */
export interface Notified {
  readonly text: string
  readonly state: string
  readonly sequence: number
  readonly body: string
}

export class WatchingPhone {
  readonly #world: CallWorld
  readonly #account: DigestAccount
  readonly name: string
  flow: Flow
  #sent = 0

  constructor(world: CallWorld, name: string, flow: Flow) {
    this.#world = world
    this.name = name
    this.flow = flow
    this.#account = new DigestAccount(name, '12345678', countingRandom())
  }

  /**
   * Sends a SUBSCRIBE, again with its password where it is asked for it.
   *
   * @param headers whole lines: Event, Expires, Accept
   * @param within the answer to the SUBSCRIBE that it refreshes
   * @returns the final answer
   */
  subscribe(uri: string, headers: string, within = ''): string {
    const number = this.#sent + 1
    const from = within === '' ? `<sip:${this.name}@north.test>;tag=${this.name}${number}` : headerOf(within, 'From')
    const to = within === '' ? `<${uri}>` : headerOf(within, 'To')
    const callId = within === '' ? `${this.name}-${number}` : headerOf(within, 'Call-ID')
    return this.#send('SUBSCRIBE', uri, from, to, callId, headers)
  }

  /** Registers where it is. @returns the final answer */
  register(): string {
    const own = `<sip:${this.name}@north.test>`
    return this.#send('REGISTER', 'sip:north.test', `${own};tag=r`, own, `${this.name}-r`, '')
  }

  #send(method: string, uri: string, from: string, to: string, callId: string, headers: string): string {
    const { transport, address, port } = this.flow
    for (let tries = 0; tries < 3; tries++) {
      const number = ++this.#sent
      this.#world.server.receive(
        `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/${transport} ${address}:${port};rport;` +
          `branch=z9hG4bK${this.name}${number}\r\nFrom: ${from}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\n` +
          `CSeq: ${number} ${method}\r\nContact: <sip:${this.name}@${address}:${port}>\r\n` +
          `Max-Forwards: 70\r\n${this.#account.sign(method, uri)}${headers}Content-Length: 0\r\n\r\n`,
        this.flow,
      )
      const answer = this.#world.one('SIP/2.0', this.flow)
      const message = parseMessage(answer)
      if (message?.status !== 401 || !this.#account.challenged(message, tries)) return answer
    }
    throw new Error('it is asked for its password again and again')
  }

  /** NOTIFYs since the last look, oldest first; each is answered where `status` is not 0. */
  notified(status = 200, headers = ''): Notified[] {
    return this.#world.taken('NOTIFY', this.flow).map((text) => {
      if (status !== 0) this.answer(text, status, headers)
      return {
        text,
        state: headerOf(text, 'Subscription-State'),
        sequence: Number.parseInt(headerOf(text, 'CSeq'), 10),
        body: text.slice(text.indexOf('\r\n\r\n') + 4),
      }
    })
  }

  answer(notify: string, status: number, headers = ''): void {
    this.#world.server.receive(
      `SIP/2.0 ${status} Answer\r\nVia: ${headerOf(notify, 'Via')}\r\nFrom: ${headerOf(notify, 'From')}\r\n` +
        `To: ${headerOf(notify, 'To')}\r\nCall-ID: ${headerOf(notify, 'Call-ID')}\r\nCSeq: ${headerOf(notify, 'CSeq')}\r\n` +
        `${headers}Content-Length: 0\r\n\r\n`,
      this.flow,
    )
  }
}

/** The dialogs of a dialog-info document in one line: `early recipient tags sip:ben@north.test, ...`. */
export function shownIn(body: string): string {
  const shown: string[] = []
  for (const [, attributes = '', content = ''] of body.matchAll(/<dialog ([^>]*)>(.*?)<\/dialog>/gs)) {
    const state = /<state>(.*?)<\/state>/.exec(content)?.[1] ?? ''
    const direction = /direction="(.*?)"/.exec(attributes)?.[1] ?? ''
    const remote = /<identity[^>]*>(.*?)<\/identity>/.exec(content)?.[1] ?? ''
    shown.push([state, direction, attributes.includes('call-id=') ? 'tags' : '', remote].filter(Boolean).join(' '))
  }
  return shown.join(', ')
}

/** Status code and value of a header of an answer: `200 3600`. */
export function answerOf(text: string, header: string): string {
  return `${text.slice(8, 11)} ${headerOf(text, header)}`.trim()
}
