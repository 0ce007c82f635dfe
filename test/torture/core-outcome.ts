/** What the call server itself answers to a message, without sockets and clocks: always the same. */
import { CallServer } from '../../engine/calls/call-server.ts'
import type { Log } from '../../engine/calls/services.ts'
import type { Flow } from '../../engine/sip/transport.ts'
import { Chance } from '../simulation/chance.ts'
import { companySnapshot, serverAddress, serverHost } from '../simulation/company.ts'
import { MemoryJournal } from '../simulation/memory-journal.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'
import type { Outcome } from './acceptable.ts'

const quiet = (): void => undefined
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const snapshot = companySnapshot()

/** One call server of the simulated company, which can be given messages one after the other. */
export class CoreServer {
  readonly clock = new VirtualClock()
  readonly server: CallServer
  /** What it has sent and nobody has taken yet. */
  sent: string[] = []

  constructor() {
    this.server = new CallServer({
      network: {
        send: (_flow, message) => {
          this.sent.push(message)
        },
        listenerFor: () => 0,
        advertised: () => serverAddress,
      },
      clock: this.clock,
      random: new Chance(1, 0),
      journal: new MemoryJournal(),
      log,
      snapshot,
      nonceKey: new Uint8Array(32).fill(7),
      isOwnHost: (host) => host === serverHost,
    })
  }
}

/** A peer whom nobody knows. */
export const strangerFlow: Flow = {
  transport: 'UDP',
  listener: 0,
  address: '198.51.100.7',
  port: 5060,
  connection: 0,
}

/** The answer to one message from a stranger by UDP. */
export function coreOutcome(text: string): Outcome {
  const core = new CoreServer()
  core.server.receive(text, strangerFlow)
  const [answer, further] = core.sent
  if (further !== undefined) throw new Error(`Two answers: ${answer}${further}`)
  const line = /^SIP\/2\.0 (\d{3}) ([^\r]*)\r\n/.exec(answer ?? '')
  return line === null ? { kind: 'silence' } : { kind: 'answered', status: Number(line[1]), phrase: line[2] ?? '' }
}
