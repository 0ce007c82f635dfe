import { saveFlow } from '../sip/dialog.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { Fork } from './fork.ts'
import { saveRequest } from './saved-request.ts'
import { encodeText } from './text.ts'
import type { Holding } from './usage.ts'
import { saveHoldings } from './usage.ts'

/**
 * A ringing call for the journal: what the next process needs to end it on both sides (`recovery.ts`).
 * @param transaction `null`: nobody sent an INVITE for it
 */
export function saveRinging(
  startedAt: number,
  transaction: InviteServerTransaction | null,
  callerTitle: string,
  dialled: string,
  holdings: readonly Holding[],
  forks: readonly Fork[],
): string {
  let text = ''
  if (transaction === null) text = `placed\n${startedAt}\n\n\n\n\n\n`
  else {
    const head = (transaction.head?.lines ?? '').replaceAll('\r\n', '\r')
    const tagged = transaction.head?.tagged ? '1' : '0'
    text =
      `ringing\n${startedAt}\n${transaction.key}\n${transaction.toTag}\n${saveFlow(transaction.flow)}\n` +
      `${tagged}\n${head}\n`
  }
  text += `${encodeText(callerTitle)}\n${encodeText(dialled)}\n${saveHoldings(holdings)}`
  for (const fork of forks) if (fork.request !== null) text += `\n${saveRequest(fork.request, fork.flow)}`
  return text
}
