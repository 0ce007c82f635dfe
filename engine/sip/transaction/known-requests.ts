import { joinedKey } from '../own-copy.ts'
import type { Clock, Flow, TimerHandle, TimerOwner } from '../transport.ts'
import type { InviteServerTransaction } from './invite-server.ts'
import type { NonInviteServerTransaction } from './non-invite-server.ts'
import { lifetime } from './timers.ts'

/** A request that was taken in, from then until no copy of it can come any more. */
export interface KnownRequest {
  /** What it is found by: what all its copies share (§8.2.2.2), and its key where another has the same. */
  readonly origin: string
  /** What only its own copies have (RFC 3261 §17.2.3); '' for one that a process before this one had. */
  readonly key: string
  /** Where its answers go. */
  readonly flow: Flow
  readonly state:
    | 'under way'
    /** It had its final response: copies get that again. */
    | 'answered'
    /** Its transaction is over, and copies of its own are new requests. */
    | 'over'
  /** While it is under way. */
  readonly transaction: InviteServerTransaction | NonInviteServerTransaction | null
  /** What copies get once it is answered; '' for an INVITE with a 2xx, which its user repeats (§13.3.1.4), and where it is plain. */
  readonly text: string
  /** Status of a plain answer, which is made of each copy anew; 0 for any other. */
  readonly plainStatus: number
}

class Entry implements KnownRequest {
  readonly origin: string
  readonly key: string
  readonly flow: Flow
  state: KnownRequest['state']
  transaction: KnownRequest['transaction']
  text: string
  plainStatus: number
  /** Where it stands among those under way; -1 where it does not. */
  place: number

  constructor(origin: string, key: string, flow: Flow) {
    this.origin = origin
    this.key = key
    this.flow = flow
    this.state = 'over'
    this.transaction = null
    this.text = ''
    this.plainStatus = 0
    this.place = -1
  }
}

/** From nowhere: for a request of which only the origin is known. */
const noFlow: Flow = { transport: 'UDP', listener: 0, address: '', port: 0, connection: 0 }

/**
 * All requests that have a server transaction or had one: to match copies, ACK and CANCEL, and to tell a copy that came
 * another way, which is a merged request (§8.2.2.2).
 *
 * They are found by their origin, which all copies share, and then told apart by their key: one look-up does for both,
 * which matters because at thousands of calls a second this is the largest map there is. What is over is kept by the
 * generation instead of by Timers J and L: not less than 64 T1, and not more than twice that.
 */
export class KnownRequests implements TimerOwner {
  readonly #clock: Clock
  #entries: Map<string, Entry>
  #older: Map<string, Entry>
  readonly #underWay: Entry[]
  /** The origin that was looked for in vain just now: who takes the request in need not look again. */
  #missed: string
  #timer: TimerHandle | null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#entries = new Map()
    this.#older = new Map()
    this.#underWay = []
    this.#missed = ''
    this.#timer = null
  }

  get underWay(): number {
    return this.#underWay.length
  }

  /** How many are kept only for copies that may still come. */
  get remembered(): number {
    return this.#entries.size + this.#older.size - this.#underWay.length
  }

  /** The request with this origin and key; else one that is known by the same origin, of which it is a copy or a twin. */
  find(origin: string, key: string): KnownRequest | undefined {
    const first = this.#get(origin)
    if (first === undefined) this.#missed = origin
    if (first === undefined || first.key === key) return first
    return this.#get(joinedKey([origin, key])) ?? first
  }

  /** Takes in a request with its transaction. */
  add(origin: string, key: string, flow: Flow, transaction: NonNullable<KnownRequest['transaction']>): void {
    const entry = this.#keep(origin, key, flow)
    entry.state = 'under way'
    entry.transaction = transaction
    entry.place = this.#underWay.length
    this.#underWay.push(entry)
    transaction.known = entry
  }

  /** Takes in a request that was answered before: copies get nothing. */
  addAnswered(origin: string, key: string, flow: Flow): void {
    this.#keep(origin, key, flow).state = 'answered'
  }

  /** Takes in a request of which nothing is left: copies are merged requests. */
  addOrigin(origin: string): void {
    if (this.#get(origin) === undefined) this.#keep(origin, '', noFlow)
  }

  /** It had its final response; its copies get `text`, or a plain answer with that status, or nothing where there is neither. */
  answered(known: KnownRequest | null, text: string, plainStatus = 0): void {
    const entry = known as Entry | null
    if (entry === null) return
    this.#leave(entry)
    entry.state = 'answered'
    // Not copied: it was put together from pieces of the request, but is made one piece when it is written into a socket.
    entry.text = text
    entry.plainStatus = plainStatus
  }

  /** Its transaction is over. */
  ended(known: KnownRequest | null): void {
    const entry = known as Entry | null
    if (entry === null || entry.state === 'over') return
    this.#leave(entry)
    entry.state = 'over'
  }

  timerFired(): void {
    this.#older = this.#entries
    this.#entries = new Map()
    // They may take longer than two generations. So what is under way is always among the younger ones, and its time
    // begins when it ends.
    for (const entry of this.#underWay) {
      this.#older.delete(entry.origin)
      this.#entries.set(entry.origin, entry)
    }
    this.#timer = this.#entries.size + this.#older.size === 0 ? null : this.#clock.start(lifetime, this, 'J, L')
  }

  #get(origin: string): Entry | undefined {
    return this.#entries.get(origin) ?? this.#older.get(origin)
  }

  /**
   * A request may not push out another of the same origin that is still under way, as only peers have it who number two
   * requests of a dialog alike: then it is found by its key as well.
   */
  #keep(origin: string, key: string, flow: Flow): Entry {
    const first = this.#missed === origin ? undefined : this.#get(origin)
    this.#missed = ''
    const isTwin = first !== undefined && first.key !== key && first.transaction !== null
    const entry = new Entry(isTwin ? joinedKey([origin, key]) : origin, key, flow)
    const replaced = isTwin ? this.#get(entry.origin) : first
    if (replaced !== undefined) {
      this.#leave(replaced)
      this.#older.delete(entry.origin)
    }
    this.#entries.set(entry.origin, entry)
    this.#timer ??= this.#clock.start(lifetime, this, 'J, L')
    return entry
  }

  #leave(entry: Entry): void {
    const last = this.#underWay.length - 1
    if (entry.place >= 0) {
      const moved = this.#underWay[last]!
      this.#underWay[entry.place] = moved
      moved.place = entry.place
      this.#underWay.pop()
      entry.place = -1
    }
    entry.transaction = null
  }
}
