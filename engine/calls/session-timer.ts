/**
 * Session timers (RFC 4028): what one side of an answered call and we have agreed about showing each other that we are
 * still there. Where a peer has agreed to nothing it is asked all the same, only without telling it what to expect.
 */
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { allowsMethod, hasOptionTag } from '../sip/option-tags.ts'
import { minimumOf, sessionExpiresOf } from '../sip/session-expires.ts'
import type { CheckFailure } from './invite-checks.ts'

/** What we propose, and how long a peer that agreed to nothing may stay unseen (s; RFC 4028 §4). */
const usualInterval = 1800
/** Shorter ones are refused (s; RFC 4028 §5). */
const leastInterval = 90
/** Longer ones that a peer demands by Min-SE are not agreed to (s): a call that is over would stay for a day. */
const longestInterval = 86_400
/** A call is ended so long before its session expires, or a third of the interval (ms; RFC 4028 §10). */
const margin = 32_000

/** Whole lines of our INVITEs: the other side should refresh, which it can do with a session description of its own. */
export const proposedSession = `Session-Expires: ${usualInterval};refresher=uas\r\n`

/** Lines of the BYEs when a side was not seen for too long (RFC 4028 §10, RFC 3326). */
export const sessionExpired = 'Reason: SIP;cause=408;text="Session Expired"\r\n'

/** 422 for a request that wants refreshes in too quick a succession (RFC 4028 §9). */
export function checkSessionInterval(request: SipMessage): CheckFailure | null {
  const wanted = sessionExpiresOf(request)
  if (wanted === null || wanted.interval >= leastInterval || !hasOptionTag(request, Header.supported, 'timer')) {
    return null
  }
  return { status: 422, phrase: 'Session Interval Too Small', headers: `Min-SE: ${leastInterval}\r\n` }
}

/**
 * The session lines for an INVITE that was refused by 422 (RFC 4028 §7.3), to stand in the place of `proposedSession`;
 * '' where there is no agreeing.
 */
export function sessionAfterRefusal(response: SipMessage): string {
  const minimum = minimumOf(response)
  if (minimum <= usualInterval || minimum > longestInterval) return ''
  return `Session-Expires: ${minimum};refresher=uas\r\nMin-SE: ${minimum}\r\n`
}

export class SessionTimer {
  /** The peer takes UPDATE (RFC 3311 §4), which refreshes without touching the session. */
  allowsUpdate: boolean
  /** Agreed with the peer (s); 0 where nothing is. */
  interval: number
  /** Of an agreed interval: we send the refreshes. */
  weRefresh: boolean
  /** Milliseconds since the epoch, as all times here. */
  refreshedAt: number
  /** Milliseconds from then: a small number takes no room of its own in each of thousands of calls. */
  #nextAfter: number

  constructor(now: number) {
    this.allowsUpdate = false
    this.interval = 0
    this.weRefresh = false
    this.refreshedAt = now
    this.#nextAfter = (usualInterval / 2) * 1000
  }

  /** When there is something to do: refresh, ask, or end the call. */
  get nextAt(): number {
    return this.refreshedAt + this.#nextAfter
  }

  set nextAt(at: number) {
    this.#nextAfter = at - this.refreshedAt
  }

  /** Notes what the peer can do: its INVITE, UPDATE, or an answer to one. */
  noteAbilities(message: SipMessage): void {
    if (message.has(Header.allow)) this.allowsUpdate = allowsMethod(message, 'UPDATE')
  }

  /**
   * The peer's INVITE or UPDATE is being accepted (RFC 4028 §9).
   * @returns whole lines for our 2xx
   */
  accepting(request: SipMessage, now: number): string {
    this.noteAbilities(request)
    if (!hasOptionTag(request, Header.supported, 'timer') && !hasOptionTag(request, Header.require, 'timer')) {
      this.#agree(0, false, now)
      return ''
    }
    const wanted = sessionExpiresOf(request)
    // What it wants may be shortened, so that a call whose phones are gone does not stay, but not below its minimum.
    const most = Math.max(usualInterval, minimumOf(request))
    const interval = Math.max(leastInterval, Math.min(wanted?.interval ?? most, most))
    const refresher = wanted?.refresher || (this.weRefresh ? 'uas' : 'uac')
    this.#agree(interval, refresher === 'uas', now)
    const required = refresher === 'uac' ? 'Require: timer\r\n' : ''
    return `${required}Supported: timer\r\nSession-Expires: ${interval};refresher=${refresher}\r\n`
  }

