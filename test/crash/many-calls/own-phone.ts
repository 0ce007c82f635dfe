import { setTimeout as sleep } from 'node:timers/promises'
import { Endpoint } from '../../wire/endpoint.ts'
import type { SipMessage } from '../../wire/message.ts'
import { audioSession, headerValue, tagOf } from '../../wire/message.ts'
import type { Address } from '../../wire/wires.ts'
import type { Somebody } from './many-users.ts'
import { domain } from './many-users.ts'
import type { Voice } from './voice.ts'

/** How long a request may take over a crash, ms: the gap, and retransmissions after 0.5, 1.5, 3.5 and 7.5 s. */
export const afterCrash = 12_000

/**
 * A registered phone that does by itself what every phone does: it takes part in whatever session is offered to it inside
 * a call, takes NOTIFYs, and if its connection is lost it connects and registers again.
 */
export class OwnPhone {
  readonly somebody: Somebody
  readonly endpoint: Endpoint
  /** Bodies of NOTIFYs of lamps, by Call-ID: the newest. */
  readonly lamps = new Map<string, string>()
  /** Status lines of NOTIFYs of transfers, in order. */
  readonly referred: string[] = []
  /** When it was registered again after it had lost its connection; 0 before. `performance.now()`. */
  backAt = 0
  /** What it says, where it has a voice. */
  voice: Voice | null = null
  /** New calls ring until they are cancelled. */
  onlyRings = false
  #ringing: SipMessage | null = null
  #session = 1

  private constructor(somebody: Somebody, endpoint: Endpoint) {
    this.somebody = somebody
    this.endpoint = endpoint
    endpoint.onRequest = (request) => this.#takes(request)
    endpoint.onClosed = () => void this.#comeBack()
  }

  static async register(server: Address, somebody: Somebody, transport: 'UDP' | 'TCP'): Promise<OwnPhone> {
    const open = transport === 'UDP' ? Endpoint.openUdp : Endpoint.openTcp
    const endpoint = (await open(server, domain)).as(somebody.userName, somebody.password).withoutTrace()
    const phone = new OwnPhone(somebody, endpoint)
    await phone.#register()
    return phone
  }

  /** A session of its own; each is newer than the last. */
  session(direction = 'sendrecv'): string {
    this.#session++
    return audioSession(this.endpoint.own.address, this.voice?.port ?? 30_000, this.#session, direction)
  }

  async close(): Promise<void> {
    await Promise.all([this.endpoint.close(), this.voice?.close()])
  }

  async #register(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const response = await this.endpoint.register()
      if (response.status === 200) return
      // A server that starts, or one that is flooded, turns phones away, and they come back.
      if (response.status !== 503 || tries > 20) throw new Error(`${this.somebody.userName}: ${response.text}`)
      await sleep(300 + Math.random() * 300)
    }
  }

  async #comeBack(): Promise<void> {
    try {
      await this.endpoint.reconnect()
      await this.#register()
      this.backAt = performance.now()
    } catch (error) {
      this.endpoint.faults.push(`${this.somebody.userName} does not come back: ${error}`)
    }
  }

  #takes(request: SipMessage): boolean {
    if (request.method === 'NOTIFY') {
      if (headerValue(request, 'Event').startsWith('refer')) this.referred.push(request.body.trim())
      else this.lamps.set(headerValue(request, 'Call-ID'), request.body)
      this.endpoint.respond(request, 200, 'OK', '')
      return true
    }
    if (this.onlyRings && this.#rings(request)) return true
    if (request.method !== 'INVITE' || tagOf(headerValue(request, 'To')) === '') return false
    const answer = this.session(/a=(?:sendonly|inactive)/.test(request.body) ? 'inactive' : 'sendrecv')
    const headers = [
      ['Contact', this.endpoint.contact],
      ['Content-Type', 'application/sdp'],
    ] as const
    this.endpoint.respond(request, 200, 'OK', '', headers, answer)
    return true
  }

  #rings(request: SipMessage): boolean {
    const headers = [['Contact', this.endpoint.contact]] as const
    if (request.method === 'INVITE') {
      this.#ringing = request
      this.endpoint.respond(request, 180, 'Ringing', 'rings', headers)
      return true
    }
    if (request.method !== 'CANCEL' || this.#ringing === null) return false
    this.endpoint.respond(request, 200, 'OK', 'rings')
    this.endpoint.respond(this.#ringing, 487, 'Request Terminated', 'rings')
    return true
  }
}
