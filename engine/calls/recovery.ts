/**
 * Takes up the calls of a process that died (docs/calls.md, "A crash loses no call"): answered ones go on, ringing ones
 * are ended, and what was owed is paid.
 */
import type { RecoveredEntries } from '../records/entries.ts'
import { loadFlow } from '../sip/dialog.ts'
import { Confirmation } from './confirmation.ts'
import { Conversation } from './conversation.ts'
import { Fork } from './fork.ts'
import { LocalCall } from './local-call.ts'
import { loadLocalCall } from './saved-local-call.ts'
import { loadRequest, savedRequestLines } from './saved-request.ts'
import type { CallServices } from './services.ts'
import { DepartingLeg } from './transfer/departing-leg.ts'
import { ReferReports } from './transfer/refer-reports.ts'

/** Reason phrase for callers whose call rang. */
const restarted = 'Server Restarted'

export interface Recovered {
  readonly answered: number
  /** Ringing calls that were ended. */
  readonly ended: number
  /** BYEs and CANCELs sent again. */
  readonly owed: number
}

export function restoreCalls(services: CallServices, recovered: RecoveredEntries): Recovered {
  const conversations = new Map<string, Conversation>()
  const localCalls = new Map<string, LocalCall>()
  let ended = 0
  let owed = 0
  for (const { kind, key, value } of recovered.entries) {
    if (kind !== 'call') continue
    const lines = value.split('\n')
    if (lines[0] === 'moved') services.journal.remove('call', key)
    else if (lines[0] === 'answered') {
      const conversation = Conversation.restore(services, key, lines)
      if (conversation === null) unreadable(services, kind, key)
      else conversations.set(key, conversation)
    } else if (lines[0] === 'local') {
      const call = restoreLocalCall(services, key, lines)
      if (call === null) unreadable(services, kind, key)
      else localCalls.set(key, call)
    } else if (lines[0] === 'ringing' || lines[0] === 'placed') {
      services.journal.remove('call', key)
      services.events.ended(key, services.clock.now(), 'server', 500, restarted)
      if (endRinging(services, lines)) ended++
      else unreadable(services, kind, key)
    } else unreadable(services, kind, key)
  }
  for (const { kind, key, value } of recovered.entries)
    if (kind === 'sound') resumeSound(services, conversations, key, value)
  for (const { kind, key, value } of recovered.entries) {
    if (kind !== 'obligation') continue
    services.journal.remove('obligation', key)
    const [what = '', id = '', side = ''] = key.split('|')
    if (what === 'answer') {
      const conversation = conversations.get(id)
      if (conversation !== undefined && (side === 'caller' || side === 'callee')) conversation.resumeAnswer(side, value)
      else localCalls.get(id)?.resumeAnswer(value)
      continue
    }
    if (what === 'depart') {
      if (DepartingLeg.resume(services, value)) owed++
      else unreadable(services, kind, key)
      continue
    }
    if (what === 'refer') {
      const owner = services.calls.ownerOf(id)
      if (owner instanceof Conversation) reportLost(services, owner, id, value)
      continue
    }
    if (what === 'park') {
      const parked = conversations.get(id)
      if (parked !== undefined) services.parking.restore(parked, value)
      continue
    }
    if (what === 'refuse') {
      if (services.obligations.resumeRefusal(value)) owed++
      else unreadable(services, kind, key)
      continue
    }
    const saved = loadRequest(value.split('\n'))
    if (saved === null) {
      unreadable(services, kind, key)
      continue
    }
    owed++
    if (what === 'bye') {
      const signer = side === '' ? null : services.trunks.signerOf(side)
      services.obligations.resumeBye(saved.request, saved.flow, signer)
    } else Fork.cancelResumed(services, saved.request, saved.flow)
  }
  for (const conversation of conversations.values()) conversation.restored()
  for (const call of localCalls.values()) call.restored()
  return { answered: conversations.size + localCalls.size, ended, owed }
}

/** A call that the server had answered ends: what it was to say is lost, and whom a line was for is not known yet. */
function restoreLocalCall(services: CallServices, key: string, lines: readonly string[]): LocalCall | null {
  const saved = loadLocalCall(services, key, lines)
  if (saved === null) return null
  const purpose = new Confirmation(services.localSounds, '', null)
  return LocalCall.restore(services, saved, services.localSounds.open(key, saved.leg.dialog.flow, false), purpose)
}

/** Sound goes on through the same ports, without a gap: media has them all the while. */
function resumeSound(
  services: CallServices,
  conversations: ReadonlyMap<string, Conversation>,
  key: string,
  value: string,
): void {
  const conversation = conversations.get(key)
  const isWanted = conversation !== undefined && !conversation.over
  const sound = isWanted ? services.sounds.resume(value) : null
  if (sound !== null) conversation?.carry(sound)
  else services.journal.remove('sound', key)
}

/** The transfer that the side with our tag `localTag` asked for ended with the process before this one. */
function reportLost(services: CallServices, call: Conversation, localTag: string, event: string): void {
  const leg = call.legOf(localTag)
  if (call.over || leg.hungUp || leg.dialog.localTag !== localTag) return
  new ReferReports(services, leg.dialog, event, true, () => call.refreshed()).conclude(503, restarted, null)
}

/** The caller gets 500 with Retry-After, each phone a CANCEL; a phone that answers all the same gets ACK and BYE. */
function endRinging(services: CallServices, lines: readonly string[]): boolean {
  const [kind, , key = '', toTag = '', where = '', tagged = '', head = ''] = lines
  if (kind === 'ringing') {
    const flow = loadFlow(where)
    if (flow === null || key === '') return false
    const responseLines = head.replaceAll('\r', '\r\n')
    const transaction = services.transactions.resumeServer(
      key,
      { lines: responseLines, tagged: tagged === '1' },
      flow,
      toTag,
    )
    services.obligations.refuse(transaction, 500, restarted, toTag, 'Retry-After: 1\r\n')
  }
  for (let start = 10; start + savedRequestLines <= lines.length; start += savedRequestLines) {
    const saved = loadRequest(lines.slice(start, start + savedRequestLines))
    if (saved !== null) Fork.cancelResumed(services, saved.request, saved.flow)
  }
  return true
}

function unreadable(services: CallServices, kind: string, key: string): void {
  services.journal.remove(kind === 'call' ? 'call' : 'obligation', key)
  if (kind === 'call') services.events.ended(key, services.clock.now(), 'server', 500, restarted)
  services.log.error({ kind, key }, 'An entry of the journal cannot be read: what it stood for is lost')
}
