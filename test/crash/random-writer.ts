/** A client of the API that changes things of its own at random and remembers what each must be, whatever is killed. */
import { randomInt, randomUUID } from 'node:crypto'

type Fields = Record<string, unknown>

/** One entity, or part of one, with an address of its own. */
interface Thing {
  readonly collection: string
  readonly id: string
  /** What was acknowledged last; `null`: that it is not there. */
  kept: Fields | null
}

/** A request whose answer never came: the thing is as before, or as it was to become. */
interface Unanswered {
  readonly thing: Thing
  readonly after: Fields | null
  readonly repeat: (() => Promise<Response>) | null
}

export class RandomWriter {
  readonly #name: string
  readonly #site: string
  readonly #ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>
  readonly #things: Thing[] = []
  #unanswered: Unanswered | null = null
  #running = false
  #work: Promise<void> = Promise.resolve()
  /** Answers that were neither a success nor the end of the connection. */
  readonly refusals: string[] = []
  /** The newest revision that was acknowledged. */
  newest = 0
  acknowledged = 0

  /** @param number different for each writer, so that none touches what another has */
  constructor(
    number: number,
    site: string,
    ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>,
  ) {
    this.#name = `w${number}`
    this.#ask = ask
    for (let index = 0; index < 4; index++) {
      this.#things.push({ collection: 'users', id: `${this.#name}-${index}`, kept: null })
      const digits = `${number}`.padStart(2, '0') + index
      this.#things.push({ collection: 'phone-numbers', id: `+44207946${digits.padStart(4, '5')}`, kept: null })
      this.#things.push({ collection: 'contacts', id: `${this.#name}-contact-${index}`, kept: null })
    }
    this.#site = site
  }

  start(): void {
    this.#running = true
    this.#work = this.#loop()
  }

  async stop(): Promise<void> {
    this.#running = false
    await this.#work
  }

  async #loop(): Promise<void> {
    while (this.#running) {
      const thing = this.#things[randomInt(this.#things.length)]
      if (thing !== undefined && !(await this.#change(thing))) return
    }
  }

  /** `false` where the server did not answer. */
  async #change(thing: Thing): Promise<boolean> {
    const { collection, id, kept } = thing
    const one = `/v1/${collection}/${encodeURIComponent(id)}`
    if (kept === null) {
      const body = this.#made(thing)
      const key: Record<string, string> = randomInt(2) === 0 ? {} : { 'idempotency-key': randomUUID() }
      const send = () => this.#ask('POST', `/v1/${collection}`, body, key)
      return this.#carryOut(thing, body, send, 'idempotency-key' in key ? send : null)
    }
    const choice = randomInt(collection === 'users' ? 7 : 3)
    if (choice === 0) return this.#carryOut(thing, null, () => this.#ask('DELETE', one))
    if (choice === 1) {
      const body = this.#made(thing)
      return this.#carryOut(thing, body, () => this.#ask('PUT', one, body))
    }
    if (choice === 2) {
      const patch = this.#changedField(thing)
      return this.#carryOut(thing, { ...kept, ...patch }, () => this.#ask('PATCH', one, patch))
    }
    const rules = (kept['rules'] ?? []) as Fields[]
    if (choice === 3 && rules.length > 1) {
      const turned = rules.toReversed()
      const names = { names: turned.map(({ name }) => name) }
      return this.#carryOut(thing, { ...kept, rules: turned }, () => this.#ask('PUT', `${one}/rules/order`, names))
    }
    if (choice <= 4 && rules.length < 5) {
      const rule = { name: `Rule ${randomUUID()}`, to: { busy: true } }
      return this.#carryOut(thing, { ...kept, rules: [...rules, rule] }, () => this.#ask('POST', `${one}/rules`, rule))
    }
    if (choice === 5 && rules.length > 0) {
      const [first, ...others] = rules
      const path = `${one}/rules/${encodeURIComponent(String(first?.['name']))}`
      return this.#carryOut(thing, { ...kept, rules: others }, () => this.#ask('DELETE', path))
    }
    const blockList = { callers: [`+4420794600${10 + randomInt(90)}`] }
    return this.#carryOut(thing, { ...kept, blockList }, () => this.#ask('PUT', `${one}/block-list`, blockList))
  }

  async #carryOut(
    thing: Thing,
    after: Fields | null,
    send: () => Promise<Response>,
    repeat: (() => Promise<Response>) | null = null,
  ): Promise<boolean> {
    let response: Response
    try {
      response = await send()
      const text = await response.text()
      if (!response.ok) {
        this.refusals.push(`${response.status} ${thing.collection} ${thing.id}: ${text}`)
        return true
      }
    } catch {
      this.#unanswered = { thing, after, repeat }
      return false
    }
    thing.kept = after
    this.newest = Math.max(this.newest, Number(response.headers.get('ringdown-revision')))
    this.acknowledged++
    return true
  }

  /** Looks at everything once the server is back; gives what is not as it was acknowledged. */
  async differences(): Promise<readonly string[]> {
    const unanswered = this.#unanswered
    this.#unanswered = null
    const found: string[] = []
    if (unanswered?.repeat) {
      const response = await unanswered.repeat()
      const text = await response.text()
      if (response.status === 201) unanswered.thing.kept = unanswered.after
      else found.push(`repeated ${unanswered.thing.id}: ${response.status} ${text}`)
    }
    for (const thing of this.#things) {
      const response = await this.#ask('GET', `/v1/${thing.collection}/${encodeURIComponent(thing.id)}`)
      const text = await response.text()
      const now = response.status === 404 ? null : (JSON.parse(text) as Fields)
      if (isSame(now, thing.kept)) continue
      if (unanswered?.thing === thing && isSame(now, unanswered.after)) thing.kept = unanswered.after
      else found.push(`${thing.collection} ${thing.id} is ${text}, acknowledged was ${JSON.stringify(thing.kept)}`)
    }
    return found
  }

  #made({ collection, id }: Thing): Fields {
    if (collection === 'phone-numbers')
      return { number: id, status: 'failed', reason: `Reason ${randomInt(1_000_000)}` }
    const names = { id, firstName: `First ${randomInt(1_000_000)}`, lastName: 'Writer' }
    if (collection === 'contacts') return { ...names, phoneNumbers: [{ number: '+442079460001', type: 'WORK' }] }
    return { ...names, userName: id, email: `${id}@example.com`, site: this.#site }
  }

  #changedField({ collection }: Thing): Fields {
    const field = collection === 'phone-numbers' ? 'reason' : 'lastName'
    return { [field]: `Changed ${randomInt(1_000_000)}` }
  }
}

function isSame(left: Fields | null, right: Fields | null): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}
