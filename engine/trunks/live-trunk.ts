import type { Trunk, TrunkHost } from '../config/snapshot.ts'
import type { TrunkState } from '../router/decision.ts'
import { DigestAccount } from '../sip/digest-client.ts'
import type { ServerLocation } from '../sip/server-location.ts'
import { inTryingOrder } from '../sip/server-location.ts'
import type { Flow } from '../sip/transport.ts'
import type { AddressPlace, TrunkAddressOwner } from './trunk-address.ts'
import { placeKey, TrunkAddress } from './trunk-address.ts'
import { HostPlaces, loadLocation, saveLocation } from './trunk-host.ts'
import type { RegistrarPlace, TrunkRegistrationOwner } from './trunk-registration.ts'
import { CarrierRegistration } from './trunk-registration.ts'
import type { TrunkServices } from './trunk-services.ts'

/** What is known of a trunk at this moment: where it is, whether it is there, and our registration with it. */
export class LiveTrunk implements TrunkAddressOwner, TrunkRegistrationOwner {
  /** As it is configured now. */
  trunk: Trunk
  /** `null` where the carrier asks for no credentials. */
  readonly account: DigestAccount | null
  readonly registration: CarrierRegistration | null
  readonly #services: TrunkServices
  /** Told when calls of this trunk may come from other addresses than before. */
  readonly #moved: () => void
  readonly #hosts: readonly HostPlaces[]
  readonly #registrar: HostPlaces | null
  #addresses: ReadonlyMap<string, TrunkAddress>
  #saved: boolean

