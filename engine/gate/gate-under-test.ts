/** A server in virtual time behind a gate: what each message costs it is given, so that a load can be more than it can do. */
import type { Flow } from '../sip/transport.ts'
import type { GateKnowledge, GateOptions } from './gate.ts'
import { Gate } from './gate.ts'
import { usualLimits } from './overload-controller.ts'

/** What handling costs (ms): a call of an INVITE and six messages inside takes 0.29 ms, so 3450 go in a second. */
const cost = { reading: 0.006, INVITE: 0.1, REGISTER: 0.1, inside: 0.025, turnAway: 0.012 }
/** Messages inside that each call brings, and when they come after the one before (ms). */
const insideACall = 6
const round = 1
/** Datagrams that one turn of the loop reads. */
const batch = 64
/** Calls a second that the costs above leave time for. */
export const capacity = 1000 / (7 * cost.reading + cost.INVITE + insideACall * cost.inside)

export const trunkFlow: Flow = { transport: 'UDP', listener: 0, address: '192.0.2.1', port: 5060, connection: 0 }

export function flowFrom(address: string): Flow {
  return { ...trunkFlow, address, port: 5062 }
}

/** A request with what the gate looks at; `headers`: whole lines. */
export function requestText(method: string, user: string, fromUser: string, headers = ''): string {
  const identity = method === 'REGISTER' ? user : fromUser
  return (
    `${method} sip:${method === 'REGISTER' ? '' : `${user}@`}pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n` +
    `From: <sip:${identity}@pbx.example>;tag=1\r\nTo: <sip:${user}@pbx.example>\r\n${headers}Content-Length: 0\r\n\r\n`
  )
}

interface Arrival {
  readonly at: number
  readonly text: string
  readonly flow: Flow
}

export interface Handled extends Arrival {
  /** When it was handled, and how. */
  readonly done: number
  readonly outcome: 'taken' | 'turned away' | 'given up'
}

export interface TestKnowledge {
  /** SIP user name to the address it is registered from. */
  readonly phones: ReadonlyMap<string, string>
  readonly exempt?: string
  readonly dialogs?: ReadonlySet<string>
}

export class ServerUnderLoad {
  readonly gate: Gate
  readonly handled: Handled[] = []
  now = 0
  /** From outside, and what calls bring; the second is in the order of time by itself. */
  readonly #outside: Arrival[] = []
  readonly #inside: Arrival[] = []
  #nextOutside = 0
  #nextInside = 0
  #turnAsked = false
  /** When the machine does something else, and how long (ms), in the order of time. */
  readonly #pauses: { readonly at: number; readonly lasts: number }[] = []
  readonly #byText = new Map<string, Arrival>()

  constructor(knowledge: TestKnowledge, options: Partial<GateOptions> = {}) {
    const addresses = new Set(knowledge.phones.values())
    const known: GateKnowledge = {
      ready: true,
      isTrunk: (flow) => flow.address === trunkFlow.address,
      ownsDialog: (tag) => knowledge.dialogs?.has(tag) ?? false,
      isExempt: (source) => source === knowledge.exempt,
      isEmergency: (dialled) => dialled === '112' || dialled === '0112',
      registeredFrom: (source) => addresses.has(source),
      userRegisteredFrom: (source, name) => knowledge.phones.get(name) === source,
    }
    this.gate = new Gate(
      {
        receive: (text, flow) => this.#handle(text, flow, 'taken'),
        turnAway: (text, flow) => this.#handle(text, flow, 'turned away'),
        givenUp: (text, flow) => this.#handle(text, flow, 'given up'),
      },
      known,
      { callRate: 0, sourceRate: 0, scanners: ['friendly-scanner'], limits: usualLimits, ...options },
      { token: () => 'x', fraction: () => 0.5 },
      () => this.now,
      () => {
        this.#turnAsked = true
      },
    )
  }

  /** Texts must differ from each other. All before `run`. */
  arrive(at: number, text: string, flow: Flow): void {
    this.#outside.push({ at, text, flow })
  }

  /** The machine does something else at this moment, for so long (ms). In the order of time; all before `run`. */
  pause(at: number, lasts: number): void {
    this.#pauses.push({ at, lasts })
  }

  /** Turns the loop until everything has been handled. */
  run(): void {
    this.#outside.sort((a, b) => a.at - b.at)
    for (const arrival of this.#outside) this.#byText.set(arrival.text, arrival)
    for (;;) {
      const first = this.#first()
      if (first === undefined && !this.#turnAsked) return
      if (!this.#turnAsked && first !== undefined && first.at > this.now) this.now = first.at
      const pause = this.#pauses[0]
      if (pause !== undefined && pause.at <= this.now) {
        this.#pauses.shift()
        this.now += pause.lasts
      }
      let read = 0
      for (; read < batch; read++) {
        const arrival = this.#first()
        if (arrival === undefined || arrival.at > this.now) break
        if (arrival === this.#outside[this.#nextOutside]) this.#nextOutside++
        else this.#nextInside++
        this.now += cost.reading
        this.gate.receive(arrival.text, arrival.flow)
      }
      if (!this.#turnAsked) continue
      this.#turnAsked = false
      this.gate.turnEnded(read === batch)
    }
  }

  #first(): Arrival | undefined {
    const outside = this.#outside[this.#nextOutside]
    const inside = this.#inside[this.#nextInside]
    return outside === undefined || (inside !== undefined && inside.at < outside.at) ? inside : outside
  }

  outcomes(matches: (handled: Handled) => boolean): Handled[] {
    return this.handled.filter(matches)
  }

  #handle(text: string, flow: Flow, outcome: Handled['outcome']): void {
    const arrival = this.#byText.get(text) ?? { at: this.now, text, flow }
    if (outcome !== 'taken') this.now += cost.turnAway
    else if (text.startsWith('INVITE')) {
      this.now += cost.INVITE
      const id = /^X-Call: (.*)\r$/m.exec(text)?.[1]
      if (id !== undefined) this.#follow(id, 1, flow)
    } else if (text.startsWith('REGISTER')) this.now += cost.REGISTER
    else {
      this.now += cost.inside
      const [, id = '', count = ''] = /^X-Inside: (.*) (\d+)\r$/m.exec(text) ?? []
      if (count !== '' && Number(count) < insideACall) this.#follow(id, Number(count) + 1, flow)
    }
    this.handled.push({ ...arrival, done: this.now, outcome })
  }

  /** A call goes on. */
  #follow(id: string, count: number, flow: Flow): void {
    const arrival = {
      at: this.now + round,
      text: requestText('BYE', 'x', 'y', `X-Inside: ${id} ${count}\r\n`),
      flow,
    }
    this.#byText.set(arrival.text, arrival)
    this.#inside.push(arrival)
  }
}

/** Numbers in [0, 1) that look like chance, the same for each seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
