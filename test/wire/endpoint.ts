import type { Socket } from 'node:net'
import type { Transport } from '../../engine/sip/transport.ts'
import { transportParameter } from '../../engine/sip/uri.ts'
import type { Credentials } from './digest.ts'
import { answerChallenge, readChallenge } from './digest.ts'
import type { HeaderLine, SipMessage } from './message.ts'
import { branchOf, headerValue, headerValues, readMessage, tagOf, writeMessage, writeResponse } from './message.ts'
import { loopback } from './ports.ts'
import type { Address, Wire } from './wires.ts'
import { openTcpWire, openTlsWire, openUdpWire, openWebSocketWire } from './wires.ts'

/** How long a test waits for something that should come at once. Generous: it only matters when a test fails. */
export const patience = 8000

let serial = 0

/** A word that no other message of this process has. */
export function fresh(prefix: string): string {
  serial += 1
  return `${prefix}${process.pid.toString(36)}x${serial.toString(36)}`
}

interface Waiter {
  readonly matches: (message: SipMessage) => boolean
  readonly resolve: (message: SipMessage) => void
}

/** One request of ours with all its responses; sent again until answered (RFC 3261 §17.1). */
export class ClientTransaction {
  readonly request: SipMessage
  readonly responses: SipMessage[] = []
  /** The ACK that was sent to a 2xx: repeated when the 2xx is (RFC 3261 §13.2.2.4). */
  acknowledgement = ''
  readonly #endpoint: Endpoint
  readonly #waiters: (() => void)[] = []
  #taken = 0
  #timer: NodeJS.Timeout | null = null
  #interval = 500
  #sent = Date.now()

  constructor(endpoint: Endpoint, request: SipMessage) {
    this.#endpoint = endpoint
    this.request = request
  }

