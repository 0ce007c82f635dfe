/**
 * One call, registration or question between simulated peers and a call server, in which every message of the peers may
 * be spoilt, and now and then the process ends and another takes over. Afterwards the peers behave, and whatever is left in the server then was left by a spoilt message.
 */
import { createFraming } from '../../engine/sip/framing.ts'
import type { Flow } from '../../engine/sip/transport.ts'
import { Chance } from '../simulation/chance.ts'
import { phones, serverHost } from '../simulation/company.ts'
import { answerChallenge, readChallenge } from '../wire/digest.ts'
import type { HeaderLine, SipMessage } from '../wire/message.ts'
import { audioSession, headerValue, readMessage, uriOf, writeMessage, writeResponse } from '../wire/message.ts'
import { CoreServer } from './core-server.ts'
import { rfc4475 } from './messages/rfc4475.ts'
import { rfc5118 } from './messages/rfc5118.ts'
import { mutate } from './mutate.ts'
import { readEverything } from './read-everything.ts'

const strange: readonly string[] = [...rfc4475, ...rfc5118].map(({ text }) => text)
const session = audioSession('10.9.0.1', 4000)
const callers = ['carrier', 'phone'] as const
/** A stranger, a trunk and a phone. */
const hosts: readonly string[] = ['198.51.100.7', '10.9.0.1', phones[0]?.host ?? '']
/** Longer than any timer of a call that nobody answers, ms. */
const longWhile = 15 * 60_000

export class Conversation {
  readonly #chance: Chance
  readonly #core: CoreServer
  /** Of each message to be spoilt. */
  readonly #spoilt: number
  #behaving = false
  #serial = 0
  readonly #answeredInvites: { readonly response: SipMessage; readonly from: Flow }[] = []
  readonly #acceptedInvites: { readonly request: SipMessage; readonly at: Flow }[] = []
  #donor = strange[0] ?? ''
  /** The last message handed to the server: the one to blame for what it throws. */
  last = ''
  /** The message that took longest. */
  costliest = ''
  #longest = 0
  /** Messages handed to the server, and how many of them were spoilt. */
  messages = 0
  mutants = 0

  /** `spoilt`: probability of each message to be. The same seed and probability make the same conversation. */
  constructor(seed: number, spoilt: number) {
    this.#chance = new Chance(seed, 1)
    this.#core = new CoreServer()
    this.#spoilt = spoilt
  }

  /** Holds it. Throws what the engine throws, and an error that says so where something is left. */
  run(): void {
    this.#behaving = true
    this.#register()
    this.#behaving = false
    switch (this.#chance.weighted({ call: 6, stranger: 3, register: 1 })) {
      case 'call':
        this.#call()
        break
      case 'stranger':
        for (let count = 5; count > 0; count--)
          this.#send(peerFlow(this.#chance.pick(hosts)), this.#chance.pick(strange))
        break
      case 'register':
        for (let count = 3; count > 0; count--) this.#register()
    }
    this.#converse(12)
    this.#end()
  }

  /** Hands one message to the server as it is. */
  hand(text: string, from: Flow): void {
    this.last = text
    this.messages++
    const begun = performance.now()
    readEverything(text)
    this.#throughStream(text)
    this.#core.receive(text, from)
    const spent = performance.now() - begun
    if (spent <= this.#longest) return
    this.#longest = spent
    this.costliest = text
  }

  /** Framing only cuts: it need not agree with what a datagram holds, but must take it in any pieces. */
  #throughStream(text: string): void {
    const framing = createFraming(readEverything, () => undefined, 65_536)
    const cut = this.#serial % (text.length + 1)
    if (framing.push(text.slice(0, cut))) framing.push(text.slice(cut))
  }

  // --- what peers do of themselves

