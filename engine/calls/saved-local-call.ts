import { loadDialog, saveDialog, savedDialogLines } from '../sip/dialog.ts'
import type { AboutCall } from './conversation.ts'
import { Leg, loadParty, restOf, restoreDescription, restoreRest, saveDescription, saveParty } from './leg.ts'
import { signedRequests } from './saved-conversation.ts'
import type { CallServices } from './services.ts'
import { loadSessionTimer, saveSessionTimer } from './session-timer.ts'
import { decodeText, encodeText } from './text.ts'
import { restoreHoldings, saveHoldings } from './usage.ts'

/** A call that the server has answered, as the journal keeps it. */
export interface SavedLocalCall {
  readonly about: AboutCall
  readonly leg: Leg
  /** It has ended, and only waits for an ACK. */
  readonly over: boolean
}

/** In lines, the first of which says that the server has answered. */
export function saveLocalCall({ about, leg, over }: SavedLocalCall): string {
  const { startedAt, answeredAt, dialled } = about
  const { dialog, holdings, party, timer } = leg
  return (
    `local\n${startedAt} ${answeredAt} ${saveSessionTimer(timer)}\n${encodeText(dialled)}\n${saveHoldings(holdings)}\n` +
    `${saveParty(party)}\n${saveDialog(dialog)}\n${over ? restOf(leg) : ''}\n${saveDescription(leg)}`
  )
}

/** Reads what `saveLocalCall` wrote and takes its lines and channels again; `null` where it is damaged. */
export function loadLocalCall(services: CallServices, id: string, lines: readonly string[]): SavedLocalCall | null {
  const [, times = '', dialled = '', holdings = '', savedParty = ''] = lines
  const [startedAt = '0', answeredAt = '0', timer = '0'] = times.split(' ')
  const dialog = loadDialog(lines.slice(5, 5 + savedDialogLines))
  const [rest = '', description = ''] = lines.slice(5 + savedDialogLines)
  const party = loadParty(savedParty)
  if (dialog === null || party === null) return null
  // Requests that were challenged took numbers that the journal does not know of.
  if (party.kind === 'trunk') dialog.localSequence += signedRequests
  const { clock, random, usage } = services
  const over = rest !== ''
  const held = over ? [] : restoreHoldings(holdings, usage)
  const leg = new Leg(dialog, party, loadSessionTimer(timer, clock.now(), random.fraction()), held)
  restoreDescription(leg, description)
  if (over) restoreRest(leg, rest)
  const about = {
    id,
    startedAt: Number(startedAt),
    answeredAt: Number(answeredAt),
    dialled: decodeText(dialled),
    transfers: 0,
  }
  return { about, leg, over }
}
