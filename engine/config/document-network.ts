/** Checks addresses: of listeners, and of trunks, whose source address is all that identifies them. */
import { isIP } from 'node:net'
import type { Document } from './document.ts'
import type { ProblemList } from './problem.ts'

/** Adds addresses that are none, and sources that two trunks claim. */
export function checkNetwork(document: Document, problems: ProblemList): void {
  checkListeners(document, problems)
  const sources = new Map<string, string>()
  for (const [place, trunk] of (document.trunks ?? []).entries()) {
    checkAddress(trunk.address, `trunks[${place}].address`, problems)
    for (const [index, source] of trunk.trusted.entries()) {
      const path = `trunks[${place}].trusted[${index}]`
      checkAddress(source.address, `${path}.address`, problems)
      const name = `${source.address.toLowerCase()} port ${source.port ?? 0}`
      const first = sources.get(name)
      if (first === undefined) sources.set(name, path)
      else problems.add(path, name, `${first} trusts the same source`, 'Each source belongs to one trunk: take one out')
    }
  }
}

function checkListeners(document: Document, problems: ProblemList): void {
  const seen = new Map<string, string>()
  for (const [place, listener] of (document.listeners ?? []).entries()) {
    const path = `listeners[${place}]`
    checkAddress(listener.bind, `${path}.bind`, problems)
    for (const transport of listener.transports ?? ['UDP', 'TCP']) {
      const name = `${listener.bind} ${listener.port ?? 5060} ${transport}`
      const first = seen.get(name)
      if (first === undefined) seen.set(name, path)
      else problems.add(path, name, `${first} listens there already`, 'Choose another port or take one out')
    }
    if (listener.advertiseMedia !== undefined) checkAddress(listener.advertiseMedia, `${path}.advertiseMedia`, problems)
    if (listener.advertiseSip !== undefined && !isHostAndPort(listener.advertiseSip)) {
      const cure = 'Write an address or a host name, and :port if it differs; IPv6 in brackets'
      problems.add(`${path}.advertiseSip`, listener.advertiseSip, 'this is no address', cure)
    }
    for (const [index, network] of (listener.localNetworks ?? []).entries()) {
      if (isNetwork(network)) continue
      const cure = 'Write an address and its length, for example 192.168.0.0/16'
      problems.add(`${path}.localNetworks[${index}]`, network, 'this is no network', cure)
    }
  }
}

function checkAddress(address: string, path: string, problems: ProblemList): void {
  if (isIP(address) !== 0) return
  problems.add(
    path,
    address,
    'this is no IP address',
    'Write an IPv4 or IPv6 address without brackets, for example 192.0.2.10',
  )
}

function isNetwork(text: string): boolean {
  const slash = text.indexOf('/')
  const family = isIP(slash < 0 ? '' : text.slice(0, slash))
  const length = text.slice(slash + 1)
  return family !== 0 && /^[0-9]{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
}

function isHostAndPort(text: string): boolean {
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?$/.exec(text)
  if (found === null) return isIP(text) === 6
  if (found[1] !== undefined && isIP(found[1]) !== 6) return false
  const host = found[2]
  const looksNumeric = host !== undefined && /^[0-9.]+$/.test(host)
  if (host !== undefined && (host.length > 253 || (looksNumeric && isIP(host) !== 4))) return false
  return found[3] === undefined || (Number(found[3]) > 0 && Number(found[3]) <= 65535)
}
