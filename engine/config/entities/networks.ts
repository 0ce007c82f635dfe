/** Addresses and networks, the latter in the form address/length (RFC 4632, RFC 4291). */
import { isIP } from 'node:net'
import type { Findings } from './kind.ts'

/** Whether this is an IP address with a length that its family allows. */
export function isNetwork(text: string): boolean {
  const slash = text.indexOf('/')
  const family = isIP(slash < 0 ? '' : text.slice(0, slash))
  const length = text.slice(slash + 1)
  return family !== 0 && /^[0-9]{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
}

/** Adds a problem for what is no IP address. */
export function checkIpAddress(address: string, path: string, findings: Findings): void {
  if (isIP(address) !== 0) return
  const cure = 'Write an IPv4 or IPv6 address without brackets, for example 192.0.2.10'
  findings.problems.add(path, address, 'this is no IP address', cure)
}

/** Whether this is a host name or address, IPv6 in brackets, with or without :port. */
export function isHostAndPort(text: string): boolean {
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?$/.exec(text)
  if (found === null) return isIP(text) === 6
  if (found[1] !== undefined && isIP(found[1]) !== 6) return false
  const host = found[2]
  const looksNumeric = host !== undefined && /^[0-9.]+$/.test(host)
  if (host !== undefined && (host.length > 253 || (looksNumeric && isIP(host) !== 4))) return false
  return found[3] === undefined || (Number(found[3]) > 0 && Number(found[3]) <= 65535)
}
