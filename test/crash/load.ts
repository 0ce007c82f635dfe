import { IncomingCall, OutgoingCall } from '../wire/call.ts'
import type { Person } from '../wire/company.ts'
import { Company } from '../wire/company.ts'
import { Endpoint } from '../wire/endpoint.ts'
import { headerValue } from '../wire/message.ts'
import type { Address } from '../wire/wires.ts'

/** Calls alive at the moment of a crash, and the traffic around them. */
export interface LoadSize {
  readonly answered: number
  readonly ringing: number
}

interface Pair {
  readonly outgoing: OutgoingCall
  readonly incoming: IncomingCall
}

/** A phone that calls, and one that is called. */
interface Phones {
  readonly caller: Endpoint
  readonly callee: Endpoint
  readonly extension: string
}

/** Phones that do something at the same time while calls are made: each waits for answers most of the time. */
const atOnce = 10

/** How long a request may take over a crash: the gap, and retransmissions after 0.5, 1.5 and 3.5 seconds. */
const afterCrash = 20_000

/** A company of pairs, of which each caller calls one callee; a fifth of a user's lines stays free. */
export class Load {
  readonly company = new Company()
  readonly #size: LoadSize
  readonly #callers: Person[]
  readonly #callees: Person[]
  readonly #endpoints: Endpoint[] = []
  readonly answered: Pair[] = []
  readonly ringing: Pair[] = []

  constructor(size: LoadSize) {
    this.#size = size
    const pairs = Math.ceil(size.answered / 2) + size.ringing
    this.#callers = Array.from({ length: pairs }, () => this.company.person({ lines: 4 }))
    this.#callees = Array.from({ length: pairs }, () => this.company.person({ lines: 4, ringSeconds: 120 }))
  }

  /** Somebody who is in no call. */
  spare(): Person {
    return this.company.person({ lines: 4, ringSeconds: 30 })
  }

