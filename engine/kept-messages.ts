/** Keeps what passes between the network and the calls, for ladders: put around both where messages are kept. */
import type { MessageRing } from './ladder/message-ring.ts'
import type { CallBegan, CallEvents } from './records/call-events.ts'
import type { Flow, Network, SendFailureListener, Transport } from './sip/transport.ts'

export class KeepingNetwork implements Network {
  readonly #network: Network
  readonly #ring: MessageRing

  constructor(network: Network, ring: MessageRing) {
    this.#network = network
    this.#ring = ring
  }

  send(flow: Flow, message: string, listener: SendFailureListener | null): void {
    this.#ring.sent(message, flow)
    this.#network.send(flow, message, listener)
  }

  listenerFor(transport: Transport, address: string): number {
    return this.#network.listenerFor(transport, address)
  }

  advertised(flow: Flow): string {
    return this.#network.advertised(flow)
  }
}

/** The same events, with the beginnings of calls kept among the messages. */
export function keepingBeginnings(events: CallEvents, ring: MessageRing): CallEvents {
  return {
    began(event: CallBegan) {
      ring.began(event.id, event.callId)
      events.began(event)
    },
    wentOn: (event) => events.wentOn(event),
    answered: (id, at, callee) => events.answered(id, at, callee),
    transferred: (id, at, by, into) => events.transferred(id, at, by, into),
    recorded: (id, at, recording) => events.recorded(id, at, recording),
    heard: (id, at, quality) => events.heard(id, at, quality),
    ended: (id, at, by, status, phrase) => events.ended(id, at, by, status, phrase),
  }
}
