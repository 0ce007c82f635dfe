import type { TrunkHost } from '../config/snapshot.ts'
import type { LocationAnswer, ServerLocation, ServerTransport } from '../sip/server-location.ts'
import { defaultPort, inTryingOrder, isLiteralAddress } from '../sip/server-location.ts'
import type { TimerHandle, TimerOwner } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import type { TrunkServices } from './trunk-services.ts'

/**
 * One host of a carrier and the places it is found at. A name is looked up again before what is known of it is too old,
 * while calls go on by what is known; a name server that fails changes nothing.
 */
export class HostPlaces implements TimerOwner {
  readonly host: TrunkHost
  /** Host of URIs, with the port where the configuration names one. */
  readonly uriHost: string
  readonly #transport: ServerTransport | ''
  readonly #services: TrunkServices
  readonly #changed: () => void
  #locations: readonly ServerLocation[]
  /** Why the name leads nowhere, or could not be looked up lately; '' */
  problem: string
  #timer: TimerHandle | null
  #stopped: boolean

  /**
   * @param known what a process before this one had found
   * @param changed called when its places are others than before
   */
  constructor(
    services: TrunkServices,
    host: TrunkHost,
    transport: ServerTransport | '',
    known: readonly ServerLocation[],
    changed: () => void,
  ) {
    this.host = host
    this.uriHost = host.port === 0 ? bracketed(host.host) : `${bracketed(host.host)}:${host.port}`
    this.#transport = transport
    this.#services = services
    this.#changed = changed
    this.#locations = isLiteralAddress(host.host) ? [placeOf(host, transport)] : known
    this.problem = ''
    this.#timer = null
    this.#stopped = false
  }

  get isNamed(): boolean {
    return !isLiteralAddress(this.host.host)
  }

  get locations(): readonly ServerLocation[] {
    return this.#locations
  }

  /** The places in the order in which one request tries them. */
  inOrder(): ServerLocation[] {
    return inTryingOrder(this.#locations, this.#services.random)
  }

  start(): void {
    if (this.isNamed) this.#ask()
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
  }

  timerFired(): void {
    this.#timer = null
    this.#ask()
  }

  #ask(): void {
    const { host, port } = this.host
    this.#services.locator.locate({ host, port, transport: this.#transport }, (answer) => this.#answered(answer))
  }

  #answered({ locations, seconds, problem }: LocationAnswer): void {
    if (this.#stopped) return
    this.#timer = this.#services.clock.start(seconds * 1000, this, 'look up')
    if (problem !== '' && problem !== this.problem) {
      const kept = this.#locations.length > 0 ? 'calls go where they went before' : 'no calls go there'
      this.#services.log.warn({ host: this.host.host, problem }, `A host of a trunk cannot be found: ${kept}`)
    }
    this.problem = problem
    if (locations.length === 0 || sameLocations(locations, this.#locations)) return
    this.#locations = locations
    this.#changed()
  }
}

function placeOf({ host, port }: TrunkHost, transport: ServerTransport | ''): ServerLocation {
  const known = transport === '' ? 'UDP' : transport
  return { transport: known, address: host, port: port === 0 ? defaultPort(known) : port, priority: 0, weight: 0 }
}

function sameLocations(one: readonly ServerLocation[], other: readonly ServerLocation[]): boolean {
  const text = (locations: readonly ServerLocation[]) => locations.map(saveLocation).sort().join('\n')
  return one.length === other.length && text(one) === text(other)
}

/** In one line, for the journal. */
export function saveLocation({ transport, address, port, priority, weight }: ServerLocation): string {
  return `${transport} ${address} ${port} ${priority} ${weight}`
}

/** Reads what `saveLocation` wrote; `null` where it is damaged. */
export function loadLocation(text: string): ServerLocation | null {
  const [transport, address = '', ...numbers] = text.split(' ')
  const [port = Number.NaN, priority = Number.NaN, weight = Number.NaN] = numbers.map(Number)
  if (transport !== 'UDP' && transport !== 'TCP' && transport !== 'TLS') return null
  if (address === '' || !Number.isInteger(port + priority + weight)) return null
  return { transport, address, port, priority, weight }
}
