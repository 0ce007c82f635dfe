import type { ServerLocator } from './server-location.ts'
import type { Clock, Flow, Network, Random, SendFailureListener, Transport } from './transport.ts'

export interface SentMessage {
  /** Of the clock, when it was sent. */
  readonly at: number
  readonly flow: Flow
  readonly text: string
  readonly listener: SendFailureListener | null
}

/** A network that delivers nothing and remembers what it was given. */
export class RecordingNetwork implements Network {
  sent: SentMessage[]
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.sent = []
    this.#clock = clock
  }

  send(flow: Flow, text: string, listener: SendFailureListener | null): void {
    this.sent.push({ at: this.#clock.now(), flow, text, listener })
  }

  listenerFor(_transport: Transport, _address: string): number {
    return 0
  }

  advertised(_flow: Flow): string {
    return '192.0.2.1:5060'
  }

  /** What was sent since the last call. */
  take(): SentMessage[] {
    const sent = this.sent
    this.sent = []
    return sent
  }

  /** Start lines of what was sent since the last call. */
  takeStartLines(): string[] {
    return this.take().map(({ text }) => text.slice(0, text.indexOf('\r\n')))
  }

  /** The times at which something was sent since the last call. */
  takeTimes(): number[] {
    return this.take().map(({ at }) => at)
  }
}

/** Finds nobody by name: what has an address needs no finding. */
export const noNames: ServerLocator = {
  locate: ({ host }, answered) => answered({ locations: [], seconds: 3600, problem: `${host} is not known here` }),
}

/** Chance that counts: tokens are 1, 2, 3, filled up with zeros. */
export function countingRandom(): Random {
  let issued = 0
  return { token: (length) => String(++issued).padStart(length, '0'), fraction: () => 0 }
}

/** A flow from a peer at 192.0.2.9:5070. */
export function flowBy(transport: Transport, address = '192.0.2.9', port = 5070): Flow {
  return { transport, listener: 0, address, port, connection: transport === 'UDP' ? 0 : 7 }
}
