import { promises as dns } from 'node:dns'
import type { Logger } from 'pino'
import type {
  LocationAnswer,
  LocationQuery,
  ServerLocation,
  ServerLocator,
  ServerTransport,
} from '../sip/server-location.ts'
import { defaultPort } from '../sip/server-location.ts'

export interface NamesOptions {
  /** `address` or `address:port`, IPv6 in brackets; none: those of the machine, and its hosts file. */
  readonly nameServers: readonly string[]
  readonly log: Pick<Logger, 'debug'>
}

/** SRV and NAPTR records come without their time to live; so long they hold (s). */
const usualSeconds = 60
/** Bounds on how long an answer holds (s), whatever its records say. */
const shortest = 5
const longest = 3600
/** How soon a name that led nowhere, or could not be looked up, is asked for again (s). */
const soon = 10
/** Answers kept, and records of one kind and addresses of one name that are looked at. */
const mostKept = 1000
const mostRecords = 20
/** One try at one name server, and how many (ms). */
const tryTime = 2000
const tries = 2

/** RFC 3263 §4.1: the services of NAPTR records that we can use. A sip URI may be served by TLS where the DNS says so. */
const services: ReadonlyMap<string, ServerTransport> = new Map([
  ['SIP+D2U', 'UDP'],
  ['SIP+D2T', 'TCP'],
  ['SIPS+D2T', 'TLS'],
])
const srvNames: Readonly<Record<ServerTransport, string>> = { UDP: '_sip._udp.', TCP: '_sip._tcp.', TLS: '_sips._tcp.' }
/** Priorities of SRV records are 16 bits; above them counts which NAPTR record led there. */
const rankStep = 65_536
const ownNameServers = "the machine's own name servers"

interface Kept {
  readonly answer: LocationAnswer
  /** Of `performance.now()`. */
  readonly until: number
}

interface Addresses {
  readonly addresses: readonly string[]
  readonly seconds: number
}

const noAddresses: Addresses = { addresses: [], seconds: usualSeconds }

/**
 * Finds servers by name as RFC 3263 §4 says: NAPTR, then SRV, then A and AAAA records. Everything happens outside the
 * event loop's turns; who asks is called when the answer is there. Answers are kept for as long as their records allow.
 */
export class DnsServerLocator implements ServerLocator {
  readonly #resolver: dns.Resolver
  readonly #options: NamesOptions
  readonly #kept = new Map<string, Kept>()
  readonly #underWay = new Map<string, Promise<LocationAnswer>>()

  /** @throws Error where a name server is no address */
  constructor(options: NamesOptions) {
    this.#options = options
    this.#resolver = new dns.Resolver({ timeout: tryTime, tries })
    if (options.nameServers.length > 0) this.#resolver.setServers([...options.nameServers])
  }

