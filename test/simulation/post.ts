import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import type { MessageRecord, MessageRecords } from './message-records.ts'
import type { Phone } from './phone.ts'
import type { Watch } from './watch.ts'

/** What a phone says to a message, and how often: it takes it, it may later, it never will. */
const answers = { 200: 86, 480: 8, 415: 6 } as const
/** Challenges and pauses that the server asks for. */
const mostTries = 8

/** One text that somebody wrote. */
interface Letter {
  /** When it was written (ms). */
  readonly at: number
  /** The server has said that it took it. */
  promised: boolean
  /** What phones said that it reached, by name. */
  readonly reached: Map<string, number>
}

/**
 * What people write to each other (RFC 3428), and what must hold of it: a message that was promised is in the history, comes
 * to phones of its recipient and to nobody else, in order, to each once unless a process died meanwhile, and does not wait
 * where a phone is there that has not said no.
 */
export class Post {
  readonly #watch: Watch
  readonly #records: MessageRecords
  readonly #letters = new Map<string, Letter>()

  constructor(watch: Watch, records: MessageRecords) {
    this.#watch = watch
    this.#records = records
  }

  /** Somebody writes to what he would dial. */
  write(phone: Phone, dialled: string): void {
    const text = `letter ${this.#letters.size} of ${phone.settings.user}`
    const letter: Letter = { at: phone.world.clock.now(), promised: false, reached: new Map() }
    this.#letters.set(text, letter)
    new Writing(phone, dialled, text, letter)
  }

  /** A message reaches a phone. @returns the status of its answer */
  arrives(phone: Phone, request: SipMessage): number {
    const { name, user } = phone.settings
    const letter = this.#letters.get(request.body)
    const record = this.#recordOf(request)
    if (letter === undefined || record === undefined) return this.#watch.fail(`A message from nobody:\n${request.raw}`)
    if (record.taken.to.id !== user) this.#watch.fail(`${name} gets a message for ${record.taken.to.id}`)
    if (record.state === 'discarded') this.#watch.fail(`${name} gets a message that nobody was to get`)
    if (!request.has(Header.date)) this.#watch.fail(`A message without Date:\n${request.raw}`)
    const known = letter.reached.get(name)
    // A refusal counts until it registers anew. The answer may have met no process; nor may that to the sender, whose copy is
    // another message then.
    if (known === 200 && this.#watch.crashedAt < letter.at) {
      this.#watch.fail(`${name} gets "${request.body}" again, which it has`)
    }
    for (const earlier of this.#records.all()) {
      if (earlier.number >= record.number || earlier.taken.to.id !== user || earlier.state !== 'waiting') continue
      if (this.#letters.get(earlier.taken.body)?.reached.has(name) !== true) {
        this.#watch.fail(`${name} gets "${request.body}" before "${earlier.taken.body}"`)
      }
    }
    const status = Number(phone.chance.weighted(answers))
    // Of two copies, one before a crash, it may take one.
    if (known !== 200) letter.reached.set(name, status)
    return status
  }

  #recordOf({ callId }: SipMessage): MessageRecord | undefined {
    const id = callId.slice(0, callId.lastIndexOf('-'))
    for (const record of this.#records.all()) if (record.taken.id === id) return record
    return undefined
  }

  // --- at the end

  leftovers(stations: readonly Phone[]): string[] {
    const wrong: string[] = []
    const taken = new Set<string>()
    const once = new Set<string>()
    for (const { taken: message, state } of this.#records.all()) {
      const { body, to } = message
      taken.add(body)
      // What is for a group is taken for each of its members.
      const copy = `"${body}" for ${to.id}`
      if (once.has(copy) && this.#watch.restarts === 0) wrong.push(`${copy} was taken twice`)
      once.add(copy)
      const reached = this.#letters.get(body)?.reached
      if (state === 'delivered' && ![...(reached?.values() ?? [])].includes(200)) {
        wrong.push(`"${body}" is delivered, and nobody has it`)
      }
      if (state !== 'waiting') continue
      const there = stations.find(
        ({ settings, registration }) =>
          settings.user === to.id && registration.confirmed && !reached?.has(settings.name),
      )
      if (there !== undefined) wrong.push(`"${body}" waits for ${to.id}, and ${there.settings.name} is there`)
    }
    for (const [text, { promised }] of this.#letters) {
      if (promised && !taken.has(text)) wrong.push(`"${text}" was promised, and the history has nothing of it`)
    }
    return wrong
  }
}

/** One phone's MESSAGE, until it is answered. */
class Writing implements ClientRequestUser {
  readonly #phone: Phone
  readonly #uri: string
  readonly #text: string
  readonly #letter: Letter
  readonly #callId: string
  #sequence = 0

  constructor(phone: Phone, dialled: string, text: string, letter: Letter) {
    this.#phone = phone
    this.#uri = `sip:${dialled}@${phone.settings.domain}`
    this.#text = text
    this.#letter = letter
    this.#callId = phone.chance.token(10)
    this.timerFired()
  }

  responseReceived(_: ClientRequest, response: SipMessage): void {
    const { watch, clock } = this.#phone.world
    const { status } = response
    if (status < 200) return
    if (status === 202) this.#letter.promised = true
    else if (status === 401 && this.#sequence < mostTries) {
      this.#phone.challenged(response)
      this.timerFired()
    } else if (status === 503 && watch.restarts > 0 && this.#sequence < mostTries) {
      clock.start(1000 * Number.parseInt(response.header(Header.retryAfter) || '2', 10), this, 'again')
    } else if (![403, 404, 433, 480, 486].includes(status)) watch.fail(`MESSAGE was answered ${status}`)
  }

  timedOut(): void {
    this.#phone.world.watch.fail(`${this.#phone.settings.name} got no answer to MESSAGE`)
  }

  /** Sends it, once more. */
  timerFired(): void {
    const phone = this.#phone
    const { name, domain } = phone.settings
    new ClientRequest(phone, this, {
      method: 'MESSAGE',
      uri: this.#uri,
      branch: phone.newBranch(),
      from: `<sip:${name}@${domain}>;tag=${this.#callId}`,
      to: `<${this.#uri}>`,
      callId: this.#callId,
      cseq: ++this.#sequence,
      headers: phone.authorization('MESSAGE', this.#uri),
      body: this.#text,
    })
  }
}
