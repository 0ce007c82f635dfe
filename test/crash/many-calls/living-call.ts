import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../../wire/call.ts'
import { IncomingCall, OutgoingCall } from '../../wire/call.ts'
import type { ClientTransaction } from '../../wire/endpoint.ts'
import type { HeaderLine, SipMessage } from '../../wire/message.ts'
import type { Address } from '../../wire/wires.ts'
import type { ManyUsers, Somebody } from './many-users.ts'
import { domain } from './many-users.ts'
import { afterCrash, OwnPhone } from './own-phone.ts'
import { Voice } from './voice.ts'

/** What was done in a call before the crash. */
export const callKinds = ['plain', 'held', 'recorded', 'transferred', 'parked'] as const
export type CallKind = (typeof callKinds)[number]

/** What its record has to say when all is over. */
export interface ExpectedRecord {
  readonly caller: string
  readonly callee: string
  /** Who ends it, '' where the server does, because the call goes on as another. */
  readonly endedBy: 'caller' | 'callee' | 'any'
  /** It goes on as the next one of these. */
  readonly goesOn: boolean
}

/** One call that is established before the crash, and ended after it. */
export class LivingCall {
  readonly kind: CallKind
  readonly caller: Somebody
  readonly callee: Somebody
  readonly phones: readonly OwnPhone[]
  /** Who is there at the moment of the crash; `null`: nobody but the server, which has parked the other side. */
  readonly one: Call
  readonly other: Call | null
  readonly third: Somebody | null
  readonly slot: string

  private constructor(
    kind: CallKind,
    people: readonly [Somebody, Somebody, Somebody | null],
    phones: readonly OwnPhone[],
    one: Call,
    other: Call | null,
    slot: string,
  ) {
    this.kind = kind
    this.caller = people[0]
    this.callee = people[1]
    this.third = people[2]
    this.phones = phones
    this.one = one
    this.other = other
    this.slot = slot
  }

  static async establish(
    server: Address,
    users: ManyUsers,
    kind: CallKind,
    transports: readonly ['UDP' | 'TCP', 'UDP' | 'TCP'],
    slot: string,
  ): Promise<LivingCall> {
    const [caller, callee] = [users.next(), kind === 'recorded' ? users.nextRecorded() : users.next()]
    const third = kind === 'transferred' || kind === 'parked' ? users.next() : null
    const phones = await Promise.all([
      OwnPhone.register(server, caller, transports[0]),
      OwnPhone.register(server, callee, transports[1]),
      ...(third === null ? [] : [OwnPhone.register(server, third, transports[1])]),
    ])
    const [calling, called, last] = phones
    if (kind === 'recorded') for (const phone of phones) phone.voice = await Voice.open()
    const outgoing = await OutgoingCall.start(calling!.endpoint, callee.extension, { body: calling!.session() })
    const incoming = await IncomingCall.next(called!.endpoint)
    incoming.ring()
    incoming.answer(called!.session())
    const [answer] = await Promise.all([outgoing.answered(), incoming.acknowledged()])
    calling!.voice?.speakTo(answer.body)
    called!.voice?.speakTo(incoming.invite.body)
    const made = (other: Call | null) => new LivingCall(kind, [caller, callee, third], phones, outgoing, other, slot)
    switch (kind) {
      case 'plain':
      case 'recorded':
        return made(incoming)
      case 'held':
        await hold(incoming, called!)
        return made(incoming)
      case 'parked':
        await refer(incoming, called!, slot)
        return made(null)
      case 'transferred': {
        const referred = refer(incoming, called!, third!.extension)
        const taken = await IncomingCall.next(last!.endpoint)
        taken.ring()
        taken.answer(last!.session())
        await taken.acknowledged()
        await referred
        return made(taken)
      }
      default:
        return kind satisfies never
    }
  }

  /** Ends it by one side, and waits for the end of the other. Gives the time of the answer to the BYE. */
  async end(byCaller: boolean): Promise<number> {
    const other = this.other ?? (byCaller ? null : await this.#fetch())
    const [ending, ended] = byCaller || other === null ? [this.one, other] : [other, this.one]
    const bye = this.#back(ending).then(() => signedBye(ending))
    const [response] = await Promise.all([bye, ended?.hungUp(afterCrash)])
    if (response.status !== 200) throw new Error(`BYE of a ${this.kind} call: ${response.text}`)
    return performance.now()
  }

  /** A phone whose connection is gone has nothing by which it could end a call before it has another one. */
  async #back(call: Call): Promise<void> {
    const phone = this.phones.find(({ endpoint }) => endpoint === call.endpoint)
    while (phone?.endpoint.transport === 'TCP' && phone.backAt === 0) await sleep(20)
  }

  /** Somebody fetches who waits in the slot. */
  async #fetch(): Promise<Call> {
    const phone = this.phones[2]!
    const fetching = await OutgoingCall.start(phone.endpoint, this.slot, { body: phone.session() })
    await fetching.answered('', afterCrash)
    return fetching
  }

  /** In order of their beginning. */
  records(byCaller: boolean): readonly ExpectedRecord[] {
    const endedBy = byCaller ? 'caller' : 'callee'
    const [caller, callee] = [this.caller.id, this.callee.id]
    if (this.kind === 'transferred')
      return [
        { caller, callee, endedBy: 'any', goesOn: true },
        { caller: callee, callee: this.third?.id ?? '', endedBy, goesOn: false },
      ]
    return [
      {
        caller,
        callee,
        endedBy: this.kind === 'parked' ? 'any' : endedBy,
        goesOn: this.kind === 'parked' && !byCaller,
      },
    ]
  }

  async close(): Promise<void> {
    await Promise.all(this.phones.map((phone) => phone.close()))
  }
}

async function hold(call: Call, phone: OwnPhone): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { status, text } = await call.reinvite(phone.session('sendonly'))
    if (status === 200) return
    // The ACK of the other side may still be under way (RFC 3261 §14.2).
    if ((status !== 491 && status !== 500) || tries > 10) throw new Error(text)
    await sleep(100)
  }
}

/** Hands the other side of a call on, and leaves it. */
async function refer(call: Call, phone: OwnPhone, to: string): Promise<void> {
  const response = await call.established
    .request('REFER', [
      ['Contact', phone.endpoint.contact],
      ['Refer-To', `<sip:${to}@${domain}>`],
    ])
    .final()
  if (response.status !== 202) throw new Error(`REFER to ${to}: ${response.text}`)
  await call.hungUp()
  if (!phone.referred.at(-1)?.startsWith('SIP/2.0 200')) throw new Error(`Not handed on: ${phone.referred.join(', ')}`)
}

/** BYE of a phone that may have a new connection by now: then it is asked to sign in again (docs/trust.md). */
async function signedBye(call: Call): Promise<SipMessage> {
  const first = await call.established.request('BYE').final(afterCrash)
  if (first.status !== 401) return first
  const uri = call.established.remoteTarget
  const headers: HeaderLine[] = [call.endpoint.authorization(first, 'BYE', uri)]
  const again: ClientTransaction = call.established.request('BYE', headers)
  return again.final(afterCrash)
}
