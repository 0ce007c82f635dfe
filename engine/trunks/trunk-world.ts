/**
 * For tests: trunks on a clock that stands still, a network that only remembers, and names that the test makes up. What
 * the carrier says is written out by the test.
 */
import type { Trunk } from '../config/snapshot.ts'
import type { EntryKind } from '../records/entries.ts'
import { RecordingNetwork } from '../sip/recording-network.ts'
import type { LocationAnswer, LocationQuery, ServerLocation } from '../sip/server-location.ts'
import { TransactionLayer } from '../sip/transaction/layer.ts'
import type { Flow, Random } from '../sip/transport.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { Trunks } from './trunks.ts'

export const host = (name: string, port = 0, priority = 0, weight = 1) => ({ host: name, port, priority, weight })

/** A trunk as the compiler leaves it, with what the test wants otherwise. */
export function trunk(changes: Partial<Trunk> = {}): Trunk {
  return {
    id: 'one',
    name: 'Carrier One',
    transport: '',
    hosts: [host('192.0.2.21')],
    domain: '',
    credentials: null,
    registration: null,
    optionsSeconds: 0,
    channels: 0,
    ...changes,
  } as Trunk
}

export const registered: Partial<Trunk> = {
  domain: 'carrier.test',
  credentials: { userName: 'acme', password: 'secret-of-acme' },
  registration: { registrar: '192.0.2.30', port: 0, contactUser: 'acme', expiresSeconds: 3600 },
}

export class TrunkWorld {
  clock = new VirtualClock(1_000_000_000)
  network = new RecordingNetwork(this.clock)
  readonly log: string[] = []
  /** By host. */
  readonly names = new Map<string, LocationAnswer>()
  readonly questions: LocationQuery[] = []
  /** Questions that wait for `answerNames`; `null`: each is answered at once. */
  waiting: (() => void)[] | null = null
  readonly #entries = new Map<string, string>()
  readonly #random: Random
  #transactions: TransactionLayer
  trunks: Trunks

  /** @param fraction what chance always says */
  constructor(fraction = 0) {
    let issued = 0
    this.#random = { token: (length) => String(++issued).padStart(length, '0'), fraction: () => fraction }
    ;[this.#transactions, this.trunks] = this.#begin()
  }

  #begin(): [TransactionLayer, Trunks] {
    const nothing = () => undefined
    const user = {
      inviteReceived: nothing,
      requestReceived: nothing,
      ackReceived: nothing,
      strayResponseReceived: nothing,
    }
    const transactions = new TransactionLayer(this.network, this.clock, this.#random, user)
    const told = (fields: object, message: string) => void this.log.push(`${message} ${JSON.stringify(fields)}`)
    const trunks = new Trunks({
      transactions,
      network: this.network,
      clock: this.clock,
      random: this.#random,
      journal: {
        put: (_kind: EntryKind, key, value) => void this.#entries.set(key, value),
        remove: (_kind: EntryKind, key) => void this.#entries.delete(key),
      },
      locator: {
        locate: (query, answered) => {
          this.questions.push(query)
          const unknown = { locations: [], seconds: 10, problem: `${query.host} has no address` }
          const tell = () => answered(this.names.get(query.host) ?? unknown)
          if (this.waiting === null) tell()
          else this.waiting.push(tell)
        },
      },
      log: { info: told, warn: told },
    })
    return [transactions, trunks]
  }

  /** The process dies, and another takes its place; `trunks` is what it finds configured. */
  restart(trunks: readonly Trunk[]): void {
    this.clock = new VirtualClock(this.clock.now())
    this.network = new RecordingNetwork(this.clock)
    ;[this.#transactions, this.trunks] = this.#begin()
    const entries = [...this.#entries].map(([key, value]) => ({ kind: 'trunk' as const, key, value }))
    this.trunks.restore({ entries, damage: [] })
    this.trunks.configured(trunks)
  }

  /** The name server answers what it was asked, and everything from now on at once. */
  answerNames(): void {
    const waiting = this.waiting ?? []
    this.waiting = null
    for (const tell of waiting) tell()
  }

  get entries(): ReadonlyMap<string, string> {
    return this.#entries
  }

  /** What was sent since the last look, oldest first. */
  sent(): { readonly to: string; readonly text: string; readonly flow: Flow }[] {
    return this.network
      .take()
      .map(({ flow, text }) => ({ to: `${flow.transport} ${flow.address}:${flow.port}`, text, flow }))
  }

  /** The one message that was sent since the last look. */
  one(): { readonly to: string; readonly text: string; readonly flow: Flow } {
    const sent = this.sent()
    const [only] = sent
    if (only === undefined || sent.length > 1) throw new Error(`${sent.length} messages were sent`)
    return only
  }

  /** The peer's answer to a request. */
  answer({ text, flow }: { readonly text: string; readonly flow: Flow }, status: number, ...headers: string[]): void {
    const lines = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${headerOf(text, name)}`)
    const all = [`SIP/2.0 ${status} Its Words`, ...lines, `To: ${headerOf(text, 'To')};tag=t`, ...headers]
    this.#transactions.receive(`${all.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`, flow)
  }

  /** Grants a REGISTER. */
  grant(request: { readonly text: string; readonly flow: Flow }, seconds: number, ...headers: string[]): void {
    this.answer(request, 200, `Contact: ${headerOf(request.text, 'Contact')};expires=${seconds}`, ...headers)
  }

  state(id = 'one') {
    for (const view of this.trunks.views()) if (view.id === id) return view
    throw new Error(`there is no trunk ${id}`)
  }
}

/** Value of the first header line of that name; '' where there is none. */
export function headerOf(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1] ?? ''
}

export function found(...locations: ServerLocation[]): LocationAnswer {
  return { locations, seconds: 60, problem: '' }
}

export function at(address: string, priority = 0, weight = 0, port = 5060, transport: 'UDP' | 'TCP' | 'TLS' = 'UDP') {
  return { transport, address, port, priority, weight }
}
