import type { ReceiveOptions, Step } from '../wire/scenario.ts'
import { message, receive } from '../wire/scenario.ts'
import { noBody, session } from './session.ts'

export interface ResponseOptions {
  readonly body?: readonly string[]
  readonly extra?: readonly string[]
  /** The whole line; '' for none. */
  readonly contact?: string
  /** Without a To-tag. */
  readonly untagged?: boolean
}

const ownContact = 'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>'

/** What a phone or a carrier that is called does. Takes up its INVITE, so that it can answer it after other requests. */
export class CalledSide {
  #number = 0
  #branches = 0
  #branch = ''
  #inviteNumber = 0

  /** Waits for the INVITE. */
  invite(options: ReceiveOptions = {}): Step {
    const keep = { inviteVia: 'Via', inviteFrom: 'From', inviteTo: 'To', inviteNumber: 'CSeq', ...options.keep }
    return receive('INVITE', { dialog: true, ...options, keep })
  }

  /** Waits for a re-INVITE that is answered after other requests. */
  reinvite(options: ReceiveOptions = {}): Step {
    return receive('INVITE', { ...options, keep: { againVia: 'Via', againNumber: 'CSeq' } })
  }

  /** Answers the INVITE. */
  answer(status: number, reason: string, options: ResponseOptions = {}): Step {
    return {
      xml: () =>
        message([
          `SIP/2.0 ${status} ${reason}`,
          'Via:[$inviteVia]',
          'From:[$inviteFrom]',
          `To:[$inviteTo]${options.untagged ? '' : ';tag=[pid]u[call_number]'}`,
          'Call-ID: [call_id]',
          'CSeq:[$inviteNumber]',
          ...this.#contact(options),
          ...(options.extra ?? []),
          ...(options.body ?? (status === 200 ? session() : noBody)),
        ]),
    }
  }

  get rings(): Step[] {
    return [this.invite(), this.answer(180, 'Ringing')]
  }

  /** Rings and answers. */
  get picksUp(): Step[] {
    return [...this.rings, this.answer(200, 'OK'), this.acknowledged()]
  }

  /** A usual call to its end. */
  get isCalled(): Step[] {
    return [...this.picksUp, ...this.isHungUp]
  }

  /** Waits for the ACK to the 200. */
  acknowledged(options: ReceiveOptions = {}): Step {
    return receive('ACK', { ...options, keep: { remoteParty: 'From', localParty: 'To' } })
  }

  /** A re-INVITE that it answers at once. */
  isReinvited(status: number, reason: string, options: ResponseOptions = {}, check: ReceiveOptions = {}): Step[] {
    const answer = status < 300 ? { body: session(), ...options } : options
    return [receive('INVITE', check), this.reply(status, reason, answer), receive('ACK')]
  }

  get isHungUp(): Step[] {
    return [receive('BYE'), this.reply(200, 'OK')]
  }

  /** Is rung, and cancelled. */
  cancelled(check: ReceiveOptions = {}): Step[] {
    return [receive('CANCEL', check), this.reply(200, 'OK'), this.answer(487, 'Request Terminated'), receive('ACK')]
  }

  /** Answers the request received last. */
  reply(status: number, reason: string, options: ResponseOptions = {}): Step {
    return {
      xml: () =>
        message([
          `SIP/2.0 ${status} ${reason}`,
          '[last_Via:]',
          '[last_From:]',
          '[last_To:]',
          '[last_Call-ID:]',
          '[last_CSeq:]',
          ...this.#contact(options),
          ...(options.extra ?? []),
          ...(options.body ?? noBody),
        ]),
    }
  }

  /** Answers the re-INVITE that was taken up, though other requests have come since. */
  replyToReinvite(status: number, reason: string, options: ResponseOptions = {}): Step {
    return {
      xml: () =>
        message([
          `SIP/2.0 ${status} ${reason}`,
          'Via:[$againVia]',
          'From:[$remoteParty]',
          'To:[$localParty]',
          'Call-ID: [call_id]',
          'CSeq:[$againNumber]',
          ...this.#contact(options),
          ...(options.extra ?? []),
          ...(options.body ?? (status === 200 ? session() : noBody)),
        ]),
    }
  }

  /** A request of its own inside the dialog, after `acknowledged`. */
  within(
    method: string,
    options: { readonly body?: readonly string[]; readonly extra?: readonly string[] } = {},
  ): Step {
    this.#number += 1
    this.#branches += 1
    const branch = `z9hG4bK[pid]b${this.#branches}n[call_number]`
    if (method === 'INVITE') {
      this.#branch = branch
      this.#inviteNumber = this.#number
    }
    return this.#request(method, branch, this.#number, options.body, options.extra)
  }

  /** ACK to the 2xx that answered the re-INVITE sent last. */
  acknowledge(): Step {
    this.#branches += 1
    return this.#request('ACK', `z9hG4bK[pid]b${this.#branches}n[call_number]`, this.#inviteNumber)
  }

  /** ACK to the failure of the re-INVITE sent last. */
  acknowledgeRefusal(): Step {
    return this.#request('ACK', this.#branch, this.#inviteNumber)
  }

  #request(
    method: string,
    branch: string,
    cseq: number,
    body: readonly string[] = method === 'INVITE' ? session() : noBody,
    extra: readonly string[] = [],
  ): Step {
    return {
      xml: () =>
        message([
          `${method} [next_url] SIP/2.0`,
          `Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=${branch}`,
          '[routes]',
          'From:[$localParty]',
          'To:[$remoteParty]',
          'Call-ID: [call_id]',
          `CSeq: ${cseq} ${method}`,
          'Max-Forwards: 70',
          ...(method === 'INVITE' || method === 'UPDATE' ? [ownContact] : []),
          ...extra,
          ...body,
        ]),
    }
  }

  #contact({ contact = ownContact }: ResponseOptions): string[] {
    return contact === '' ? [] : [contact]
  }
}