  async #open(server: Address, person: Person): Promise<Endpoint> {
    const endpoint = (await Endpoint.openUdp(server, person.domain)).as(person.userName, person.password).withoutTrace()
    this.#endpoints.push(endpoint)
    return endpoint
  }

  /** Registers everybody and brings all calls to where they are to be. */
  async establish(server: Address): Promise<void> {
    const pairs = this.#callees.map((callee, index) => ({ callee, caller: this.#callers[index] ?? callee }))
    const phones: Phones[] = []
    for (const some of inGroups(pairs))
      phones.push(...(await Promise.all(some.map((pair) => this.#phones(server, pair)))))
    const answering = Math.ceil(this.#size.answered / 2)
    for (const first of [0, answering]) {
      const calling = phones.slice(0, Math.min(answering, this.#size.answered - first))
      for (const some of inGroups(calling)) {
        this.answered.push(...(await Promise.all(some.map((phone) => this.#answeredCall(phone)))))
      }
    }
    for (const some of inGroups(phones.slice(answering))) {
      this.ringing.push(...(await Promise.all(some.map((phone) => this.#ring(phone)))))
    }
  }

  async #phones(server: Address, { caller, callee }: { caller: Person; callee: Person }): Promise<Phones> {
    const phones = { caller: await this.#open(server, caller), callee: await this.#open(server, callee) }
    const responses = await Promise.all([phones.caller.register(), phones.callee.register()])
    for (const { status, text } of responses) if (status !== 200) throw new Error(text)
    return { ...phones, extension: callee.extension }
  }

  async #answeredCall(phones: Phones): Promise<Pair> {
    const pair = await this.#ring(phones)
    pair.incoming.answer()
    await Promise.all([pair.outgoing.answered(), pair.incoming.acknowledged()])
    return pair
  }

  async #ring(phone: Phones): Promise<Pair> {
    const outgoing = await OutgoingCall.start(phone.caller, phone.extension)
    const incoming = await IncomingCall.next(phone.callee)
    incoming.ring()
    await outgoing.status(180)
    return { outgoing, incoming }
  }

  /** Every second answered call is ended by its caller, the others by the called one: both sides must see it end. */
  async hangUpAnswered(pairs: readonly Pair[] = this.answered): Promise<void> {
    await Promise.all(
      pairs.map(async ({ outgoing, incoming }, index) => {
        const [ending, ended] = index % 2 === 0 ? [outgoing, incoming] : [incoming, outgoing]
        const [response] = await Promise.all([ending.hangUp(afterCrash), ended.hungUp(afterCrash)])
        if (response.status !== 200) throw new Error(`BYE of call ${index}: ${response.text}`)
      }),
    )
  }

  /**
   * Every ringing call must end: 500 with Retry-After to the caller, CANCEL to the phone; every fourth phone answers
   * nevertheless, and its 200 must be acknowledged and ended by BYE.
   */
  async ringingEnded(): Promise<void> {
    await Promise.all(
      this.ringing.map(async ({ outgoing, incoming }, index) => {
        const phone = incoming.endpoint
        const answersLate = index % 4 === 0
        const refused = outgoing.final(afterCrash)
        if (answersLate) {
          const cancel = await phone.receive((message) => message.method === 'CANCEL', 'CANCEL', afterCrash)
          incoming.answer()
          phone.respond(cancel, 200, 'OK', incoming.tag)
          await incoming.acknowledged(afterCrash)
          await incoming.hungUp(afterCrash)
        } else {
          await incoming.cancelled(afterCrash)
        }
        const response = await refused
        if (response.status !== 500 || !/^\d+/.test(headerValue(response, 'Retry-After'))) {
          throw new Error(`The caller of ringing call ${index} got ${response.text}`)
        }
      }),
    )
  }

  /** How often any phone found the server's port closed. */
  get refusals(): number {
    return this.#endpoints.reduce((sum, endpoint) => sum + endpoint.refusals, 0)
  }

  get faults(): string[] {
    return this.#endpoints.flatMap((endpoint) => endpoint.faults)
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()))
  }
}

function inGroups<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / atOnce) }, (_, group) =>
    items.slice(group * atOnce, (group + 1) * atOnce),
  )
}

/** OPTIONS each 10 ms and REGISTERs one after the other, without a pause, until stopped. */
export class Traffic {
  readonly #probe: Endpoint
  readonly #phones: readonly Endpoint[]
  readonly #answers: number[] = []
  readonly #timer: NodeJS.Timeout
  #running = true
  readonly #registering: Promise<void>[]
  registrations = 0

  private constructor(probe: Endpoint, phones: readonly Endpoint[]) {
    this.#probe = probe
    this.#phones = phones
    probe.received = () => this.#answers.push(performance.now())
    this.#timer = setInterval(() => probe.sendText(probe.compose('OPTIONS', 'sip:north.test')), 10)
    this.#registering = phones.map((phone) => this.#register(phone))
  }

  static async start(server: Address, people: readonly Person[]): Promise<Traffic> {
    const phones: Endpoint[] = []
    for (const person of people) {
      const endpoint = await Endpoint.openUdp(server, person.domain)
      phones.push(endpoint.as(person.userName, person.password).withoutTrace())
    }
    return new Traffic((await Endpoint.openUdp(server)).withoutTrace(), phones)
  }

  async #register(phone: Endpoint): Promise<void> {
    while (this.#running) {
      const response = await phone.register(300, {}, afterCrash)
      if (response.status !== 200) throw new Error(`REGISTER under load: ${response.text}`)
      this.registrations += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Waits until probes have been answered for `milliseconds` without a pause of more than 100 ms. */
  async steady(milliseconds: number, patience = 15_000): Promise<void> {
    const deadline = performance.now() + patience
    for (;;) {
      const now = performance.now()
      const recent = this.#answers.filter((time) => time > now - milliseconds)
      const times = [now - milliseconds, ...recent, now]
      if (times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) < 100)) return
      if (now > deadline) throw new Error(`OPTIONS are not answered steadily within ${patience} ms`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** The longest time without an answer, from this moment (of `performance.now()`) on: milliseconds. */
  longestGap(moment: number): number {
    const times = [moment, ...this.#answers.filter((time) => time > moment)]
    return Math.max(...times.map((time, index) => (index === 0 ? 0 : time - (times[index - 1] ?? 0))))
  }

  get refusals(): number {
    return this.#phones.reduce((sum, phone) => sum + phone.refusals, this.#probe.refusals)
  }

  /** Ends it, and gives what went wrong with the REGISTERs. */
  async stop(): Promise<readonly string[]> {
    clearInterval(this.#timer)
    this.#running = false
    const outcomes = await Promise.allSettled(this.#registering)
    await Promise.all([this.#probe, ...this.#phones].map((endpoint) => endpoint.close()))
    return outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => String(outcome.reason))
  }
}
