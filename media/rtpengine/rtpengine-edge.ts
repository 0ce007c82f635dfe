import type { MediaEdge, MediaFormat, MediaSide } from '../protocol.ts'
import type { EdgeEnd } from './edge-description.ts'
import {
  endDescription,
  fromBrowser,
  givenPorts,
  partyFlags,
  partyTag,
  relayFlags,
  relayTag,
  remotePort,
  towardsBrowser,
} from './edge-description.ts'
import type { NgClient } from './ng-client.ts'

/** One edge in use: who is outside and where the relay is, told one step after the other, and only the newest state. */
export class RtpengineEdge {
  readonly #client: Pick<NgClient, 'ask'>
  readonly #edge: MediaEdge
  readonly #failed: (side: string, why: string) => void
  /** Sides that have it: two while a browser is on its way from one session to another. */
  readonly #sides = new Map<string, MediaSide>()
  #version = 0
  #isBusy = false
  #hasChanged = false
  /** What the relay's end was told last. */
  #relayPort = 0
  /** So much of what a side says counts here: other changes are the relay's business. */
  #told = ''

  /** @param failed told of a side that it cannot serve, and why */
  constructor(client: Pick<NgClient, 'ask'>, edge: MediaEdge, failed: (side: string, why: string) => void) {
    this.#client = client
    this.#edge = edge
    this.#failed = failed
  }

  get isUsed(): boolean {
    return this.#sides.size > 0
  }

  set(side: MediaSide): void {
    this.#sides.set(side.id, side)
    this.#run()
  }

  drop(side: string): void {
    if (this.#sides.delete(side) && this.isUsed) this.#run()
  }

  /** Tells all of it again: rtpengine forgets a call without sound after a minute. */
  refresh(): void {
    this.#told = ''
    this.#run()
  }

  /** Has rtpengine forget it, unless another process leads it elsewhere by now. */
  end(): void {
    const call = { 'call-id': this.#edge.name }
    this.#client.ask('query', call, (answer) => {
      if (answer['result'] !== 'ok' || remotePort(answer, relayTag) !== this.#relayPort || this.isUsed) return
      this.#client.ask('delete', { ...call, 'from-tag': relayTag, 'delete-delay': 0 }, () => undefined)
    })
  }

  /** The side that it serves: the one that has agreed with its peer, or has agreed last. */
  get #current(): MediaSide | null {
    let current: MediaSide | null = null
    for (const side of this.#sides.values()) {
      const isNewer =
        current === null ||
        (current.remote === null && side.remote !== null) ||
        (side.remote !== null && side.negotiation > current.negotiation)
      if (isNewer) current = side
    }
    return current
  }

  #run(): void {
    const side = this.#current
    if (side === null) return
    if (this.#isBusy) {
      this.#hasChanged = true
      return
    }
    const { local, remote, browser, behindNat, negotiation, sending, taking } = side
    const told = JSON.stringify([local, remote, browser, behindNat, negotiation, sending, taking])
    if (told === this.#told) return
    this.#told = told
    this.#isBusy = true
    const version = ++this.#version
    const formats = formatsOf(side)
    this.#relayPort = local.port
    const relay: EdgeEnd = { remote: local, formats, version }
    const party = partyEnd(side, formats, version)
    const isBrowser = browser !== undefined
    this.#describe('offer', relay, { ...relayFlags, ...(isBrowser ? towardsBrowser : null) }, side, () => {
      if (party === null) this.#finish()
      else {
        const flags = { ...partyFlags(side), ...(isBrowser ? fromBrowser : null) }
        this.#describe('answer', party, flags, side, () => this.#finish())
      }
    })
  }

  #finish(): void {
    this.#isBusy = false
    if (!this.#hasChanged) return
    this.#hasChanged = false
    this.#run()
  }

  /** Tells rtpengine of one end; what it answers is where the other one sends to. */
  #describe(
    command: 'offer' | 'answer',
    end: EdgeEnd,
    flags: Parameters<NgClient['ask']>[1],
    side: MediaSide,
    done: () => void,
  ): void {
    const { name, inside, outside } = this.#edge
    // An offer too names both: without it rtpengine takes it for another fork, and gives other ports.
    const call = { 'call-id': name, 'from-tag': relayTag, 'to-tag': partyTag }
    this.#client.ask(command, { ...call, ...flags, sdp: endDescription(end) }, (answer) => {
      const { port } = command === 'offer' ? outside : inside
      const given = givenPorts(String(answer['sdp']))
      if (answer['result'] !== 'ok') {
        this.#failed(side.id, String(answer['error-reason'] ?? 'rtpengine refuses it'))
      } else if (given?.port !== port) this.#failed(side.id, `rtpengine has lost port ${port}`)
      done()
    })
  }
}

/** `null`: nothing is known of the party yet, or it has put its address away (hold in the manner of RFC 2543). */
function partyEnd({ remote, browser }: MediaSide, formats: readonly MediaFormat[], version: number): EdgeEnd | null {
  if (remote === null || isNowhere(remote.address) || browser?.ufrag === '') return null
  return browser === undefined ? { remote, formats, version } : { remote, formats, version, browser }
}

export function isNowhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** What passes in either direction: rtpengine converts nothing. */
function formatsOf({ taking, sending }: MediaSide): MediaFormat[] {
  const types = new Set(taking.map(({ payloadType }) => payloadType))
  return [...taking, ...sending.filter(({ payloadType }) => !types.has(payloadType))]
}
