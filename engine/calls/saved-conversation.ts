import { loadDialog, saveDialog, savedDialogLines } from '../sip/dialog.ts'
import type { AboutCall } from './conversation.ts'
import { Leg, loadParty, restOf, restoreDescription, restoreRest, saveDescription, saveParty } from './leg.ts'
import type { CallServices } from './services.ts'
import { loadSessionTimer, saveSessionTimer } from './session-timer.ts'
import { decodeText, encodeText } from './text.ts'
import { restoreHoldings, saveHoldings } from './usage.ts'

/** Requests that a process before this one may have sent anew, signed, since it last wrote where it is. */
export const signedRequests = 16

/** An answered call as the journal keeps it. */
export interface SavedConversation {
  readonly about: AboutCall
  readonly caller: Leg
  readonly callee: Leg
  /** An offer was under way: whether both sides agree is not known. */
  readonly unsettled: boolean
  /** It has ended, and only waits for ACKs. */
  readonly over: boolean
}

/** In lines, the first of which says that the call is answered. */
export function saveConversation(saved: SavedConversation): string {
  const { about, caller, callee, over } = saved
  const { startedAt, answeredAt, dialled } = about
  return (
    `answered\n${startedAt} ${answeredAt} ${saveSessionTimer(caller.timer)} ${saveSessionTimer(callee.timer)}${flagsOf(saved)}\n${encodeText(dialled)}\n` +
    `${saveHoldings(caller.holdings)};${saveHoldings(callee.holdings)}\n` +
    `${saveParty(caller.party)}\n${saveParty(callee.party)}\n` +
    `${saveDialog(caller.dialog)}\n${saveDialog(callee.dialog)}\n` +
    (over ? `${restOf(caller)} ${restOf(callee)}` : '') +
    descriptionsOf(caller, callee)
  )
}

/** Reads what `saveConversation` wrote and takes its lines and channels again; `null` where it is damaged. */
export function loadConversation(
  services: CallServices,
  id: string,
  lines: readonly string[],
): SavedConversation | null {
  const [, times = '', dialled = '', holdings = '', callerParty = '', calleeParty = ''] = lines
  const [startedAt = '0', answeredAt = '0', callerTimer = '0', calleeTimer = '0', flags = ''] = times.split(' ')
  const callerDialog = loadDialog(lines.slice(6, 6 + savedDialogLines))
  const calleeDialog = loadDialog(lines.slice(6 + savedDialogLines, 6 + 2 * savedDialogLines))
  const [callerRest, calleeRest] = (lines[6 + 2 * savedDialogLines] ?? '').split(' ')
  const parties = [loadParty(callerParty), loadParty(calleeParty)]
  const [one, other] = parties
  if (callerDialog === null || calleeDialog === null || one == null || other == null) return null
  // Requests that were challenged took numbers that the journal does not know of.
  if (one.kind === 'trunk') callerDialog.localSequence += signedRequests
  if (other.kind === 'trunk') calleeDialog.localSequence += signedRequests
  const over = calleeRest !== undefined
  const [callerHoldings = '', calleeHoldings = ''] = over ? [] : holdings.split(';')
  const { clock, random, usage } = services
  const now = clock.now()
  const timerOf = (text: string) => loadSessionTimer(text, now, random.fraction())
  const caller = new Leg(callerDialog, one, timerOf(callerTimer), restoreHoldings(callerHoldings, usage))
  const callee = new Leg(calleeDialog, other, timerOf(calleeTimer), restoreHoldings(calleeHoldings, usage))
  restoreDescription(caller, lines[7 + 2 * savedDialogLines] ?? '')
  restoreDescription(callee, lines[8 + 2 * savedDialogLines] ?? '')
  if (flags.includes('r')) caller.heldSince = now
  if (flags.includes('e')) callee.heldSince = now
  // Whether they handed the other side on is not known: what they are told of the next time is named (RFC 3515 §2.4.6).
  caller.refers = 1
  callee.refers = 1
  if (flags.includes('R')) caller.hungUp = true
  if (flags.includes('E')) callee.hungUp = true
  if (over) {
    restoreRest(caller, callerRest)
    restoreRest(callee, calleeRest)
  }
  const transfers = Number(/\d+/.exec(flags)?.[0] ?? 0)
  const about = {
    transfers,
    id,
    startedAt: Number(startedAt),
    answeredAt: Number(answeredAt),
    dialled: decodeText(dialled),
  }
  return { about, caller, callee, unsettled: flags.includes('u'), over }
}

/**
 * A word, or nothing: u unsettled, r and e for a caller and a callee who hold, R and E for one who has hung up and left
 * the other waiting, and how often sides were handed on.
 */
function flagsOf({ about, caller, callee, unsettled, over }: SavedConversation): string {
  let flags = unsettled ? 'u' : ''
  if (caller.heldSince !== 0) flags += 'r'
  if (callee.heldSince !== 0) flags += 'e'
  if (!over && caller.hungUp) flags += 'R'
  if (!over && callee.hungUp) flags += 'E'
  if (about.transfers !== 0) flags += about.transfers
  return flags === '' ? '' : ` ${flags}`
}

/** What has to be repeated in refreshes: two lines, or nothing where neither side needs it. */
function descriptionsOf(caller: Leg, callee: Leg): string {
  const one = saveDescription(caller)
  const other = saveDescription(callee)
  return one === '' && other === '' ? '' : `\n${one}\n${other}`
}
