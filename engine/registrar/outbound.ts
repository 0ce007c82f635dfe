/** Several flows of one phone, as RFC 5626 has them: what a REGISTER asks for, and what comes of it. */
import { splitList } from '../sip/message.ts'
import { parseNameAddress, parseUri, uriParameter } from '../sip/uri.ts'
import type { Binding } from './binding.ts'

/** What a REGISTER says of outbound in Supported and Require. */
export type OutboundWish = 'no' | 'supported' | 'required'

/** @param supported @param require the lines of these headers */
export function outboundWish(supported: readonly string[], require: readonly string[]): OutboundWish {
  if (names(require, 'outbound')) return 'required'
  return names(supported, 'outbound') ? 'supported' : 'no'
}

function names(lines: readonly string[], tag: string): boolean {
  return lines.some((line) => line.split(',').some((one) => one.trim().toLowerCase() === tag))
}

/**
 * Whether requests can be sent back by the flow that the phone opened: it opened it to us, or to a proxy that said so in
 * its Path (RFC 5626 §5.1, §6). That proxy is the last of the list, since each puts itself in front (RFC 3327 §5.2).
 * @param vias how many there are
 */
export function keepsFlow(path: string, vias: number): boolean {
  if (path === '') return vias <= 1
  const last = parseUri(parseNameAddress(splitList(path).at(-1) ?? '')?.uri ?? '')
  return last !== null && uriParameter(last, 'ob') !== undefined
}

/**
 * Leaves one flow of each phone (RFC 5626 §7: requests are not forked to two flows of one instance): one that can be reached,
 * and of those the one that expires last, which as a rule is the one registered last.
 */
export function oneFlowEach(bindings: readonly Binding[]): readonly Binding[] {
  if (bindings.length < 2 || !bindings.some((binding) => binding.regId > 0)) return bindings
  return bindings.filter((binding) => !bindings.some((other) => isBetterFlow(other, binding)))
}

function isBetterFlow(left: Binding, right: Binding): boolean {
  if (left === right || left.regId === 0 || right.regId === 0) return false
  if (left.instanceId === '' || left.instanceId !== right.instanceId) return false
  if ((left.target === null) !== (right.target === null)) return left.target !== null
  if (left.expiresAt !== right.expiresAt) return left.expiresAt > right.expiresAt
  return left.serial > right.serial
}