  locate(query: LocationQuery, answered: (answer: LocationAnswer) => void): void {
    const key = `${query.host} ${query.port} ${query.transport}`
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.until > performance.now()) {
      answered(kept.answer)
      return
    }
    let asked = this.#underWay.get(key)
    if (asked === undefined) {
      asked = this.#ask(query).then((answer) => {
        this.#underWay.delete(key)
        this.#keep(key, answer)
        return answer
      })
      this.#underWay.set(key, asked)
    }
    // What fails while the answer is used is a fault of its user, and ends the process as any other does.
    asked.then(answered).catch((error: unknown) =>
      setImmediate(() => {
        throw error
      }),
    )
  }

  #keep(key: string, answer: LocationAnswer): void {
    this.#kept.delete(key)
    if (answer.locations.length === 0) return
    if (this.#kept.size >= mostKept) {
      const [oldest] = this.#kept.keys()
      if (oldest !== undefined) this.#kept.delete(oldest)
    }
    this.#kept.set(key, { answer, until: performance.now() + answer.seconds * 1000 })
  }

  /** Never rejects. */
  async #ask(query: LocationQuery): Promise<LocationAnswer> {
    const { log, nameServers } = this.#options
    let answer: LocationAnswer
    try {
      answer = await this.#locations(query)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const servers = nameServers.length === 0 ? ownNameServers : nameServers.join(', ')
      const problem = `${query.host} cannot be looked up at ${servers}: ${code ?? (error as Error).message}`
      answer = { locations: [], seconds: soon, problem }
    }
    log.debug({ ...query, ...answer }, 'Looked up a name')
    return answer
  }

  async #locations({ host, port, transport }: LocationQuery): Promise<LocationAnswer> {
    // §4.2: an explicit port asks for no SRV records, and so for no NAPTR records either (§4.1).
    if (port !== 0) return this.#byAddresses(host, transport === '' ? 'UDP' : transport, port)
    const ranked = transport === '' ? await this.#byNaptr(host) : [{ name: srvNames[transport] + host, transport }]
    const found = await Promise.all(ranked.map(({ name, ...way }, rank) => this.#bySrv(name, way.transport, rank)))
    const known = found.filter((one) => one !== null)
    // §4.2: no SRV records at all lead to the name's own addresses.
    if (known.length === 0) {
      const plain = transport === '' ? 'UDP' : transport
      return this.#byAddresses(host, plain, defaultPort(plain))
    }
    return answerOf(
      known.flatMap(({ locations }) => locations),
      Math.min(...known.map(({ seconds }) => seconds)),
      `the SRV records of ${host} lead nowhere`,
    )
  }

  /** The SRV names to ask, the preferred one first. */
  async #byNaptr(host: string): Promise<readonly { readonly name: string; readonly transport: ServerTransport }[]> {
    const records = await orNone(this.#resolver.resolveNaptr(host))
    const usable = records
      .filter(({ flags, service }) => flags.toLowerCase() === 's' && services.has(service.toUpperCase()))
      .sort((a, b) => a.order - b.order || a.preference - b.preference)
      .slice(0, mostRecords)
      .map(({ replacement, service }) => ({
        name: replacement,
        transport: services.get(service.toUpperCase()) as ServerTransport,
      }))
    if (usable.length > 0) return usable
    return (['UDP', 'TCP'] as const).map((transport) => ({ name: srvNames[transport] + host, transport }))
  }

  /** `null` where there are no such records. */
  async #bySrv(name: string, transport: ServerTransport, rank: number): Promise<LocationAnswer | null> {
    const records = (await orNone(this.#resolver.resolveSrv(name)))
      .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
      .slice(0, mostRecords)
    if (records.length === 0) return null
    const hosts = await Promise.all(
      // RFC 2782: a lone dot says that the service is not there.
      records.map((record) => (record.name === '' || record.name === '.' ? noAddresses : this.#addresses(record.name))),
    )
    const locations = records.flatMap(({ priority, weight, port }, index) =>
      (hosts[index]?.addresses ?? []).map((address) => ({
        transport,
        address,
        port,
        priority: rank * rankStep + priority,
        weight,
      })),
    )
    return answerOf(locations, Math.min(usualSeconds, ...hosts.map(({ seconds }) => seconds)), `${name} leads nowhere`)
  }

  async #byAddresses(host: string, transport: ServerTransport, port: number): Promise<LocationAnswer> {
    const { addresses, seconds } = await this.#addresses(host)
    // §4.2: they are tried in the order of the answer, which name servers turn round by themselves.
    const locations = addresses.map((address, priority) => ({ transport, address, port, priority, weight: 0 }))
    return answerOf(locations, seconds, `${host} has no address`)
  }

  /** IPv4 before IPv6; those of the machine's hosts file where the DNS has none. */
  async #addresses(host: string): Promise<Addresses> {
    const found = await Promise.all([
      orNone(this.#resolver.resolve4(host, { ttl: true })),
      orNone(this.#resolver.resolve6(host, { ttl: true })),
    ])
    const records = found.flat().slice(0, mostRecords)
    if (records.length > 0) {
      return { addresses: records.map(({ address }) => address), seconds: Math.min(...records.map(({ ttl }) => ttl)) }
    }
    if (this.#options.nameServers.length > 0) return noAddresses
    const local = await dns.lookup(host, { all: true }).catch(() => [])
    return { addresses: local.map(({ address }) => address), seconds: usualSeconds }
  }
}

function answerOf(locations: readonly ServerLocation[], seconds: number, problem: string): LocationAnswer {
  if (locations.length === 0) return { locations, seconds: soon, problem }
  return { locations, seconds: Math.min(longest, Math.max(shortest, seconds)), problem: '' }
}

/**
 * A name server that says that there is nothing, or that it does not know such records, is an answer; one that says
 * nothing is none, and must not be taken for "no such records": calls would go somewhere else.
 */
async function orNone<Found>(records: Promise<Found[]>): Promise<Found[]> {
  try {
    return await records
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (nothingThere.has(code)) return []
    throw error
  }
}

const nothingThere: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND', 'ENOTIMP', 'EFORMERR', 'EBADNAME'])