  #register(): void {
    const phone = phones[0]
    if (phone === undefined) throw new Error('The company has no phone')
    this.#signed('REGISTER', `sip:${phone.domain}`, peerFlow(phone.host), phone.name, phone.password, phone.domain, '')
  }

  #call(): void {
    if (this.#chance.pick(callers) === 'carrier') {
      this.#send(
        peerFlow('10.9.0.1'),
        this.#request('INVITE', `sip:+442079460001@${serverHost}`, '10.9.0.1', [], session),
      )
      return
    }
    const phone = phones[2] ?? phones[0]
    if (phone === undefined) return
    const uri = `sip:${this.#chance.pick(['1001', '1001', '1007', '00442071230000'])}@${phone.domain}`
    this.#signed('INVITE', uri, peerFlow(phone.host), phone.name, phone.password, phone.domain, session)
  }

  /** Sends a request, and again with credentials where it is challenged. */
  #signed(method: string, uri: string, from: Flow, user: string, password: string, domain: string, body: string): void {
    const contact: HeaderLine = ['Contact', `<sip:${user}@${from.address}:${from.port}>`]
    const own = `<sip:${user}@${domain}>`
    const line: HeaderLine[] = body === '' ? [contact] : [contact, ['Content-Type', 'application/sdp']]
    const text = this.#request(method, uri, from.address, line, body, own)
    this.#send(from, text)
    for (const { text: answer } of this.#core.take()) {
      const response = readMessage(answer)
      if (response.status !== 401) continue
      const challenge = readChallenge(headerValue(response, 'WWW-Authenticate'))
      if (challenge === null) continue
      const value = answerChallenge(challenge, { userName: user, password }, method, uri)
      this.#send(from, this.#request(method, uri, from.address, [...line, ['Authorization', value]], body, own))
    }
  }

  #request(method: string, uri: string, host: string, headers: readonly HeaderLine[], body: string, own = ''): string {
    const serial = this.#serial++
    const from = own === '' ? `<sip:+442071230000@${host}>` : own
    const further: HeaderLine[] =
      own === ''
        ? [
            ['Contact', `<sip:${host}:5060>`],
            ['Content-Type', 'application/sdp'],
          ]
        : []
    return writeMessage(
      `${method} ${uri} SIP/2.0`,
      [
        ['Via', `SIP/2.0/UDP ${host}:5060;rport;branch=z9hG4bKf${serial}`],
        ['Max-Forwards', '70'],
        ['From', `${from};tag=f${serial}`],
        ['To', method === 'REGISTER' && own !== '' ? own : `<${uri}>`],
        ['Call-ID', `f${serial}@${host}`],
        ['CSeq', `${serial + 1} ${method}`],
        ...further,
        ...headers,
      ],
      body,
    )
  }

  // --- what peers answer

  /** Lets messages go to and fro, and now and then time pass. */
  #converse(turns: number): void {
    for (let turn = 0; turn < turns; turn++) {
      for (const { text, to } of this.#core.take()) this.#answer(readMessage(text), { ...to, listener: 0 })
      if (this.#chance.happens(0.3)) this.#core.pass(this.#chance.pick([20, 600, 5000]))
      if (this.#behaving) continue
      if (this.#chance.happens(0.2)) this.#interfere()
      if (this.#chance.happens(0.02)) this.#core.restart()
    }
  }

  #answer(message: SipMessage, at: Flow): void {
    this.#donor = message.text
    if (message.status > 0) {
      if (message.method === 'INVITE' && message.status >= 200) this.#acknowledge(message, at)
      return
    }
    if (message.method === 'ACK') return
    if (message.method !== 'INVITE') {
      this.#send(at, writeResponse(message, 200, 'OK', 'p'))
      return
    }
    const tag = `p${this.#serial++}`
    const contact: HeaderLine[] = [
      ['Contact', `<sip:${at.address}:${at.port}>`],
      ['Content-Type', 'application/sdp'],
    ]
    if (this.#chance.happens(0.5)) this.#send(at, writeResponse(message, 180, 'Ringing', tag))
    const status = this.#behaving ? 486 : this.#chance.pick([200, 200, 200, 486, 302, 180])
    if (status === 180) return
    if (status === 200) this.#acceptedInvites.push({ request: message, at })
    this.#send(at, writeResponse(message, status, 'As Said', tag, contact, status === 200 ? session : ''))
  }

  #acknowledge(response: SipMessage, at: Flow): void {
    if (response.status < 300) this.#answeredInvites.push({ response, from: at })
    this.#send(at, this.#within('ACK', response, at, headerValue(response, 'CSeq').split(' ')[0] ?? '1'))
  }

  /** Something that a peer may ask at any time: about the dialog it was answered in. */
  #interfere(): void {
    const known = this.#answeredInvites[0]
    if (known === undefined) return
    const method = this.#chance.pick(['INVITE', 'INFO', 'OPTIONS', 'CANCEL', 'UPDATE', 'BYE', 'ACK', 'REFER'])
    this.#send(known.from, this.#within(method, known.response, known.from, String(100 + this.#serial)))
  }

  /** A request of the caller in the dialog that this response to him made. */
  #within(method: string, response: SipMessage, from: Flow, cseq: string): string {
    const contact = uriOf(headerValue(response, 'Contact'))
    const body = method === 'INVITE' ? session : ''
    // The ACK of a failure belongs to the INVITE's transaction (RFC 3261 §17.1.1.3), every other request to one of its own.
    const own = `SIP/2.0/UDP ${from.address}:${from.port};branch=z9hG4bKw${this.#serial++}`
    const via = method === 'ACK' && response.status >= 300 ? headerValue(response, 'Via') : own
    const type: HeaderLine[] = body === '' ? [] : [['Content-Type', 'application/sdp']]
    return writeMessage(
      `${method} ${contact === '' ? `sip:${serverHost}` : contact} SIP/2.0`,
      [
        ['Via', via],
        ['From', headerValue(response, 'From')],
        ['To', headerValue(response, 'To')],
        ['Call-ID', headerValue(response, 'Call-ID')],
        ['CSeq', `${cseq} ${method}`],
        ['Contact', `<sip:${from.address}:${from.port}>`],
        ...type,
      ],
      body,
    )
  }

  #send(from: Flow, good: string): void {
    if (this.#behaving || !this.#chance.happens(this.#spoilt)) {
      this.hand(good, from)
      return
    }
    this.mutants++
    const donor = this.#chance.happens(0.3) ? this.#chance.pick(strange) : this.#donor
    this.hand(mutate(good, this.#chance, donor), from)
  }

  // --- the end

  /** Everybody hangs up and answers as he should; then nothing may be left. */
  #end(): void {
    this.#behaving = true
    this.#converse(6)
    for (const { response, from } of this.#answeredInvites.splice(0)) {
      this.hand(this.#within('BYE', response, from, String(2_000_000 + this.#serial)), from)
    }
    this.#converse(6)
    for (const { request, at } of this.#acceptedInvites.splice(0)) {
      // His tag may have been spoilt, so this BYE may be one to nothing.
      const answered = { ...request, headers: swappedEnds(request.headers) }
      this.hand(this.#within('BYE', answered, at, String(3_000_000 + this.#serial)), at)
    }
    for (let passed = 0; passed < longWhile; passed += 5000) {
      this.#core.pass(5000)
      this.#converse(1)
    }
    const left = this.#core.leftovers()
    if (left !== '') throw new Error(`Left in the server: ${left}`)
  }
}

/** Headers of a request as its receiver would send them: From and To change places. */
function swappedEnds(headers: readonly HeaderLine[]): HeaderLine[] {
  return headers.map(([name, value]): HeaderLine => [name === 'From' ? 'To' : name === 'To' ? 'From' : name, value])
}

function peerFlow(address: string): Flow {
  return { transport: 'UDP', listener: 0, address, port: 5060, connection: 0 }
}
