import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { networkInterfaces } from 'node:os'
import type { Transport } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import type { Listener } from './listener.ts'
import { withPort } from './listener.ts'

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** Peers remembered a listener; when more have called, all are forgotten and looked up again. */
const rememberedPeers = 10_000

/** RFC 1918 and its IPv6 counterparts (RFC 4193, link-local), and loopback, which is always local. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10']
const loopbackNetworks = ['127.0.0.0/8', '::1/128']

/**
 * Which of our addresses a peer must use: our own where it is in a local network, the advertised one elsewhere, and the
 * interface's that leads to the peer where the listener is bound to all of them.
 */
export class Addresses {
  readonly #listeners: readonly Listener[]
  readonly #readInterfaces: () => Interfaces
  #interfaces: Interfaces
  #interfacesText: string
  /** The local networks of each listener. */
  #local: BlockList[]
  /** A listener's one answer for everybody, or `null` where it depends on the peer. */
  readonly #constant: readonly (string | null)[]
  readonly #byPeer: Map<string, string>[]
  /** Whether peers are in a local network, by their addresses: looking it up costs 6 us, and calls ask twice. */
  readonly #localPeers: Map<string, boolean>[]
  #ownHosts: Set<string>

  /** @param readInterfaces `networkInterfaces` of node:os */
  constructor(listeners: readonly Listener[], readInterfaces: () => Interfaces = networkInterfaces) {
    this.#listeners = listeners
    this.#readInterfaces = readInterfaces
    this.#interfaces = readInterfaces()
    this.#interfacesText = JSON.stringify(this.#interfaces)
    this.#local = listeners.map((listener) => this.#localList(listener))
    this.#byPeer = listeners.map(() => new Map<string, string>())
    this.#localPeers = listeners.map(() => new Map<string, boolean>())
    this.#constant = listeners.map(constantAnswer)
    this.#ownHosts = this.#findOwnHosts()
  }

  /** host:port of listener `index` for a peer at `address`. */
  advertised(index: number, address: string): string {
    const constant = this.#constant[index]!
    if (constant !== null) return constant
    const known = this.#byPeer[index]!
    let answer = known.get(address)
    if (answer === undefined) {
      answer = this.#answerFor(index, address)
      if (known.size >= rememberedPeers) known.clear()
      known.set(address, answer)
    }
    return answer
  }

  /**
   * Address at which a peer is to send sound: that of `advertiseMedia`, else of `advertise`, where it is outside the local
   * networks; else ours, which `bind` names as sockets bind it. IPv6 without brackets.
   */
  sound(index: number, peer: string): { readonly bind: string; readonly shown: string } {
    const { address, advertised, advertisedMedia } = this.#listeners[index]!
    const own = isWildcard(address) ? this.#interfaceTowards(peer) : address
    if (this.isLocal(index, peer)) return { bind: address, shown: own }
    // A name would have to be looked up, and many phones do not.
    const host = withoutPort(advertised)
    const outside = advertisedMedia || (isIPv4(host) || isIPv6(host) ? host : '')
    return { bind: address, shown: outside || own }
  }

  /** Whether a peer is in a local network of listener `index`. */
  isLocal(index: number, address: string): boolean {
    const known = this.#localPeers[index]!
    let answer = known.get(address)
    if (answer === undefined) {
      const local = this.#local[index]!
      const plain = withoutZone(address)
      answer = (isIPv4(plain) && local.check(plain)) || (isIPv6(plain) && local.check(plain, 'ipv6'))
      if (known.size >= rememberedPeers) known.clear()
      known.set(address, answer)
    }
    return answer
  }

