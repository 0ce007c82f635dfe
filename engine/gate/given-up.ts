/**
 * INVITEs that were cancelled while they waited for their turn. Who has heard nothing yet may send no CANCEL (RFC 3261
 * §9.1), but some do; a phone must not ring then for nobody.
 */
import type { Flow } from '../sip/transport.ts'

/** CANCELs remembered; what is beyond them is let in as if it had not been cancelled. */
const most = 4000

export class GivenUp {
  readonly #keys = new Set<string>()

  /** A CANCEL came while something waits. */
  add(cancel: string, flow: Flow): void {
    if (this.#keys.size >= most) return
    const branch = branchIn(cancel)
    if (branch !== '') this.#keys.add(keyOf(branch, flow))
  }

  /** Whether this INVITE was cancelled from where it came. */
  has(invite: string, flow: Flow): boolean {
    if (this.#keys.size === 0) return false
    return this.#keys.has(keyOf(branchIn(invite), flow))
  }

  /** Nothing waits any more. */
  forget(): void {
    if (this.#keys.size > 0) this.#keys.clear()
  }
}

function keyOf(branch: string, flow: Flow): string {
  // Joined, so that what is kept does not hold the whole message.
  return [branch, flow.address, flow.port].join(' ')
}

/** The branch of the topmost Via, which a CANCEL has in common with its INVITE (RFC 3261 §9.1); '' where there is none. */
function branchIn(text: string): string {
  const begin = text.indexOf(';branch=')
  if (begin < 0) return ''
  let end = begin + 8
  while (end < text.length && !endsToken(text.charCodeAt(end))) end++
  return text.slice(begin + 8, end)
}

/** Comma, semicolon, blanks and line ends. */
function endsToken(code: number): boolean {
  return code === 44 || code === 59 || code <= 32
}
