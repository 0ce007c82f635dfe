import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { hasOptionTag } from '../../engine/sip/option-tags.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Phone } from './phone.ts'
import type { VirtualTimer } from './virtual-clock.ts'

/** Who has a session timer. */
export interface TimedLeg {
  /** It is our turn to show that we are there. */
  refresh(): void
  /** The other side should have shown itself by now. */
  notRefreshed(): void
}

interface Agreed {
  /** Seconds. */
  readonly interval: number
  readonly refresher: 'uac' | 'uas' | ''
}

/** A phone's side of a session timer (RFC 4028), written apart from the engine's. It may know nothing of such. */
export class SessionClock implements TimerOwner {
  readonly #phone: Phone
  readonly #leg: TimedLeg
  #interval = 0
  #weRefresh = false
  #timer: VirtualTimer | null = null

  constructor(phone: Phone, leg: TimedLeg) {
    this.#phone = phone
    this.#leg = leg
  }

  /** Whole lines for an INVITE or UPDATE of this dialog. */
  requestLines(): string {
    if (!this.#phone.keepsTime) return ''
    if (this.#interval === 0) return 'Supported: timer\r\n'
    const refresher = this.#weRefresh ? 'uac' : 'uas'
    return `Supported: timer\r\nSession-Expires: ${this.#interval};refresher=${refresher}\r\n`
  }

  /** The other side's INVITE or UPDATE is being accepted. @returns whole lines for the 2xx */
  accepting(request: SipMessage): string {
    if (!this.#phone.keepsTime) return ''
    const wanted = read(request)
    if (wanted === null || !hasOptionTag(request, Header.supported, 'timer')) {
      this.#set(0, false)
      return 'Supported: timer\r\n'
    }
    const least = Number.parseInt(request.header(Header.minSessionExpires), 10) || 90
    const interval = Math.max(least, this.#interval > 0 ? wanted.interval : this.#phone.chance.pick(intervals))
    const refresher = wanted.refresher || this.#phone.chance.pick(['uac', 'uas'] as const)
    this.#set(Math.min(interval, wanted.interval), refresher === 'uas')
    const require = refresher === 'uac' ? 'Require: timer\r\n' : ''
    return `${require}Supported: timer\r\nSession-Expires: ${this.#interval};refresher=${refresher}\r\n`
  }

  /** Our INVITE or UPDATE was accepted. */
  accepted(response: SipMessage): void {
    if (!this.#phone.keepsTime) return
    const agreed = read(response)
    this.#set(agreed?.interval ?? 0, agreed?.refresher === 'uac')
  }

  /** A refresh could not be made now. */
  later(milliseconds: number): void {
    if (this.#interval === 0 || !this.#weRefresh) return
    this.stop()
    this.#timer = this.#phone.world.clock.start(milliseconds, this, 'refresh')
  }

  stop(): void {
    if (this.#timer !== null) this.#phone.world.clock.stop(this.#timer)
    this.#timer = null
  }

  timerFired(name: string): void {
    this.#timer = null
    if (name === 'refresh') this.#leg.refresh()
    else this.#leg.notRefreshed()
  }

  #set(interval: number, weRefresh: boolean): void {
    this.#interval = interval
    this.#weRefresh = weRefresh
    this.stop()
    if (interval === 0) return
    const { clock } = this.#phone.world
    // RFC 4028 §10: who waits gives up a little before the session's end.
    if (weRefresh) this.#timer = clock.start(interval * 500, this, 'refresh')
    else this.#timer = clock.start(1000 * (interval - Math.min(32, interval / 3)), this, 'overdue')
  }
}

const intervals = [120, 150, 300, 1800]

/** Whole lines for the first INVITE of a phone that keeps time. */
export function wantedSession(phone: Phone): string {
  if (!phone.keepsTime) return ''
  const refresher = phone.chance.pick([';refresher=uac', ';refresher=uas', ''])
  return `Supported: timer\r\nSession-Expires: ${phone.chance.pick(intervals)}${refresher}\r\n`
}

function read(message: SipMessage): Agreed | null {
  const found = /^(\d+)(?:;refresher=(uac|uas))?/.exec(message.header(Header.sessionExpires))
  return found === null ? null : { interval: Number(found[1]), refresher: (found[2] ?? '') as Agreed['refresher'] }
}
