import type { ResponseHead } from '../response.ts'
import { reasonPhrase, responseText } from '../response.ts'
import type { Flow, SendFailureListener } from '../transport.ts'
import type { KnownRequest } from './known-requests.ts'
import type { TransactionHome } from './parts.ts'
import { isReliable } from './parts.ts'

/**
 * Server transaction of every request but INVITE and ACK: RFC 3261 §17.2.2.
 *
 *   trying --1xx--> proceeding --200-699--> completed --J--> terminated
 *      +------------200-699-------------------^
 *
 * A retransmitted request gets the last response again, or nothing while there is none. In Completed nothing else can
 * happen, so the transaction hands its response to the layer, which keeps it for the time of Timer J (known-requests.ts).
 */
export class NonInviteServerTransaction implements SendFailureListener {
  /** Its request, as the layer keeps it. */
  known: KnownRequest | null
  readonly flow: Flow
  /** `null` after the final response, which is all that may still be sent. */
  #head: ResponseHead | null
  readonly toTag: string
  readonly #home: TransactionHome
  #lastResponse: string

  constructor(home: TransactionHome, head: ResponseHead, flow: Flow, toTag: string) {
    this.known = null
    this.flow = flow
    this.#head = head
    this.toTag = toTag
    this.#home = home
    this.#lastResponse = ''
  }

  /** Sends a response with our own To tag where the request has none; after a final one calls are ignored. */
  respond(status: number, phrase: string, headers: string, body: string): void {
    const head = this.#head
    if (head === null) return
    const text = responseText(status, phrase, head, status === 100 ? '' : this.toTag, headers, body)
    if (status < 200) {
      this.#lastResponse = text
    } else {
      this.#head = null
      this.#lastResponse = ''
      // Timer J is zero on reliable transports (§17.2.2).
      if (isReliable(this.flow)) this.#home.serverEnded(this.known)
      else if (head.tagged && headers === '' && body === '' && phrase === reasonPhrase(status)) {
        this.#home.serverAnsweredPlainly(this.known, status)
      } else this.#home.serverAnswered(this.known, text)
    }
    this.#home.network.send(this.flow, text, this)
  }

  /** It stays without an answer, which would only be discarded by now (RFC 4320 §4.2). */
  abandon(): void {
    this.sendFailed()
  }

  /** The same request came again. */
  retransmitted(): void {
    if (this.#lastResponse !== '') this.#home.network.send(this.flow, this.#lastResponse, this)
  }

  sendFailed(): void {
    if (this.#head === null) return
    this.#head = null
    this.#home.serverEnded(this.known)
  }
}
