import type { ClientTransaction, Endpoint } from './endpoint.ts'
import { fresh, patience } from './endpoint.ts'
import type { HeaderLine, SipMessage } from './message.ts'
import { audioSession, branchOf, headerValue, headerValues, tagOf, uriOf, writeMessage } from './message.ts'

/** One phone's side of a dialog (RFC 3261 §12). */
export class Dialog {
  readonly endpoint: Endpoint
  readonly callId: string
  readonly local: string
  readonly remote: string
  remoteTarget: string
  readonly routes: readonly string[]
  cseq: number

  constructor(
    endpoint: Endpoint,
    callId: string,
    local: string,
    remote: string,
    remoteTarget: string,
    routes: readonly string[],
    cseq: number,
  ) {
    this.endpoint = endpoint
    this.callId = callId
    this.local = local
    this.remote = remote
    this.remoteTarget = remoteTarget
    this.routes = routes
    this.cseq = cseq
  }

  compose(method: string, cseq: number, headers: readonly HeaderLine[], body: string): string {
    const { endpoint } = this
    const type: HeaderLine[] = body === '' ? [] : [['Content-Type', 'application/sdp']]
    const contact: HeaderLine[] = method === 'INVITE' || method === 'UPDATE' ? [['Contact', endpoint.contact]] : []
    return writeMessage(
      `${method} ${this.remoteTarget} SIP/2.0`,
      [
        ['Via', `SIP/2.0/${endpoint.transport} ${endpoint.sentBy};rport;branch=${fresh('z9hG4bK')}`],
        ['Max-Forwards', '70'],
        ...this.routes.map((route): HeaderLine => ['Route', route]),
        ['From', this.local],
        ['To', this.remote],
        ['Call-ID', this.callId],
        ['CSeq', `${cseq} ${method}`],
        ...contact,
        ...type,
        ...headers,
      ],
      body,
    )
  }

  request(method: string, headers: readonly HeaderLine[] = [], body = ''): ClientTransaction {
    this.cseq += 1
    return this.endpoint.start(this.compose(method, this.cseq, headers, body))
  }

  receive(method: string, milliseconds = patience): Promise<SipMessage> {
    return this.endpoint.receive(
      (message) =>
        message.method === method &&
        headerValue(message, 'Call-ID') === this.callId &&
        tagOf(headerValue(message, 'To')) === tagOf(this.local),
      `${method} in ${this.callId}`,
      milliseconds,
    )
  }
}

/** What both sides of an answered call can do. */
export abstract class Call {
  readonly endpoint: Endpoint
  dialog: Dialog | null = null

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  get established(): Dialog {
    if (!this.dialog) throw new Error('No dialog yet')
    return this.dialog
  }

  /** Hangs up and gives the final response to BYE. */
  hangUp(milliseconds = patience): Promise<SipMessage> {
    return this.established.request('BYE').final(milliseconds)
  }

  /** Waits for the other side's BYE and answers it. */
  async hungUp(milliseconds = patience): Promise<SipMessage> {
    const bye = await this.established.receive('BYE', milliseconds)
    this.endpoint.respond(bye, 200, 'OK', '')
    return bye
  }

  /** Offers a new session; gives the final response, acknowledged where it is a 2xx. */
  async reinvite(body: string, acknowledgementBody = ''): Promise<SipMessage> {
    const dialog = this.established
    const transaction = dialog.request('INVITE', [], body)
    const response = await transaction.final()
    if (response.status < 300) {
      transaction.acknowledgement = dialog.compose('ACK', dialog.cseq, [], acknowledgementBody)
      this.endpoint.sendText(transaction.acknowledgement)
    }
    return response
  }

