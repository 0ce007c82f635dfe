import type { ReceiveOptions, ScenarioDevice, Step } from '../wire/scenario.ts'
import { message, receive } from '../wire/scenario.ts'
import { noBody, session } from './session.ts'

export interface SendOptions {
  /** Lines from Content-Type on; `noBody` for none. */
  readonly body?: readonly string[]
  readonly extra?: readonly string[]
  /** Of another transaction, where a scenario wants something wrong or sent again. */
  readonly branch?: string
  readonly cseq?: number
  /** The parameter of To, with its semicolon. */
  readonly toTag?: string
  /** The whole value of To. */
  readonly to?: string
  readonly uri?: string
  /** SIPp sends it again until something comes, over UDP. */
  readonly repeats?: boolean
}

const contact = 'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>'

/** What a phone or a carrier that calls does: writes its requests, with the numbers and branches that belong to them. */
export class CallingSide {
  readonly device: ScenarioDevice
  readonly dialled: string
  /** The branch of its INVITE (or re-INVITE) sent last, and its number: CANCEL and ACK have the same. */
  branch = ''
  inviteNumber = 0
  #number = 0
  #branches = 0

  /** @param device without a password: a carrier, which is not asked for one */
  constructor(device: ScenarioDevice, dialled: string) {
    this.device = device
    this.dialled = dialled
  }

  #nextBranch(): string {
    this.#branches += 1
    return `z9hG4bK[pid]a${this.#branches}n[call_number]`
  }

  /** Up to what follows on the INVITE that counts: signs in where it has a password. */
  dial(options: SendOptions = {}): Step[] {
    if (this.device.password === '') return [this.invite(options), receive(100, { optional: true })]
    return [
      this.invite(options),
      receive(401, { challenge: true }),
      this.acknowledgeFailure(options.uri),
      {
        ...this.invite({ ...options, extra: [...(options.extra ?? []), this.authorization] }),
        // SIPp takes one uri of the digest for a whole run.
        authorizationUri: `${this.dialled}@${this.device.domain}`,
      },
      receive(100, { optional: true }),
    ]
  }

  /** The line that answers the challenge got last. */
  get authorization(): string {
    return `[authentication username=${this.device.userName} password=${this.device.password}]`
  }

  /** An INVITE that begins a call. */
  invite(options: SendOptions = {}): Step {
    const uri = options.uri ?? `sip:${this.dialled}@${this.device.domain}`
    return this.#send('INVITE', uri, options, { ...options, toTag: options.toTag ?? '' })
  }

  /** A request inside the dialog. */
  within(method: string, options: SendOptions = {}): Step {
    return this.#send(method, options.uri ?? '[next_url]', options, { ...options })
  }

  /** ACK to the 2xx that answered the INVITE sent last. */
  acknowledge(options: SendOptions = {}): Step {
    const cseq = options.cseq ?? this.inviteNumber
    return {
      xml: () => this.#write('ACK', options.uri ?? '[next_url]', options.branch ?? this.#nextBranch(), cseq, options),
    }
  }

  /** ACK to the failure of the INVITE sent last (RFC 3261 §17.1.1.3). */
  acknowledgeFailure(uri = `sip:${this.dialled}@${this.device.domain}`): Step {
    const { branch, inviteNumber } = this
    return { xml: () => this.#write('ACK', uri, branch, inviteNumber, {}) }
  }

  /** ACK to the failure of the re-INVITE sent last. */
  acknowledgeRefusal(): Step {
    return this.acknowledgeFailure('[next_url]')
  }

  /** CANCEL of the INVITE sent last (RFC 3261 §9.1). */
  cancel(): Step {
    const { branch, inviteNumber } = this
    const uri = `sip:${this.dialled}@${this.device.domain}`
    return { xml: () => this.#write('CANCEL', uri, branch, inviteNumber, { toTag: '', repeats: true }) }
  }

  /** Calls and talks: from the INVITE to the ACK of the answer. */
  talks(): Step[] {
    return [...this.dial(), receive(180), receive(200, { dialog: true }), this.acknowledge()]
  }

  /** Gives up while it rings. */
  givesUp(): Step[] {
    return [this.cancel(), receive(200), receive(487), this.acknowledgeFailure()]
  }

  /** A re-INVITE to its end, which is this status; `acknowledgement`: what its ACK carries. */
  reinvites(
    status: number,
    options: SendOptions = {},
    check: ReceiveOptions = { check: [{ header: 'CSeq', pattern: 'INVITE' }] },
    acknowledgement: SendOptions = {},
  ): Step[] {
    return [
      this.within('INVITE', options),
      receive(100, { optional: true }),
      receive(status, check),
      status < 300 ? this.acknowledge(acknowledgement) : this.acknowledgeRefusal(),
    ]
  }

  /** Hangs up. */
  hangUp(check: ReceiveOptions = {}): Step[] {
    return [this.within('BYE', { repeats: true }), receive(200, check)]
  }

  /** A usual call to its end, by the one who calls: from 200 on. */
  answered(check: ReceiveOptions = {}): Step[] {
    return [receive(200, { dialog: true, ...check }), this.acknowledge(), ...this.hangUp()]
  }

  #send(method: string, uri: string, options: SendOptions, written: SendOptions): Step {
    if (options.cseq === undefined) this.#number += 1
    const cseq = options.cseq ?? this.#number
    const branch = options.branch ?? this.#nextBranch()
    if (method === 'INVITE') {
      this.branch = branch
      this.inviteNumber = cseq
    }
    return { xml: () => this.#write(method, uri, branch, cseq, written) }
  }

  #write(method: string, uri: string, branch: string, cseq: number, options: SendOptions): string {
    const { device } = this
    const offers = method === 'INVITE' || method === 'UPDATE'
    return message(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=${branch}`,
        ...(options.toTag === '' ? [] : ['[routes]']),
        `From: <sip:${device.userName}@${device.domain}>;tag=[pid]c[call_number]`,
        `To: ${options.to ?? `<sip:${this.dialled}@${device.domain}>${options.toTag ?? '[peer_tag_param]'}`}`,
        'Call-ID: [call_id]',
        `CSeq: ${cseq} ${method}`,
        'Max-Forwards: 70',
        ...(offers ? [contact] : []),
        ...(options.extra ?? []),
        ...(options.body ?? (method === 'INVITE' ? session() : noBody)),
      ],
      options.repeats ? ' retrans="500"' : '',
    )
  }
}
