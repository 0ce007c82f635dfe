import type { Trunk } from '../config/snapshot.ts'
import type { RecoveredEntries } from '../records/entries.ts'
import type { TrunkState } from '../router/decision.ts'
import type { DigestAccount } from '../sip/digest-client.ts'
import type { SipMessage } from '../sip/message.ts'
import type { RequestSigner } from '../sip/signed-requests.ts'
import type { Flow } from '../sip/transport.ts'
import { decodeUser, parseUri } from '../sip/uri.ts'
import { LiveTrunk } from './live-trunk.ts'
import type { AddressState } from './trunk-address.ts'
import type { RegistrationState } from './trunk-registration.ts'
import { placeText } from './trunk-registration.ts'
import type { TrunkServices } from './trunk-services.ts'

/** What is shown of a trunk. */
export interface TrunkView {
  readonly id: string
  readonly name: string
  readonly state: TrunkState
  /** In words; '' where there is nothing to say. */
  readonly problem: string
  /** `null`: it does not register. */
  readonly registration: { readonly state: RegistrationState; readonly expiresAt: number } | null
  readonly addresses: readonly { readonly address: string; readonly state: AddressState; readonly misses: number }[]
}

/** All trunks as they are at this moment. */
export class Trunks {
  readonly #services: TrunkServices
  readonly #byId = new Map<string, LiveTrunk>()
  readonly #signers = new Map<string, TrunkSigner>()
  /** Who is at an address, so that everybody else costs one look. */
  #byAddress = new Map<string, LiveTrunk[]>()
  /** The configuration is being taken over: once it is, all are looked at. */
  #configuring = false
  /** Of the process before this one, until the configuration is here. */
  #recovered = new Map<string, string>()

  constructor(services: TrunkServices) {
    this.#services = services
  }

  /** Takes up what the process before this one knew. Before the first configuration. */
  restore({ entries }: RecoveredEntries): void {
    for (const { kind, key, value } of entries) if (kind === 'trunk') this.#recovered.set(key, value)
  }

  /** From now on these are the trunks. */
  configured(trunks: readonly Trunk[]): void {
    const gone = new Set(this.#byId.keys())
    this.#configuring = true
    for (const trunk of trunks) {
      gone.delete(trunk.id)
      const before = this.#byId.get(trunk.id)
      if (before === undefined) this.#begin(trunk, this.#recovered.get(trunk.id) ?? '', false)
      else if (isAsBefore(before.trunk, trunk)) before.reconfigured(trunk)
      else {
        const goesOn = registersAsBefore(before.trunk, trunk)
        before.stop(!goesOn)
        this.#begin(trunk, goesOn ? before.save() : '', goesOn)
      }
    }
    for (const id of gone) {
      this.#byId.get(id)?.stop(true)
      this.#byId.delete(id)
    }
    for (const id of this.#recovered.keys()) if (!this.#byId.has(id)) this.#services.journal.remove('trunk', id)
    this.#recovered = new Map()
    this.#configuring = false
    this.#index()
  }

  get(id: string): LiveTrunk | undefined {
    return this.#byId.get(id)
  }

  /** What a trunk's challenges are answered with; `null` where there is nothing. */
  accountOf(id: string): DigestAccount | null {
    return this.#byId.get(id)?.account ?? null
  }

  /** Signs what is sent to this trunk, as it is configured when something is sent; `null` where nothing is ever asked. */
  signerOf(id: string): RequestSigner | null {
    if (this.#byId.get(id)?.account === null) return null
    let signer = this.#signers.get(id)
    if (signer === undefined) {
      signer = new TrunkSigner(this, id)
      this.#signers.set(id, signer)
    }
    return signer
  }

  state(trunk: Trunk): TrunkState {
    return this.#byId.get(trunk.id)?.state ?? 'down'
  }

  /**
   * The trunk whose name leads to this source. Several registrations with one carrier come from the same address: then
   * the user part of our Contact, to which its calls go, says which.
   */
  at(flow: Flow, requestUri: string): LiveTrunk | null {
    const candidates = this.#byAddress.get(flow.address)
    if (candidates === undefined) return null
    const user = decodeUser(parseUri(requestUri)?.user ?? '')
    let found: LiveTrunk | null = null
    for (const candidate of candidates) {
      if (!candidate.isAt(flow)) continue
      if (candidate.trunk.registration?.contactUser === user) return candidate
      found ??= candidate
    }
    return found
  }

  /** Whether a trunk or its registrar is reached there: from there come answers to what we ask. */
  isReachedAt(flow: Flow): boolean {
    const candidates = this.#byAddress.get(flow.address)
    return candidates?.some((candidate) => candidate.isReachedAt(flow)) ?? false
  }

  /** Something came from a trunk, so it is there. */
  heardFrom(id: string, flow: Flow): void {
    this.#byId.get(id)?.heardFrom(flow)
  }

  connectionLost(flow: Flow): void {
    for (const { registration } of this.#byId.values()) registration?.connectionLost(flow)
  }

  *views(): Generator<TrunkView> {
    for (const live of this.#byId.values()) {
      const { trunk, state, problem, registration } = live
      yield {
        id: trunk.id,
        name: trunk.name,
        state,
        problem,
        registration:
          registration === null
            ? null
            : { state: registration.state, expiresAt: registration.inPlace ? registration.expiresAt : 0 },
        addresses: [...live.addresses].map(({ flow, state: at, misses }) => ({
          address: placeText(flow),
          state: at,
          misses,
        })),
      }
    }
  }

  #begin(trunk: Trunk, saved: string, renews: boolean): void {
    const live = new LiveTrunk(this.#services, trunk, saved, renews, () => this.#index())
    this.#byId.set(trunk.id, live)
    live.start()
  }

  #index(): void {
    if (this.#configuring) return
    this.#byAddress = new Map()
    for (const live of this.#byId.values()) {
      for (const address of new Set(live.allAddresses())) {
        const others = this.#byAddress.get(address)
        if (others === undefined) this.#byAddress.set(address, [live])
        else others.push(live)
      }
    }
  }
}

class TrunkSigner implements RequestSigner {
  readonly id: string
  readonly #trunks: Trunks

  constructor(trunks: Trunks, id: string) {
    this.#trunks = trunks
    this.id = id
  }

  sign(method: string, uri: string): string {
    return this.#trunks.accountOf(this.id)?.sign(method, uri) ?? ''
  }

  challenged(response: SipMessage, answers: number): boolean {
    return this.#trunks.accountOf(this.id)?.challenged(response, answers) ?? false
  }
}

/** Whether where it is and how we sign in with it stays the same. */
function isAsBefore(one: Trunk, other: Trunk): boolean {
  const hosts = ({ hosts }: Trunk) =>
    hosts.map(({ host, port, priority, weight }) => `${host} ${port} ${priority} ${weight}`).join('\n')
  return (
    one.transport === other.transport &&
    one.domain === other.domain &&
    hosts(one) === hosts(other) &&
    one.credentials?.userName === other.credentials?.userName &&
    one.credentials?.password === other.credentials?.password &&
    registrationText(one) === registrationText(other)
  )
}

/** Whether the carrier knows us under the same name at the same place. */
function registersAsBefore(one: Trunk, other: Trunk): boolean {
  return (
    one.transport === other.transport &&
    one.domain === other.domain &&
    one.credentials?.userName === other.credentials?.userName &&
    registrationText(one) === registrationText(other)
  )
}

function registrationText({ registration }: Trunk): string {
  if (registration === null) return ''
  const { registrar, port, contactUser, expiresSeconds } = registration
  return `${registrar} ${port} ${contactUser} ${expiresSeconds}`
}