  start(): void {
    this.#endpoint.sendText(this.request.text)
    // RFC 3261 §17.1: a connection loses nothing.
    if (this.#endpoint.transport === 'UDP') this.#timer = setTimeout(() => this.#again(), this.#interval)
  }

  #again(): void {
    if (Date.now() - this.#sent > 32_000) return
    this.#endpoint.sendText(this.request.text)
    this.#interval = this.request.method === 'INVITE' ? this.#interval * 2 : Math.min(4000, this.#interval * 2)
    this.#timer = setTimeout(() => this.#again(), this.#interval)
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  received(response: SipMessage): void {
    if (response.status >= 200 || this.request.method === 'INVITE') this.stop()
    const repeated = response.status >= 200 && this.responses.some((known) => known.text === response.text)
    if (this.request.method === 'INVITE' && response.status >= 300) this.#acknowledgeFailure(response)
    if (repeated) {
      if (response.status < 300 && this.acknowledgement !== '') this.#endpoint.sendText(this.acknowledgement)
      return
    }
    this.responses.push(response)
    for (const waiter of this.#waiters.splice(0)) waiter()
  }

  /** RFC 3261 §17.1.1.3: same branch, the response's To. */
  #acknowledgeFailure(response: SipMessage): void {
    const number = headerValue(this.request, 'CSeq').split(' ')[0] ?? ''
    this.#endpoint.sendText(
      writeMessage(`ACK ${this.request.requestUri} SIP/2.0`, [
        ['Via', headerValue(this.request, 'Via')],
        ...headerValues(this.request, 'Route').map((route): HeaderLine => ['Route', route]),
        ['From', headerValue(this.request, 'From')],
        ['To', headerValue(response, 'To')],
        ['Call-ID', headerValue(this.request, 'Call-ID')],
        ['CSeq', `${number} ACK`],
        ['Max-Forwards', '70'],
      ]),
    )
  }

  /** The final response that came first, if one has come. */
  get finalResponse(): SipMessage | undefined {
    return this.responses.find((response) => response.status >= 200)
  }

  /** Waits for a response not yet taken. Throws when a final one comes that was not asked for. */
  async response(
    wanted: (response: SipMessage) => boolean,
    what: string,
    milliseconds = patience,
  ): Promise<SipMessage> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      while (this.#taken < this.responses.length) {
        const response = this.responses[this.#taken++]
        if (!response) break
        if (wanted(response)) return response
        if (response.status >= 200) {
          throw new Error(`${this.request.method}: waited for ${what}, got ${response.startLine}\n${response.text}`)
        }
      }
      if (!(await this.#changed(deadline - Date.now()))) {
        const got = this.responses.map((response) => response.startLine).join(', ') || 'nothing'
        throw new Error(`${this.request.startLine}: waited ${milliseconds} ms for ${what}, got ${got}`)
      }
    }
  }

  /** Waits for a response, and leaves it to be taken by `response`. */
  async seen(wanted: (response: SipMessage) => boolean, what: string, milliseconds = patience): Promise<SipMessage> {
    const deadline = Date.now() + milliseconds
    for (;;) {
      const response = this.responses.find(wanted)
      if (response) return response
      if (!(await this.#changed(deadline - Date.now()))) {
        throw new Error(`${this.request.startLine}: waited ${milliseconds} ms for ${what}`)
      }
    }
  }

  #changed(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.max(0, milliseconds))
      this.#waiters.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  status(status: number, milliseconds = patience): Promise<SipMessage> {
    return this.response((response) => response.status === status, `${status}`, milliseconds)
  }

  final(milliseconds = patience): Promise<SipMessage> {
    return this.response((response) => response.status >= 200, 'a final response', milliseconds)
  }
}

export interface RequestOptions {
  readonly headers?: readonly HeaderLine[]
  readonly body?: string
  readonly callId?: string
  readonly fromTag?: string
  readonly toTag?: string
  readonly cseq?: number
  readonly branch?: string
  readonly from?: string
  readonly to?: string
  /** `null`: no Contact. */
  readonly contact?: string | null
}

/**
 * A SIP endpoint of the tests: sends requests again until they are answered, answers repeated requests with what it
 * answered before, and hands everything else to whoever waits for it.
 */
export class Endpoint {
  readonly server: Address
  /** User part of its own address, and what it signs in with; '' and null for strangers and trunks. */
  user = ''
  domain: string
  credentials: Credentials | null = null
  algorithm: 'MD5' | 'SHA-256' = 'MD5'
  /** How often the server's port was found closed. */
  refusals = 0
  /** Messages that no server of ours may send, and why. */
  readonly faults: string[] = []
  /** Everything sent and received, for the report of a failed test. */
  readonly trace: string[] = []
  /** Is asked first about each new request; true: it is dealt with. */
  onRequest: ((request: SipMessage) => boolean) | null = null
  /** Its connection is gone: it may open another by `reconnect`. */
  onClosed: (() => void) | null = null
  #wire: Wire | null = null
  readonly #client = new Map<string, ClientTransaction>()
  /** Requests seen, by branch and method, with the last response to each ('' while there is none). */
  readonly #answers = new Map<string, string>()
  /** Host and port that it takes for its own, as a phone behind address translation does; '': its real ones. */
  believedOwn = ''
  readonly #inbox: SipMessage[] = []
  readonly #waiters: Waiter[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  #keepsTrace = true

  constructor(server: Address, domain: string) {
    this.server = server
    this.domain = domain
  }

  static async openUdp(server: Address, domain = server.address, port = 0, address = loopback): Promise<Endpoint> {
    const endpoint = new Endpoint(server, domain)
    endpoint.#wire = await openUdpWire(server, endpoint, address, port)
    return endpoint
  }

  static async openTcp(server: Address, domain = server.address): Promise<Endpoint> {
    const endpoint = new Endpoint(server, domain)
    endpoint.#wire = await openTcpWire(server, endpoint)
    return endpoint
  }

  /** @param authority PEM of who signed the server's certificate, whose name is the domain */
  static async openTls(server: Address, domain: string, authority: string): Promise<Endpoint> {
    const endpoint = new Endpoint(server, domain)
    endpoint.#wire = await openTlsWire(server, endpoint, authority, domain)
    return endpoint
  }

  /** @param authority PEM of who signed the server's certificate, which is for its address; for WSS */
  static async openWebSocket(
    transport: 'WS' | 'WSS',
    server: Address,
    domain: string,
    authority = '',
  ): Promise<Endpoint> {
    const endpoint = new Endpoint(server, domain)
    endpoint.#wire = await openWebSocketWire(transport, server, endpoint, authority)
    return endpoint
  }