  /** Waits for a re-INVITE, answers it 200 with this session and waits for its ACK. Gives both requests. */
  async reinvited(body: string): Promise<{ invite: SipMessage; acknowledgement: SipMessage }> {
    const invite = await this.established.receive('INVITE')
    this.endpoint.respond(
      invite,
      200,
      'OK',
      '',
      [
        ['Contact', this.endpoint.contact],
        ['Content-Type', 'application/sdp'],
      ],
      body,
    )
    return { invite, acknowledgement: await this.established.receive('ACK') }
  }
}

export interface CallOptions {
  readonly headers?: readonly HeaderLine[]
  /** '' for a late offer. */
  readonly body?: string
  readonly callId?: string
  readonly fromTag?: string
  readonly from?: string
}

/** A call this endpoint makes. */
export class OutgoingCall extends Call {
  readonly transaction: ClientTransaction

  constructor(endpoint: Endpoint, transaction: ClientTransaction) {
    super(endpoint)
    this.transaction = transaction
  }

  /** Sends an INVITE to an extension or number of the endpoint's domain, or to a whole SIP URI; signs in when asked to. */
  static async start(endpoint: Endpoint, dialled: string, options: CallOptions = {}): Promise<OutgoingCall> {
    const uri = dialled.startsWith('sip:') ? dialled : `sip:${dialled}@${endpoint.domain}`
    const body = options.body ?? audioSession(endpoint.own.address, 30_000)
    const type: HeaderLine[] = body === '' ? [] : [['Content-Type', 'application/sdp']]
    const transaction = await endpoint.authenticated('INVITE', uri, {
      ...options,
      body,
      headers: [...type, ...(options.headers ?? [])],
    })
    return new OutgoingCall(endpoint, transaction)
  }

  /** Waits for this provisional or final response. */
  status(status: number, milliseconds = patience): Promise<SipMessage> {
    return this.transaction.status(status, milliseconds)
  }

  /** Waits for the final response; one of 300 and more is acknowledged by itself. */
  final(milliseconds = patience): Promise<SipMessage> {
    return this.transaction.final(milliseconds)
  }

  /** Waits for 200, sends ACK (with a body: the answer to a late offer). */
  async answered(acknowledgementBody = '', milliseconds = patience): Promise<SipMessage> {
    const response = await this.transaction.response((one) => one.status === 200, '200', milliseconds)
    this.acknowledge(response, acknowledgementBody)
    return response
  }

  /** Takes the dialog of a 2xx and sends ACK. */
  acknowledge(response: SipMessage, body = ''): void {
    const { request } = this.transaction
    const dialog = new Dialog(
      this.endpoint,
      headerValue(request, 'Call-ID'),
      headerValue(request, 'From'),
      headerValue(response, 'To'),
      uriOf(headerValue(response, 'Contact')),
      headerValues(response, 'Record-Route').reverse(),
      Number(headerValue(request, 'CSeq').split(' ')[0]),
    )
    this.dialog = dialog
    this.transaction.acknowledgement = dialog.compose('ACK', dialog.cseq, [], body)
    this.endpoint.sendText(this.transaction.acknowledgement)
  }

  /** Sends CANCEL (RFC 3261 §9.1) and gives the final response to it. */
  cancel(headers: readonly HeaderLine[] = []): Promise<SipMessage> {
    const { request } = this.transaction
    const number = headerValue(request, 'CSeq').split(' ')[0] ?? ''
    return this.endpoint
      .start(
        writeMessage(`CANCEL ${request.requestUri} SIP/2.0`, [
          ['Via', headerValue(request, 'Via')],
          ['Max-Forwards', '70'],
          ['From', headerValue(request, 'From')],
          ['To', headerValue(request, 'To')],
          ['Call-ID', headerValue(request, 'Call-ID')],
          ['CSeq', `${number} CANCEL`],
          ...headers,
        ]),
      )
      .final()
  }
}

/** A call that came to this endpoint. */
export class IncomingCall extends Call {
  readonly invite: SipMessage
  readonly tag = fresh('t')
  #repeat: NodeJS.Timeout | null = null

  constructor(endpoint: Endpoint, invite: SipMessage) {
    super(endpoint)
    this.invite = invite
  }

