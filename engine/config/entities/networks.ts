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

/**
 * A network by what it spans, however it is written: bits that the length does not cover do not count, so that
 * 10.10.10.150/25 is 10.10.10.128/25. Must be a network.
 */
export function networkKey(network: string): string {
  const [address = '', length = ''] = network.split('/')
  const isIpv6 = isIP(address) === 6
  const bits = isIpv6 ? bitsOfIpv6(address) : bitsOfIpv4(address)
  return `${isIpv6 ? 'IPv6' : 'IPv4'} ${bits >> BigInt((isIpv6 ? 128 : 32) - Number(length))}/${Number(length)}`
}

function bitsOfIpv4(address: string): bigint {
  return address.split('.').reduce((bits, part) => bits * 256n + BigInt(part), 0n)
}

/** RFC 4291 section 2.2; a zone (RFC 4007) is no part of the bits. */
function bitsOfIpv6(address: string): bigint {
  const [before = [], after = []] = (address.split('%')[0] ?? '').split('::').map(groupsOf)
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0n)
  return [...before, ...zeros, ...after].reduce((bits, group) => bits * 65536n + group, 0n)
}

/** Groups of 16 bits; the last may be written as an IPv4 address. */
function groupsOf(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const bits = bitsOfIpv4(group)
    return [bits >> 16n, bits & 0xffffn]
  })
}
