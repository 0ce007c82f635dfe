/** Keys for SRTP in session descriptions (RFC 4568): which lines can be used, and writing ours. */
import type { CryptoLine, MediaDescription } from './session-description.ts'
import { isRtp, isSecure } from './session-description.ts'

export type SrtpSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32'

/** Suites that are spoken, the preferred one first. */
export const srtpSuites: readonly SrtpSuite[] = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']

/** One line of keys that can be used. */
export interface SdesKey {
  /** By which an answer says which line of the offer it takes (§5.1.2). */
  readonly tag: number
  readonly suite: SrtpSuite
  /** Master key and salt, 30 bytes in base64. */
  readonly key: string
}

/** Whether its keys are agreed by DTLS, which is how browsers do it (RFC 5763), and not in the description. */
export function isDtls(stream: MediaDescription): boolean {
  return stream.hasFingerprint || stream.protocol.includes('TLS')
}

/** Whether it is RTP whose packets can be read: in the clear, or with keys in the description. */
export function isReadableRtp(stream: MediaDescription): boolean {
  return isRtp(stream) && !isDtls(stream)
}

/** Whether it wants to be encrypted by keys in the description: must be (RTP/SAVP), or may be (RTP/AVP with such lines). */
export function hasKeys(stream: MediaDescription): boolean {
  return isReadableRtp(stream) && (isSecure(stream) || stream.cryptos.length > 0)
}

/** The first line of keys that can be used; `null`: there is none. */
export function usableKey(stream: MediaDescription): SdesKey | null {
  for (const line of stream.cryptos) {
    const key = readKey(line)
    if (key !== null) return key
  }
  return null
}

/** What stands behind `a=crypto:`. */
export function cryptoValue({ tag, suite, key }: SdesKey): string {
  return `${tag} ${suite} inline:${key}`
}

/** The same protocol with keys in the description, or without. */
export function protocolWith(protocol: string, keys: boolean): string {
  const plain = protocol.replace('RTP/SAVP', 'RTP/AVP')
  return keys ? plain.replace('RTP/AVP', 'RTP/SAVP') : plain
}

/**
 * §6.1: one key without an identifier (MKI), and nothing that leaves packets in the clear, open to change, or keyed anew.
 * How long a key may be used is not looked at: 2^48 packets are more than a call has.
 */
function readKey({ tag, suite, keys, parameters }: CryptoLine): SdesKey | null {
  const known = srtpSuites.find((one) => one === suite)
  if (known === undefined || !isHarmless(parameters)) return null
  const found = /^inline:([A-Za-z0-9+/]{40})(?:\|(?:2\^)?\d{1,20})?$/.exec(keys)
  return found === null ? null : { tag, suite: known, key: found[1] ?? '' }
}

function isHarmless(parameters: string): boolean {
  return parameters === '' || parameters.split(' ').every((one) => one === 'KDR=0' || /^WSH=\d{1,5}$/.test(one))
}