  /** Waits for a new INVITE. */
  static async next(endpoint: Endpoint, milliseconds = patience): Promise<IncomingCall> {
    const invite = await endpoint.receive(isNewInvite, `an INVITE to ${endpoint.user}`, milliseconds)
    return new IncomingCall(endpoint, invite)
  }

  /** 180 Ringing, or 183 with a session where one is given. */
  ring(session = ''): void {
    const type: HeaderLine[] = session === '' ? [] : [['Content-Type', 'application/sdp']]
    const [status, reason] = session === '' ? ([180, 'Ringing'] as const) : ([183, 'Session Progress'] as const)
    this.endpoint.respond(this.invite, status, reason, this.tag, [['Contact', this.endpoint.contact], ...type], session)
  }

  /** Answers 200, sent again until the ACK comes (RFC 3261 §13.3.1.4). The ACK is waited for with `acknowledged`. */
  answer(session = audioSession(this.endpoint.own.address, 31_000)): void {
    const { invite, endpoint } = this
    const headers: HeaderLine[] = [
      ['Contact', endpoint.contact],
      ['Content-Type', 'application/sdp'],
    ]
    const send = (): void => endpoint.respond(invite, 200, 'OK', this.tag, headers, session)
    const to = headerValue(invite, 'To')
    this.dialog = new Dialog(
      endpoint,
      headerValue(invite, 'Call-ID'),
      `${to};tag=${this.tag}`,
      headerValue(invite, 'From'),
      uriOf(headerValue(invite, 'Contact')),
      headerValues(invite, 'Record-Route'),
      1,
    )
    let interval = 500
    const again = (): void => {
      send()
      interval = Math.min(4000, interval * 2)
      this.#repeat = endpoint.later(interval, again)
    }
    send()
    this.#repeat = endpoint.later(interval, again)
  }

  /** Waits for the ACK to the 200. */
  async acknowledged(milliseconds = patience): Promise<SipMessage> {
    const acknowledgement = await this.established.receive('ACK', milliseconds)
    if (this.#repeat) clearTimeout(this.#repeat)
    return acknowledgement
  }

  /** Answers with a failure and waits for its ACK. */
  async reject(status: number, reason: string, headers: readonly HeaderLine[] = []): Promise<void> {
    this.endpoint.respond(this.invite, status, reason, this.tag, headers)
    await this.failureAcknowledged()
  }

  async failureAcknowledged(): Promise<void> {
    await this.endpoint.receive(
      (message) => message.method === 'ACK' && branchOf(message) === branchOf(this.invite),
      'ACK to the failure',
    )
  }

  /** Waits for CANCEL, answers it 200 and the INVITE 487, waits for the ACK. Gives the CANCEL. */
  async cancelled(milliseconds = patience): Promise<SipMessage> {
    const cancel = await this.endpoint.receive(
      (message) => message.method === 'CANCEL' && branchOf(message) === branchOf(this.invite),
      'CANCEL',
      milliseconds,
    )
    this.endpoint.respond(cancel, 200, 'OK', this.tag)
    this.endpoint.respond(this.invite, 487, 'Request Terminated', this.tag)
    await this.failureAcknowledged()
    return cancel
  }
}

/** An INVITE outside a dialog. */
export function isNewInvite(message: SipMessage): boolean {
  return message.method === 'INVITE' && tagOf(headerValue(message, 'To')) === ''
}

/** A call from one to the other is set up and acknowledged on both sides. */
export async function talk(
  caller: Endpoint,
  dialled: string,
  callee: Endpoint,
): Promise<{ outgoing: OutgoingCall; incoming: IncomingCall }> {
  const outgoing = await OutgoingCall.start(caller, dialled)
  const incoming = await IncomingCall.next(callee)
  incoming.ring()
  await outgoing.status(180)
  incoming.answer()
  await outgoing.answered()
  await incoming.acknowledged()
  return { outgoing, incoming }
}
