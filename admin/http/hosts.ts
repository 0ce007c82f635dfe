/**
 * Which names a request may give for this server. A web page from elsewhere can make a browser ask a server on the
 * browser's own machine under the page's name (DNS rebinding): on loopback only names of loopback are answered.
 */
import { isIP } from 'node:net'

/** Whether an address is reached from this machine only. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || (isIP(address) === 4 && address.startsWith('127.'))
}

/** The host of a Host header without port and brackets, in lower case. */
export function hostOf(header: string): string {
  const bracketed = /^\[([^\]]*)\](:\d+)?$/.exec(header)
  return (bracketed?.[1] ?? header.replace(/:\d*$/, '')).toLowerCase()
}

/**
 * @param bound the addresses that are listened on
 * @returns whether a Host header is answered
 */
export function hostCheck(bound: readonly string[]): (header: string | undefined) => boolean {
  const local = bound.every(isLoopback)
  return (header) => {
    if (header === undefined || header === '') return false
    return !local || isLoopback(hostOf(header))
  }
}
