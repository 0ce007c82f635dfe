/**
 * For tests: the trunk's call to anna, answered, with ben and cleo at their phones, so that she can hand it on. What
 * everybody says is written out by the test.
 */
import type { Snapshot } from '../../config/snapshot.ts'
import { route } from '../../router/route.ts'
import { parseMessage } from '../../sip/message.ts'
import { flowBy } from '../../sip/recording-network.ts'
import type { Flow } from '../../sip/transport.ts'
import { begunCall } from '../begun-call.ts'
import { CallWorld, companyOfAnna, headerOf, phoneFlow, tagOf, trunkFlow } from '../call-world.ts'
import { RingingCall } from '../ringing-call.ts'
import { attemptOfUser } from './place-call.ts'

/** The configuration document that goes with it. */
export const companyOfThree = companyOfAnna.replace(
  ']\ndevices: [',
  `,
  { userName: ben, firstName: Ben, lastName: B, email: b@b.c, site: n, extension: 1002, ringSeconds: 20 },
  { userName: cleo, firstName: Cleo, lastName: C, email: c@b.c, site: n, extension: 1003 },
]\ndevices: [{ user: ben, sipUserName: ben, password: '12345678' }, { user: cleo, sipUserName: cleo, password: '12345678' }, `,
)

export const benFlow: Flow = flowBy('UDP', '192.0.2.10', 5070)
export const cleoFlow: Flow = flowBy('UDP', '192.0.2.11', 5070)

export class TransferWorld extends CallWorld {
  /** Our INVITE to anna, which began the call. */
  readonly invited: string
  /** Our tag towards the trunk. */
  readonly trunkTag: string
  /** CSeq of anna's newest request. */
  annaSequence = 0

  constructor(snapshot: Snapshot) {
    super(snapshot)
    this.register('ben', benFlow)
    this.register('cleo', cleoFlow)
    this.invite('', 'v=0 trunk\r\n')
    this.invited = this.one('INVITE', phoneFlow)
    this.respond(this.invited, phoneFlow, 200, 'anna', '', 'v=0 anna\r\n')
    this.trunkTag = tagOf(this.one('SIP/2.0 200', trunkFlow), 'To')
    this.fromTrunk('ACK', this.trunkTag, 1)
    this.one('ACK', phoneFlow)
    this.taken('', trunkFlow)
  }

  /** A request of anna's in her call with the trunk. */
  fromAnna(method: string, headers = ''): void {
    this.annaSequence++
    this.fromPhone(this.invited, 'anna', method, this.annaSequence, headers)
  }

  /** Anna's REFER, and the first NOTIFY, which she takes. */
  refers(target: string, headers = ''): void {
    this.fromAnna('REFER', `Refer-To: <${target}>\r\n${headers}`)
    this.one('SIP/2.0 202', phoneFlow)
    this.takesNotify('SIP/2.0 100 Trying')
  }

  /** Anna has got one NOTIFY with this body, and takes it. @returns the NOTIFY */
  takesNotify(body: string): string {
    const notify = this.one('NOTIFY', phoneFlow)
    const got = notify.slice(notify.indexOf('\r\n\r\n') + 4).trim()
    if (got !== body) throw new Error(`anna was told ${got} and not ${body}`)
    this.respond(notify, phoneFlow, 200, '')
    return notify
  }

  /** Anna, whose password was asked already, calls somebody else besides: her consultation. `headers`: whole lines. */
  consults(dialled: string, headers = ''): void {
    const { server } = this
    const request = parseMessage(
      `INVITE sip:${dialled}@north.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKconsults\r\n` +
        `From: <sip:anna@north.test>;tag=c\r\nTo: <sip:${dialled}@north.test>\r\nCall-ID: second\r\nCSeq: 1 INVITE\r\n` +
        `Contact: <sip:anna@192.0.2.9:5070>\r\nMax-Forwards: 70\r\n${headers}Content-Type: application/sdp\r\n` +
        'Content-Length: 13\r\n\r\nv=0 consults\n',
    )
    const attempt = attemptOfUser(server, 'anna', dialled, '')
    if (request === null || attempt === null) throw new Error('The test is wrong')
    const party = { kind: 'user', id: 'anna', title: '1001 Anna A' } as const
    const transaction = server.transactions.acceptInvite(request, phoneFlow)
    const decision = route(server.snapshot, server.usage, attempt, this.clock.now())
    const call = new RingingCall(server, attempt, { party, request, flow: phoneFlow, transaction })
    server.events.began(
      begunCall(
        1,
        call.id,
        this.clock.now(),
        request,
        phoneFlow,
        attempt,
        party,
        server.routeNotes.take(decision),
        null,
      ),
    )
    call.start(decision)
  }

  /** A request of anna's in her consultation, with our `tag`. */
  inConsultation(method: string, tag: string, cseq: number, headers = ''): void {
    this.server.receive(
      `${method} sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKc${method}${cseq}\r\n` +
        `From: <sip:anna@north.test>;tag=c\r\nTo: <sip:1002@north.test>;tag=${tag}\r\nCall-ID: second\r\n` +
        `CSeq: ${cseq} ${method}\r\nMax-Forwards: 70\r\n${headers}Content-Length: 0\r\n\r\n`,
      phoneFlow,
    )
  }

  /** What is left when all is over: nothing. */
  get leftovers(): readonly (string | number | boolean)[] {
    const { calls, usage } = this.server
    return [calls.count, calls.dialogs, usage.idle, ...this.entries]
  }

  /** Each side that is told goodbye says yes. */
  endAll(...flows: Flow[]): void {
    for (const flow of flows) this.respond(this.one('BYE', flow), flow, 200, '')
  }
}

export { headerOf, phoneFlow, tagOf, trunkFlow }