  /** For load: the trace of thousands of messages helps nobody. */
  withoutTrace(): this {
    this.#keepsTrace = false
    return this
  }

  /** Signs in as a device from now on. */
  as(user: string, password: string): this {
    this.user = user
    this.credentials = { userName: user, password }
    return this
  }

  get own(): Address {
    if (!this.#wire) throw new Error('The endpoint is closed')
    return this.#wire.own
  }

  get transport(): Transport {
    return this.#wire?.transport ?? 'UDP'
  }

  /** Host and port of its Via and Contact. */
  get sentBy(): string {
    if (!this.#wire) throw new Error('The endpoint is closed')
    return this.believedOwn || this.#wire.sentBy
  }

  get contact(): string {
    return `<sip:${this.user || 'anyone'}@${this.sentBy}${transportParameter(this.transport)}>`
  }

  get addressOfRecord(): string {
    return `sip:${this.user || 'anyone'}@${this.domain}`
  }

  sendText(text: string): void {
    if (this.#keepsTrace) this.trace.push(`${Date.now() % 1_000_000} > ${text}`)
    this.#wire?.send(text)
  }

  refused(): void {
    this.refusals += 1
  }

  closed(): void {
    if (this.#wire !== null) this.onClosed?.()
  }

  /** Opens a new connection by TCP in the place of one that is gone: from another port, so with another Contact. */
  async reconnect(): Promise<void> {
    this.#wire = await openTcpWire(this.server, this)
  }

  received(text: string): void {
    if (this.#keepsTrace) this.trace.push(`${Date.now() % 1_000_000} < ${text}`)
    let message: SipMessage
    try {
      message = readMessage(text)
    } catch (error) {
      this.faults.push(String(error))
      return
    }
    if (message.status > 0) {
      this.#client.get(`${branchOf(message)} ${message.method}`)?.received(message)
      return
    }
    const key = `${branchOf(message)} ${message.method}`
    const answer = this.#answers.get(key)
    if (answer !== undefined && message.method !== 'ACK') {
      if (answer !== '') this.sendText(answer)
      return
    }
    this.#answers.set(key, '')
    if (message.method === 'OPTIONS' && tagOf(headerValue(message, 'To')) === '') {
      this.respond(message, 200, 'OK', fresh('t'))
      return
    }
    if (this.onRequest?.(message)) return
    this.#hand(message)
  }

  #hand(message: SipMessage): void {
    const index = this.#waiters.findIndex((waiter) => waiter.matches(message))
    const waiter = this.#waiters[index]
    if (waiter) {
      this.#waiters.splice(index, 1)
      waiter.resolve(message)
    } else {
      this.#inbox.push(message)
    }
  }

  /** Waits for a request that nobody has taken yet. */
  receive(matches: (message: SipMessage) => boolean, what: string, milliseconds = patience): Promise<SipMessage> {
    const index = this.#inbox.findIndex(matches)
    const found = this.#inbox[index]
    if (found) {
      this.#inbox.splice(index, 1)
      return Promise.resolve(found)
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        matches,
        resolve: (message) => {
          clearTimeout(timer)
          this.#timers.delete(timer)
          resolve(message)
        },
      }
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        reject(new Error(`Waited ${milliseconds} ms for ${what}; unread: ${this.unread() || 'nothing'}`))
      }, milliseconds)
      this.#timers.add(timer)
      this.#waiters.push(waiter)
    })
  }

  /** Start lines of requests nobody waited for. */
  unread(): string {
    return this.#inbox.map((message) => message.startLine).join(', ')
  }

  /** Has a request of this kind come and not been taken? */
  has(matches: (message: SipMessage) => boolean): boolean {
    return this.#inbox.some(matches)
  }

  respond(
    request: SipMessage,
    status: number,
    reason: string,
    toTag: string,
    headers: readonly HeaderLine[] = [],
    body = '',
  ): void {
    const text = writeResponse(request, status, reason, toTag, headers, body)
    this.#answers.set(`${branchOf(request)} ${request.method}`, text)
    this.sendText(text)
  }