  /** Whole lines for an INVITE or UPDATE of ours inside the dialog: they keep what is agreed (RFC 4028 §7.4). */
  requestHeaders(): string {
    if (this.interval === 0) return 'Supported: timer\r\n'
    const minimum = this.interval > usualInterval ? `Min-SE: ${this.interval}\r\n` : ''
    const refresher = this.weRefresh ? 'uac' : 'uas'
    return `Supported: timer\r\nSession-Expires: ${this.interval};refresher=${refresher}\r\n${minimum}`
  }

  /** The peer answered an INVITE or UPDATE of ours by this 2xx (RFC 4028 §7.2). */
  accepted(response: SipMessage, now: number): void {
    this.noteAbilities(response)
    const agreed = sessionExpiresOf(response)
    // An answer without a session timer ends the one there was; one that is shorter than allowed counts as the least.
    if (agreed === null) this.#agree(0, false, now)
    else this.#agree(Math.max(leastInterval, agreed.interval), agreed.refresher !== 'uas', now)
  }

  /** The peer is there. */
  seen(now: number): void {
    this.#agree(this.interval, this.weRefresh, now)
  }

  /** The peer wants longer intervals (422 to a refresh). @returns false if they are too long */
  lengthen(minimum: number): boolean {
    if (minimum <= this.interval || minimum > longestInterval) return false
    this.interval = minimum
    return true
  }

  /** Looks again after so many milliseconds, or when the time is over if that is sooner. */
  postpone(now: number, milliseconds: number): void {
    this.nextAt = Math.min(now + milliseconds, Math.max(now, this.#end))
  }

  /** The peer was not seen for as long as a call may go on without (RFC 4028 §10). */
  expired(now: number): boolean {
    return now >= this.#end
  }

  get #end(): number {
    const milliseconds = (this.interval === 0 ? usualInterval : this.interval) * 1000
    return this.refreshedAt + milliseconds - (this.interval === 0 ? 0 : Math.min(margin, milliseconds / 3))
  }

  #agree(interval: number, weRefresh: boolean, now: number): void {
    this.interval = interval
    this.weRefresh = interval > 0 && weRefresh
    this.refreshedAt = now
    const half = ((interval === 0 ? usualInterval : interval) / 2) * 1000
    this.nextAt = interval > 0 && !weRefresh ? this.#end : now + half
  }
}

/** In one word, for the journal. */
export function saveSessionTimer(timer: SessionTimer): string {
  const flags = (timer.allowsUpdate ? 1 : 0) + (timer.weRefresh ? 2 : 0)
  return timer.interval === 0 ? `${flags}` : `${flags},${timer.interval},${timer.refreshedAt}`
}

/**
 * Takes up what `saveSessionTimer` wrote. What would be due at once, because the process was away, is spread by
 * `fraction` in [0, 1) over a quarter of the interval, so that a restart does not refresh all calls together.
 */
export function loadSessionTimer(text: string, now: number, fraction: number): SessionTimer {
  const [flags = 0, interval = 0, refreshedAt = now] = text.split(',').map(Number)
  const timer = new SessionTimer(now)
  timer.allowsUpdate = (flags & 1) !== 0
  if (interval > 0) {
    timer.interval = interval
    timer.weRefresh = (flags & 2) !== 0
    timer.seen(refreshedAt)
  }
  const spread = (timer.interval === 0 ? usualInterval : timer.interval) * 250 * fraction
  if (timer.interval === 0 || timer.nextAt <= now) {
    // A peer that could not reach us while nobody was here is given the time to do so.
    if (timer.expired(now)) timer.refreshedAt = now
    timer.nextAt = now + spread
    if (timer.interval > 0 && !timer.weRefresh) timer.seen(now)
  }
  return timer
}
