import type { SipMessage } from '../sip/message.ts'
import type { ServerTransport } from '../sip/server-location.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'
import { bracketed, transportParameter } from '../sip/uri.ts'
import type { TrunkServices } from './trunk-services.ts'

/** Answers missed in a row before an address counts as down. */
export const mostMisses = 3
/** How long an answer to OPTIONS is waited for before it counts as missed, at most (ms). */
const patience = 4000
/** How long an address is passed over at most because it said so by Retry-After (s). */
const longestPause = 300

export type AddressState = 'unknown' | 'up' | 'down'

/** Who hears that calls may go to an address again, or no more. */
export interface TrunkAddressOwner {
  addressChanged(address: TrunkAddress): void
}

/** Where one address of a trunk is: what identifies it. */
export interface AddressPlace {
  readonly flow: Flow
  /** Host of URIs, with the port where the configuration names one. */
  readonly uriHost: string
}

/**
 * One address of a carrier, and whether somebody is there. It is asked by OPTIONS (RFC 3261 §11): any answer says that
 * it is up. While one OPTIONS is without an answer it is repeated by its transaction, which asks again all by itself.
 */
export class TrunkAddress implements AddressPlace, ClientTransactionUser, TimerOwner {
  readonly flow: Flow
  readonly uriHost: string
  readonly #services: TrunkServices
  readonly #owner: TrunkAddressOwner
  readonly #name: string
  state: AddressState
  /** Answers missed since the last one that came. */
  misses: number
  /** Until when it wants no calls (RFC 3261 §21.5.4), by the clock; 0 */
  #pausedUntil: number
  /** Between two OPTIONS (ms); 0: it is not asked. */
  #interval: number
  #asking: boolean
  #timer: TimerHandle | null
  #stopped: boolean

  /** @param name of the trunk, for the log */
  constructor(services: TrunkServices, owner: TrunkAddressOwner, name: string, place: AddressPlace) {
    this.flow = place.flow
    this.uriHost = place.uriHost
    this.#services = services
    this.#owner = owner
    this.#name = name
    this.state = 'unknown'
    this.misses = 0
    this.#pausedUntil = 0
    this.#interval = 0
    this.#asking = false
    this.#timer = null
    this.#stopped = false
  }

  /** Asks every so many seconds from now on; 0: no more. */
  ask(seconds: number): void {
    if (seconds * 1000 === this.#interval) return
    this.#interval = seconds * 1000
    this.#stopTimer()
    if (seconds === 0) {
      this.#change('unknown')
      this.misses = 0
    } else if (!this.#asking) {
      // Not all at once, and not at the very start: calls themselves say whether it is there.
      this.#start('ask', this.#interval * (0.5 + this.#services.random.fraction() / 2))
    } else this.#start('missed', this.#patience)
  }

  stop(): void {
    this.#stopped = true
    this.#stopTimer()
  }

  /** May calls go there now? */
  get usable(): boolean {
    return this.state !== 'down' && (this.#pausedUntil === 0 || this.#services.clock.now() >= this.#pausedUntil)
  }

  /** Something came from there. */
  heard(): void {
    if (this.#stopped || (this.misses === 0 && this.state === 'up')) return
    this.misses = 0
    if (this.#interval > 0) this.#change('up')
  }

  /** What was sent there was not answered. */
  missed(): void {
    if (this.#interval === 0 || this.#stopped) return
    this.misses++
    if (this.misses >= mostMisses) this.#change('down')
  }

  /** It wants to be left alone for so long (s). */
  pause(seconds: number): void {
    const pause = Math.min(seconds, longestPause)
    if (pause > 0) this.#pausedUntil = this.#services.clock.now() + pause * 1000
  }

  timerFired(name: string): void {
    this.#timer = null
    if (this.#stopped || this.#interval === 0) return
    if (name === 'missed') {
      this.missed()
      if (this.#asking) {
        this.#start('missed', this.#patience)
        return
      }
    }
    this.#ask()
  }

  responseReceived(response: SipMessage): void {
    this.heard()
    if (response.status >= 200) this.#answered()
  }

  timedOut(): void {
    this.#asking = false
    // The wait for an answer goes on, and its end asks anew.
  }

  transportFailed(): void {
    this.#asking = false
  }

  #answered(): void {
    this.#asking = false
    if (this.#stopped) return
    this.#stopTimer()
    if (this.#interval > 0) this.#start('ask', this.#interval * (0.9 + this.#services.random.fraction() / 10))
  }

  get #patience(): number {
    return Math.min(patience, this.#interval)
  }

  #ask(): void {
    const { transactions, network, random } = this.#services
    const { flow } = this
    const uri = `sip:${this.uriHost}${transportParameter(flow.transport)}`
    const own = network.advertised(flow)
    this.#asking = true
    this.#start('missed', this.#patience)
    transactions.sendRequest(
      {
        method: 'OPTIONS',
        requestUri: uri,
        transport: flow.transport,
        sentBy: own,
        branch: transactions.newBranch(),
        from: `<sip:${own}>;tag=${random.token(12)}`,
        to: `<${uri}>`,
        callId: random.token(24),
        cseq: 1,
        route: '',
        maxForwards: 70,
        headers: `Contact: <sip:${own}${transportParameter(flow.transport)}>\r\nAccept: application/sdp\r\n`,
        body: '',
      },
      flow,
      this,
    )
  }

  #start(name: string, milliseconds: number): void {
    this.#stopTimer()
    this.#timer = this.#services.clock.start(milliseconds, this, name)
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
  }

  #change(state: AddressState): void {
    if (state === this.state) return
    const before = this.state
    this.state = state
    const { transport, address, port } = this.flow
    const fields = { trunk: this.#name, address: `${transport} ${bracketed(address)}:${port}` }
    if (state === 'down') {
      this.#services.log.warn(fields, `An address of a trunk did not answer ${mostMisses} times: no calls go there`)
    } else if (state === 'up' && before === 'down') {
      this.#services.log.info(fields, 'An address of a trunk answers again')
    }
    this.#owner.addressChanged(this)
  }
}

/** The same place has the same key. */
export function placeKey({ flow, uriHost }: AddressPlace): string {
  return `${flow.transport as ServerTransport} ${flow.address} ${flow.port} ${uriHost}`
}