  /** Writes an out-of-dialog request without sending it. */
  compose(method: string, uri: string, options: RequestOptions = {}): string {
    const branch = options.branch ?? fresh('z9hG4bK')
    const headers: HeaderLine[] = [
      ['Via', `SIP/2.0/${this.transport} ${this.sentBy};rport;branch=${branch}`],
      ['Max-Forwards', '70'],
      ['From', options.from ?? `<${this.addressOfRecord}>;tag=${options.fromTag ?? fresh('f')}`],
      ['To', `${options.to ?? `<${uri}>`}${options.toTag ? `;tag=${options.toTag}` : ''}`],
      ['Call-ID', options.callId ?? fresh('c')],
      ['CSeq', `${options.cseq ?? 1} ${method}`],
    ]
    if (options.contact !== null) headers.push(['Contact', options.contact ?? this.contact])
    return writeMessage(`${method} ${uri} SIP/2.0`, [...headers, ...(options.headers ?? [])], options.body ?? '')
  }

  /** Sends a request given as text, and sends it again until it is answered. */
  start(text: string): ClientTransaction {
    const request = readMessage(text)
    const transaction = new ClientTransaction(this, request)
    this.#client.set(`${branchOf(request)} ${request.method}`, transaction)
    transaction.start()
    return transaction
  }

  request(method: string, uri: string, options: RequestOptions = {}): ClientTransaction {
    return this.start(this.compose(method, uri, options))
  }

  /** The Authorization line that answers a 401, or an error where none of its challenges can be answered. */
  authorization(response: SipMessage, method: string, uri: string, nonceCount = 1): HeaderLine {
    const challenges = headerValues(response, 'WWW-Authenticate').map(readChallenge)
    const challenge = challenges.find((one) => one?.algorithm === this.algorithm) ?? challenges.find((one) => one)
    if (!challenge || !this.credentials) throw new Error(`Cannot answer this challenge: ${response.text}`)
    return ['Authorization', answerChallenge(challenge, this.credentials, method, uri, nonceCount)]
  }

  /** Sends a request, answers the challenge if there is one, and gives the transaction that counts. */
  async authenticated(
    method: string,
    uri: string,
    options: RequestOptions = {},
    milliseconds = patience,
  ): Promise<ClientTransaction> {
    const fixed = { callId: fresh('c'), fromTag: fresh('f'), ...options }
    const first = this.request(method, uri, fixed)
    if (!this.credentials) return first
    const response = await first.seen((one) => one.status > 100, 'more than 100', milliseconds)
    if (response.status !== 401) return first
    return this.request(method, uri, {
      ...fixed,
      cseq: (options.cseq ?? 1) + 1,
      headers: [...(options.headers ?? []), this.authorization(response, method, uri)],
    })
  }

  /** Registers its Contact for so many seconds; 0 takes it back. Gives the final response. */
  async register(expires = 300, options: RequestOptions = {}, milliseconds = patience): Promise<SipMessage> {
    const once = async (): Promise<SipMessage> => {
      const whole = {
        to: `<${this.addressOfRecord}>`,
        ...options,
        headers: [['Expires', String(expires)], ...(options.headers ?? [])] as HeaderLine[],
      }
      const transaction = await this.authenticated('REGISTER', `sip:${this.domain}`, whole, milliseconds)
      return transaction.finalResponse ?? transaction.final(milliseconds)
    }
    const response = await once()
    // The server may have been started anew between challenge and answer (RFC 7616 §3.3).
    return response.status === 401 && headerValue(response, 'WWW-Authenticate').includes('stale=true')
      ? once()
      : response
  }

  /** Runs something later unless the endpoint is closed before. */
  later(milliseconds: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, milliseconds)
    this.#timers.add(timer)
    return timer
  }

  /** Gives its connection to somebody else and is closed: only over TCP and TLS. */
  async handOver(): Promise<Socket> {
    const socket = this.#wire?.handOver?.()
    if (!socket) throw new Error(`Nothing to hand over: ${this.transport}`)
    this.#wire = null
    await this.close()
    return socket
  }

  async close(): Promise<void> {
    for (const transaction of this.#client.values()) transaction.stop()
    for (const timer of this.#timers) clearTimeout(timer)
    const wire = this.#wire
    this.#wire = null
    await wire?.close()
  }
}
