import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { testCertificate, writeCertificate } from '../../engine/net/certificates/test-certificate.ts'
import type { Person } from '../wire/company.ts'
import { Company } from '../wire/company.ts'
import { Endpoint } from '../wire/endpoint.ts'
import { freePort, loopback } from '../wire/ports.ts'
import type { ScenarioDevice, Step } from '../wire/scenario.ts'
import { RingdownServer } from '../wire/server.ts'
import type { SippOptions } from '../wire/sipp.ts'
import { Sipp } from '../wire/sipp.ts'
import type { Address } from '../wire/wires.ts'
import { TlsBridge } from './tls-bridge.ts'

export type Carrier = NonNullable<SippOptions['transport']>

/** Everybody has two devices and an outside number, so that anybody can play any part. */
const people = 600
const trunks = 24

export interface Trunk {
  readonly port: number
  /** What its numbers outside begin with; it is called for them. */
  readonly prefix: string
  /** The carrier as one that calls. */
  readonly device: ScenarioDevice
}

/** One SIPp that is called. */
export interface CalledPhone {
  readonly steps: readonly Step[]
  /** Whose device registers; none for a trunk. */
  readonly device?: ScenarioDevice
  /** Contact it registers instead of its own, and further lines of its REGISTER. */
  readonly contact?: string
  readonly registerLines?: readonly (readonly [string, string])[]
  /** A trunk's. */
  readonly port?: number
  readonly repeats?: boolean
}

export interface CallPlan {
  readonly called?: readonly CalledPhone[]
  readonly calling: readonly Step[]
  readonly port?: number
  /** Another one of this machine than the carriers have. */
  readonly address?: string
  readonly repeats?: boolean
  readonly callId?: string
}

/** One server with a company of people for scenarios that SIPp plays, over the transport of the moment. */
export class Stage {
  readonly server: RingdownServer
  readonly #company: StageCompany
  readonly #bridge: TlsBridge

  private constructor(server: RingdownServer, company: StageCompany, bridge: TlsBridge) {
    this.server = server
    this.#company = company
    this.#bridge = bridge
  }

  /** @param environment settings beside TLS */
  static async open(environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const company = await StageCompany.make()
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-certificates-'))
    const made = testCertificate({ names: ['north.test', loopback] })
    const files = writeCertificate(folder, made)
    const tlsPort = await freePort()
    const server = await RingdownServer.start({
      document: company.document,
      environment: {
        RINGDOWN_TLS_CERT: files.certificate,
        RINGDOWN_TLS_KEY: files.key,
        RINGDOWN_TLS_PORT: String(tlsPort),
        ...environment,
      },
    })
    rmSync(folder, { recursive: true })
    const overTls = { address: server.address.address, port: tlsPort }
    const bridge = await TlsBridge.open(await freePort(), overTls, 'north.test', made.certificate)
    company.authority = made.certificate
    company.overTls = overTls
    return new Stage(server, company, bridge)
  }

  /** PEM of the server's own certificate, for its loopback address too. */
  get certificate(): string {
    return this.#company.authority
  }

  async close(): Promise<void> {
    await this.#bridge.close()
    await this.server.stopEmpty()
  }

  /** Somebody who has not played yet. */
  person(): Person {
    const person = this.#company.people.pop()
    if (!person) throw new Error('There are more scenarios than people: raise `people`')
    return person
  }

  /** A trunk that has not played yet. */
  trunk(): Trunk {
    const trunk = this.#company.trunks.pop()
    if (!trunk) throw new Error('There are more scenarios than trunks: raise `trunks`')
    return trunk
  }

  /** Two trunks for the same numbers; the first is tried first. */
  get trunkPair(): readonly [Trunk, Trunk] {
    return this.#company.trunkPair
  }

  /** Somebody whose device signs in by SHA-256 or MD5; the others know MD5 only, as SIPp does. */
  get bothAlgorithms(): Person {
    return this.#company.bothAlgorithms
  }

  /** Somebody of the other PBX, where names that nobody has are offered MD5 too. */
  get southern(): Person {
    return this.#company.southern
  }

  /** Where SIPp sends by this transport, from its own point of view. */
  addressFor(carrier: Carrier): Address {
    return carrier === 'TLS' ? this.#bridge.address : this.server.address
  }

  /** The server's own address by this transport, as it stands in a Contact. */
  contactOf(carrier: Carrier): string {
    const { address, port } = carrier === 'TLS' ? this.#company.overTls : this.server.address
    return `${address}:${port}`
  }