  /** Looks at the machine's interfaces again; to be called now and then, because addresses change under DHCP. */
  refresh(): void {
    const interfaces = this.#readInterfaces()
    const text = JSON.stringify(interfaces)
    if (text === this.#interfacesText) return
    this.#interfaces = interfaces
    this.#interfacesText = text
    this.#local = this.#listeners.map((listener) => this.#localList(listener))
    for (const known of this.#byPeer) known.clear()
    for (const known of this.#localPeers) known.clear()
    this.#ownHosts = this.#findOwnHosts()
  }

  /** Whether a lower-case host of a URI, IPv6 in brackets, is an address or name of this server itself. */
  isOwnHost(host: string): boolean {
    return this.#ownHosts.has(host)
  }

  /** Index of the listener through which `address` can be reached by `transport`; -1 where there is none. */
  listenerFor(transport: Transport, address: string): number {
    let best = -1
    let bestFit = 0
    for (const [index, listener] of this.#listeners.entries()) {
      if (listener.transport !== transport) continue
      const fit = this.#fit(listener, address)
      if (fit > bestFit) {
        bestFit = fit
        best = index
      }
    }
    return best
  }

  /** How well a listener leads to a peer: 0 not at all, 3 when they share a network. */
  #fit(listener: Listener, peer: string): number {
    if (listener.address.includes(':') !== peer.includes(':')) return 0
    if (isLoopback(listener.address)) return isLoopback(peer) ? 3 : 0
    if (isWildcard(listener.address)) return 2
    return this.#interfaceTowards(peer) === listener.address ? 3 : 1
  }

  #findOwnHosts(): Set<string> {
    const hosts = new Set<string>()
    for (const listener of this.#listeners) {
      for (const address of this.#addressesOf(listener)) hosts.add(bracketed(address))
      if (listener.advertised === '') continue
      const full = withPort(listener.advertised, listener.port).toLowerCase()
      hosts.add(full.slice(0, full.lastIndexOf(':')))
    }
    return hosts
  }

  #addressesOf(listener: Listener): string[] {
    if (!isWildcard(listener.address)) {
      // Who is bound to loopback is also called by its name.
      return isLoopback(listener.address) ? [listener.address, 'localhost'] : [listener.address]
    }
    const family = listener.address.includes(':') ? 'IPv6' : 'IPv4'
    const found = this.#infos(family).map((info) => info.address)
    return [...found, 'localhost']
  }

  #answerFor(index: number, peer: string): string {
    const listener = this.#listeners[index]!
    if (listener.advertised !== '' && !this.isLocal(index, peer)) return withPort(listener.advertised, listener.port)
    const own = isWildcard(listener.address) ? this.#interfaceTowards(peer) : listener.address
    return withPort(own, listener.port)
  }

  /** Our address in the peer's own network, else that of the first interface that leads outside. */
  #interfaceTowards(peer: string): string {
    const plain = withoutZone(peer)
    const family = plain.includes(':') ? 'IPv6' : 'IPv4'
    const infos = this.#infos(family)
    for (const info of infos) {
      if (info.cidr === null) continue
      const network = new BlockList()
      addNetwork(network, info.cidr)
      if (network.check(plain, family === 'IPv6' ? 'ipv6' : 'ipv4')) return info.address
    }
    const outside =
      infos.find((info) => !info.internal && !info.address.startsWith('fe80:')) ?? infos.find((info) => !info.internal)
    return outside?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1')
  }

  #infos(family: 'IPv4' | 'IPv6'): NetworkInterfaceInfo[] {
    const infos: NetworkInterfaceInfo[] = []
    for (const list of Object.values(this.#interfaces)) {
      for (const info of list ?? []) if (info.family === family) infos.push(info)
    }
    return infos
  }

  #localList(listener: Listener): BlockList {
    const list = new BlockList()
    for (const network of loopbackNetworks) addNetwork(list, network)
    if (listener.localNetworks.length > 0) {
      for (const network of listener.localNetworks) addNetwork(list, network)
      return list
    }
    for (const network of privateNetworks) addNetwork(list, network)
    for (const infos of Object.values(this.#interfaces)) {
      for (const info of infos ?? []) if (info.cidr !== null) addNetwork(list, info.cidr)
    }
    return list
  }
}

/** Whether `text` is `address/bits` or a single address. */
export function isNetwork(text: string): boolean {
  const { address, bits } = splitNetwork(text)
  return (isIPv4(address) && bits >= 0 && bits <= 32) || (isIPv6(address) && bits >= 0 && bits <= 128)
}

/** Whether the address means every interface. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** Whether only this machine reaches the address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'))
}

/**
 * Whether an address is loopback or in one of these networks (`address` or `address/bits`).
 * @throws RangeError for what is no network
 */
export function exemptSources(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return isLoopback
  const list = new BlockList()
  for (const network of networks) addNetwork(list, network)
  return (address) => isLoopback(address) || list.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

function addNetwork(list: BlockList, text: string): void {
  const { address, bits } = splitNetwork(text)
  list.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4')
}

function splitNetwork(text: string): { address: string; bits: number } {
  const slash = text.indexOf('/')
  if (slash < 0) return { address: withoutZone(text), bits: text.includes(':') ? 128 : 32 }
  const bits = text.slice(slash + 1)
  return { address: withoutZone(text.slice(0, slash)), bits: /^\d{1,3}$/.test(bits) ? Number(bits) : -1 }
}

/** The host of `host` or `host:port`, without brackets. */
function withoutPort(text: string): string {
  if (text.startsWith('[')) return text.slice(1, text.indexOf(']'))
  return isIPv6(text) || !text.includes(':') ? text : text.slice(0, text.indexOf(':'))
}

/** Link-local IPv6 addresses come as fe80::1%eth0. */
function withoutZone(address: string): string {
  const percent = address.indexOf('%')
  return percent < 0 ? address : address.slice(0, percent)
}

function constantAnswer(listener: Listener): string | null {
  if (isWildcard(listener.address) || listener.advertised !== '') return null
  return withPort(listener.address, listener.port)
}