  /**
   * @param saved what `save` wrote, of a process or a configuration before this one; or ''
   * @param renews whether a registration that was taken over is renewed at once
   */
  constructor(services: TrunkServices, trunk: Trunk, saved: string, renews: boolean, moved: () => void) {
    this.trunk = trunk
    this.#services = services
    this.#moved = moved
    this.#addresses = new Map()
    this.#saved = saved !== ''
    const { credentials, registration } = trunk
    this.account =
      credentials === null ? null : new DigestAccount(credentials.userName, credentials.password, services.random)
    const [line = '', route = '', ...places] = saved.split('\n')
    this.#hosts = trunk.hosts.map(
      (host) => new HostPlaces(services, host, trunk.transport, knownPlaces(places, host), () => this.#relocate()),
    )
    if (registration === null) {
      this.#registrar = null
      this.registration = null
      return
    }
    const host = { host: registration.registrar, port: registration.port, priority: 0, weight: 0 }
    this.#registrar = new HostPlaces(services, host, trunk.transport, knownPlaces(places, host), () => {
      this.#save()
      this.#moved()
      this.registration?.located()
    })
    this.registration = new CarrierRegistration(services, this, trunk.name, registration, trunk.domain)
    this.registration.restore(line, route)
    if (renews) this.registration.renew()
  }

  start(): void {
    this.#relocate()
    for (const host of this.#hosts) host.start()
    this.#registrar?.start()
    this.registration?.start()
  }

  /** @param farewell whether the carrier is told that we are gone; otherwise another takes over */
  stop(farewell: boolean): void {
    this.registration?.stop(farewell)
    for (const host of this.#hosts) host.stop()
    this.#registrar?.stop()
    for (const address of this.#addresses.values()) address.stop()
    if (farewell && this.#saved) this.#services.journal.remove('trunk', this.trunk.id)
  }

  /** The configuration says the same of it as before, or what is taken over without a new beginning. */
  reconfigured(trunk: Trunk): void {
    this.trunk = trunk
    for (const address of this.#addresses.values()) address.ask(trunk.optionsSeconds)
  }

  get state(): TrunkState {
    for (const address of this.#addresses.values()) {
      if (address.usable) return this.registration?.lapsed === true ? 'unregistered' : 'up'
    }
    return 'down'
  }

  get addresses(): IterableIterator<TrunkAddress> {
    return this.#addresses.values()
  }

  /** Route lines for its INVITEs, or ''. */
  get route(): string {
    return this.registration?.inPlace === true ? this.registration.serviceRoute : ''
  }

  /** Why no calls go there, or not gladly; in words, '' where there is nothing to say. */
  get problem(): string {
    if (this.#addresses.size === 0) {
      const unknown = this.#hosts.find(({ problem }) => problem !== '')
      return unknown?.problem ?? 'no listener here leads to its addresses, or they are not known yet'
    }
    if (this.state === 'down') return 'none of its addresses answers'
    return this.registration?.problem ?? ''
  }

  /** Its addresses in the order in which one call tries them: those that are down only where all are. */
  ways(): TrunkAddress[] {
    const all = this.#ordered()
    const usable = all.filter((address) => address.usable)
    return usable.length > 0 ? usable : all
  }

  /** Whether this comes from an address that the DNS names for the trunk. */
  isAt(flow: Flow): boolean {
    return this.#named().some((host) => leadsTo(host, flow))
  }

  /** Whether what we send it, or its registrar, goes there. */
  isReachedAt(flow: Flow): boolean {
    return this.#all().some((host) => leadsTo(host, flow))
  }

  /** Addresses of its hosts and its registrar. */
  *allAddresses(): Generator<string> {
    for (const host of this.#all()) for (const { address } of host.locations) yield address
  }

  /** Something came from there. */
  heardFrom(flow: Flow): void {
    for (const address of this.#addresses.values()) {
      if (address.flow.address === flow.address && address.flow.port === flow.port) address.heard()
    }
  }

  addressChanged(address: TrunkAddress): void {
    if (address.state === 'up') this.registration?.heardAgain()
  }

  registrarPlaces(): readonly RegistrarPlace[] {
    const registrar = this.#registrar
    if (registrar === null) return []
    const places: RegistrarPlace[] = []
    for (const location of registrar.locations) {
      const flow = this.#flowTo(location, registrar)
      const { priority, weight } = location
      if (flow !== null) places.push({ flow, uriHost: registrar.uriHost, priority, weight })
    }
    return places
  }

  saveRegistration(): void {
    this.#save()
  }

  /** For the journal; '' where nothing has to survive. */
  save(): string {
    const places: string[] = []
    for (const host of this.#named()) {
      for (const location of host.locations) {
        places.push(`\n${host.host.host} ${host.host.port} ${saveLocation(location)}`)
      }
    }
    if (this.registration === null && places.length === 0) return ''
    return `${this.registration?.save() ?? '\n'}${places.join('')}`
  }

  #save(): void {
    const value = this.save()
    if (value === '') return
    this.#saved = true
    this.#services.journal.put('trunk', this.trunk.id, value)
  }

  #named(): HostPlaces[] {
    return this.#all().filter((host) => host.isNamed)
  }

  #all(): readonly HostPlaces[] {
    return this.#registrar === null ? this.#hosts : [...this.#hosts, this.#registrar]
  }

  #ordered(): TrunkAddress[] {
    if (this.#addresses.size < 2) return [...this.#addresses.values()]
    const hosts = this.#hosts.map((places) => ({ ...weightOf(places.host), places }))
    const ordered: TrunkAddress[] = []
    for (const { places } of inTryingOrder(hosts, this.#services.random)) {
      for (const location of places.inOrder()) {
        const flow = this.#flowTo(location, places)
        const address = flow === null ? undefined : this.#addresses.get(placeKey({ flow, uriHost: places.uriHost }))
        if (address !== undefined && !ordered.includes(address)) ordered.push(address)
      }
    }
    return ordered
  }

  /** Its hosts are found at other places than before. */
  #relocate(): void {
    const before = this.#addresses
    const addresses = new Map<string, TrunkAddress>()
    for (const host of this.#hosts) {
      for (const location of host.locations) {
        const flow = this.#flowTo(location, host)
        if (flow === null) continue
        const place: AddressPlace = { flow, uriHost: host.uriHost }
        const key = placeKey(place)
        if (addresses.has(key)) continue
        const address = before.get(key) ?? new TrunkAddress(this.#services, this, this.trunk.name, place)
        addresses.set(key, address)
        address.ask(this.trunk.optionsSeconds)
      }
    }
    this.#addresses = addresses
    for (const [key, address] of before) if (!addresses.has(key)) address.stop()
    this.#save()
    this.#moved()
  }

  /** `null` where no listener of ours leads there. */
  #flowTo({ transport, address, port }: ServerLocation, host: HostPlaces): Flow | null {
    const listener = this.#services.network.listenerFor(transport, address)
    if (listener < 0) return null
    const flow: Flow = { transport, listener, address, port, connection: 0 }
    return transport === 'TLS' ? { ...flow, serverName: host.host.host } : flow
  }
}

function leadsTo({ locations }: HostPlaces, { address, port }: Flow): boolean {
  return locations.some((location) => location.address === address && location.port === port)
}

function weightOf({ priority, weight }: TrunkHost) {
  return { priority, weight }
}

function knownPlaces(lines: readonly string[], { host, port }: TrunkHost): ServerLocation[] {
  const start = `${host} ${port} `
  const places: ServerLocation[] = []
  for (const line of lines) {
    const place = line.startsWith(start) ? loadLocation(line.slice(start.length)) : null
    if (place !== null) places.push(place)
  }
  return places
}
