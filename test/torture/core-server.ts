/** The call server alone, without sockets and in virtual time: the same messages always have the same answers. */

import { CallServer } from '../../engine/calls/call-server.ts'
import type { Log } from '../../engine/calls/services.ts'
import { noNames } from '../../engine/sip/recording-network.ts'
import type { Clock, Flow, Network, TimerHandle, TimerOwner } from '../../engine/sip/transport.ts'
import { Chance } from '../simulation/chance.ts'
import { serverAddress, serverHost } from '../simulation/company.ts'
import { MemoryJournal } from '../simulation/memory-journal.ts'
import { newSettings } from '../simulation/user-settings.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'
import type { Outcome } from './acceptable.ts'

const quiet = (): void => undefined
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const { snapshot } = newSettings(false)

export interface Sent {
  readonly text: string
  readonly to: Flow
}

/** What one process has of the world: when it ends, its timers fire no more and nothing of it leaves. */
class Life implements Clock, Network {
  ended = false
  readonly #clock: VirtualClock
  readonly #sent: Sent[]

  constructor(clock: VirtualClock, sent: Sent[]) {
    this.#clock = clock
    this.#sent = sent
  }

  now(): number {
    return this.#clock.now()
  }

  start(milliseconds: number, owner: TimerOwner, name: string): TimerHandle {
    const timerFired = (fired: string): void => {
      if (!this.ended) owner.timerFired(fired)
    }
    return this.#clock.start(milliseconds, { timerFired }, name)
  }

  stop(handle: TimerHandle): void {
    this.#clock.stop(handle)
  }

  send(to: Flow, text: string): void {
    this.#sent.push({ text, to })
  }

  listenerFor(): number {
    return 0
  }

  advertised(): string {
    return serverAddress
  }
}

/** A call server of the simulated company, which can be given messages one after the other. */
export class CoreServer implements TimerOwner {
  readonly #clock = new VirtualClock(true)
  readonly #journal = new MemoryJournal()
  readonly #random = new Chance(1, 0)
  readonly #sent: Sent[] = []
  #life: Life
  #server: CallServer
  #arrived = false

  constructor() {
    this.#life = new Life(this.#clock, this.#sent)
    this.#server = this.#newServer()
    this.#server.replaceSnapshot(snapshot)
  }

  /** Ends the process and lets another take up what it wrote down. */
  restart(): void {
    this.#life.ended = true
    this.#life = new Life(this.#clock, this.#sent)
    this.#server = this.#newServer()
    const recovered = this.#journal.recovered()
    this.#server.restore(recovered)
    for (const _ of this.#server.restorePhones(recovered));
    this.#server.replaceSnapshot(snapshot)
    this.#journal.commit()
  }

  #newServer(): CallServer {
    return new CallServer({
      network: this.#life,
      clock: this.#life,
      random: this.#random,
      journal: this.#journal,
      events: this.#journal.records,
      log,
      snapshot: null,
      nonceKey: new Uint8Array(32).fill(7),
      isOwnHost: (host) => host === serverHost,
      locator: noNames,
    })
  }

  receive(text: string, from: Flow): void {
    this.#server.receive(text, from)
    this.#journal.commit()
  }

  /** What it has sent since this was asked last. */
  take(): Sent[] {
    return this.#sent.splice(0)
  }

  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void {
    this.#arrived = false
    this.#clock.start(milliseconds, this, 'passed')
    while (!this.#arrived && this.#clock.step(Number.POSITIVE_INFINITY)) this.#journal.commit()
  }

  timerFired(): void {
    this.#arrived = true
  }

  /** What should be gone when nobody wants anything any more; '' where all of it is. */
  leftovers(): string {
    const { transactions, calls, usage, callsInProgress } = this.#server
    const left: string[] = []
    if (callsInProgress > 0) left.push(`${callsInProgress} calls`)
    if (calls.dialogs > 0) left.push(`${calls.dialogs} dialogs`)
    if (!usage.idle) left.push('lines, channels or forwards in use')
    if (transactions.size > 0) left.push(`${transactions.size} transactions`)
    if (transactions.remembered > 0) left.push(`${transactions.remembered} remembered requests`)
    left.push(...this.#journal.leftovers())
    return left.join(', ')
  }
}

/** A peer whom nobody knows. */
export const strangerFlow: Flow = { transport: 'UDP', listener: 0, address: '198.51.100.7', port: 5060, connection: 0 }

/** The answer to one message from a stranger by UDP. */
export function coreOutcome(text: string): Outcome {
  const core = new CoreServer()
  core.receive(text, strangerFlow)
  const [answer, further] = core.take()
  if (further !== undefined) throw new Error(`Two answers: ${answer?.text}${further.text}`)
  const line = /^SIP\/2\.0 (\d{3}) ([^\r]*)\r\n/.exec(answer?.text ?? '')
  return line === null ? { kind: 'silence' } : { kind: 'answered', status: Number(line[1]), phrase: line[2] ?? '' }
}