  /** Registers a device by its own means, from the port or over the connection at which SIPp will be called. */
  async register(device: ScenarioDevice, carrier: Carrier, port: number, phone: Partial<CalledPhone> = {}) {
    const endpoint = await this.#open(device.domain, carrier, port)
    try {
      endpoint.as(device.userName, device.password)
      const contact = phone.contact ?? (carrier === 'UDP' ? endpoint.contact : contactAt(device, carrier, port))
      const once = () => endpoint.register(300, { contact, headers: phone.registerLines ?? [] })
      let response = await once()
      // A machine that is too slow for all of them turns some away (docs/overload.md): as phones do, they come back.
      for (let tries = 0; response.status === 503 && tries < 10; tries++) {
        await sleep(500)
        response = await once()
      }
      if (response.status !== 200) throw new Error(`${device.userName} cannot register: ${response.text}`)
    } catch (error) {
      await endpoint.close()
      throw error
    }
    return endpoint
  }

  #open(domain: string, carrier: Carrier, port: number): Promise<Endpoint> {
    switch (carrier) {
      case 'UDP':
        return Endpoint.openUdp(this.server.address, domain, port)
      case 'TCP':
        return Endpoint.openTcp(this.server.address, domain)
      case 'TLS':
        return Endpoint.openTls(this.#company.overTls, domain, this.#company.authority)
    }
  }

  /** Runs the called sides and then the one that calls; all must go as written. */
  async play(title: string, carrier: Carrier, plan: CallPlan): Promise<void> {
    const phones: Sipp[] = []
    try {
      for (const called of plan.called ?? []) phones.push(await this.startCalled(title, carrier, called))
      const caller = await this.startCalling(title, carrier, plan)
      await caller.succeeded()
      for (const phone of phones) await phone.succeeded()
    } catch (error) {
      const seen = await Promise.all(phones.map((phone) => phone.stop()))
      throw new Error([String(error), ...seen].join('\nThe called side:\n'))
    }
  }

  /** Starts the side that calls. */
  async startCalling(title: string, carrier: Carrier, plan: Omit<CallPlan, 'called'>): Promise<Sipp> {
    return Sipp.start(`${title}: calling`, this.addressFor(carrier), plan.calling, {
      port: plan.port ?? (await freePort()),
      transport: carrier,
      receiveTimeout: 12_000,
      ...(plan.repeats === undefined ? {} : { repeats: plan.repeats }),
      ...(plan.address === undefined ? {} : { address: plan.address }),
      ...(plan.callId === undefined ? {} : { callId: plan.callId }),
    })
  }

  /** Registers a phone and starts it, or starts a carrier that is called. */
  async startCalled(title: string, carrier: Carrier, called: CalledPhone): Promise<Sipp> {
    const port = called.port ?? (await freePort())
    const start = () =>
      Sipp.start(`${title}: called`, this.server.address, called.steps, {
        port,
        transport: carrier,
        receiveTimeout: 12_000,
        ...(called.repeats === undefined ? {} : { repeats: called.repeats }),
      })
    if (!called.device) return start()
    const endpoint = await this.register(called.device, carrier, port, called)
    if (carrier === 'UDP') {
      await endpoint.close()
      return start()
    }
    const sipp = await start()
    const inside = net.connect({ host: loopback, port, localAddress: loopback })
    this.#bridge.join(await endpoint.handOver(), inside)
    return sipp
  }
}

function contactAt(device: ScenarioDevice, carrier: Carrier, port: number): string {
  return `<sip:${device.userName}@${loopback}:${port};transport=${carrier.toLowerCase()}>`
}

/** The people and trunks of a stage. */
class StageCompany {
  readonly people: Person[] = []
  readonly trunks: Trunk[] = []
  readonly #company = new Company()
  readonly bothAlgorithms = this.#company.person({ digestAlgorithms: ['SHA-256', 'MD5'] })
  readonly southern = this.#company.person({ pbx: 'south' })
  readonly trunkPair: readonly [Trunk, Trunk]
  authority = ''
  overTls: Address = { address: '', port: 0 }

  private constructor(ports: readonly [number, number, ...number[]]) {
    const [first, second, ...others] = ports
    for (let index = 0; index < people; index++) {
      this.people.push(this.#company.person({ devices: 2, ringSeconds: 30, primaryNumber: numberOf(index) }))
    }
    this.trunkPair = [this.#trunk(first, '+44113496099', 0), this.#trunk(second, '+44113496099', 1)]
    for (const [index, port] of others.entries()) this.trunks.push(this.#trunk(port, `+441134960${index + 10}`, 0))
  }

  static async make(): Promise<StageCompany> {
    const ports: [number, number, ...number[]] = [await freePort(), await freePort()]
    for (let index = 0; index < trunks; index++) ports.push(await freePort())
    return new StageCompany(ports)
  }

  #trunk(port: number, prefix: string, priority: number): Trunk {
    this.#company.trunk(port, { prefixes: [prefix], priority })
    return { port, prefix, device: { userName: `${prefix}1`, password: '', domain: loopback } }
  }

  get document() {
    return this.#company.document()
  }
}

/** The number outside of somebody of a stage. */
export function outsideNumber(person: Person): string {
  return numberOf(Number(person.extension) - 1002)
}

function numberOf(index: number): string {
  return `+44207946${String(index).padStart(4, '0')}`
}
