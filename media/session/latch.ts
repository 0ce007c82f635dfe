import type { PeerAddress } from '../ports/packet-ports.ts'
import { senderPort } from '../ports/packet-ports.ts'

/** What a packet's sender is to a side. */
export type Sender =
  /** The one that sound is taken from. */
  | 'peer'
  /** He may be, and is once he has shown that he sends valid packets. */
  | 'candidate'
  | 'stranger'

/**
 * Whom a side listens to and sends to: the address that was signalled and no other; for a peer behind NAT the host that
 * his signalling came from, at the port from which the first valid packets come, until the next offer and answer.
 */
export class Latch {
  /** Where to send; `null`: not known yet. */
  to: PeerAddress | null = null
  /** The host any of whose ports may be the peer; `null`: only `to`. */
  #host: PeerAddress | null = null

  /** Whether it is still to be found out where the peer is. */
  get isOpen(): boolean {
    return this.#host !== null
  }

  /** Only this address from now on; `null`: nobody. */
  fix(to: PeerAddress | null): void {
    this.to = to
    this.#host = null
  }

  /** Any port of a host. What was fixed before is sent to until another is found, where it is the same host. */
  open(host: PeerAddress): void {
    const { to } = this
    const same =
      to !== null &&
      to.family === host.family &&
      to.word0 === host.word0 &&
      (to.family === 4 || (to.word1 === host.word1 && to.word2 === host.word2 && to.word3 === host.word3))
    if (!same) this.to = null
    this.#host = host
  }

  judge(senders: Int32Array, entry: number): Sender {
    if (this.#host !== null) return this.#host.sameHost(senders, entry) ? 'candidate' : 'stranger'
    const { to } = this
    if (to === null || senders[entry + senderPort] !== to.port) return 'stranger'
    return to.sameHost(senders, entry) ? 'peer' : 'stranger'
  }

  /** The candidate is the peer. */
  found(port: number): void {
    const host = this.#host
    if (host !== null) this.fix(host.withPort(port))
  }
}
