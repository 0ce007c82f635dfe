import type { Snapshot } from '../config/snapshot.ts'
import { Conversation } from './conversation.ts'
import type { CallServices } from './services.ts'
import type { OutsideCall } from './toll-use.ts'
import { TollUse } from './toll-use.ts'

const usedUp = 'Reason: SIP;cause=403;text="Minutes Of The Day Used Up"\r\n'

/** What outside calls use of the limits against toll fraud, and what happens when nothing is left. */
export function tollUseOf(services: CallServices, snapshot: () => Snapshot | null): TollUse {
  const { clock, journal, log } = services
  return new TollUse({ clock, journal, log, snapshot, end: (outside) => endOutside(services, outside) })
}

/** Ends the answered calls that hold one of these. All calls are looked at: it is rare. */
function endOutside({ calls, log }: CallServices, outside: ReadonlySet<OutsideCall>): void {
  for (const call of [...calls.all()]) {
    if (!(call instanceof Conversation)) continue
    const holdings = [...call.caller.holdings, ...call.callee.holdings]
    if (!holdings.some((holding) => holding.kind === 'outside' && outside.has(holding))) continue
    log.info({ call: call.id }, 'The minutes of the day are used up: the call ends')
    call.hangUp(usedUp)
  }
}
