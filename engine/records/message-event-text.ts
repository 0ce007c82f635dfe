/**
 * Events of messages as text for the journal, and back: beside those of calls, from which their first letter tells them.
 * Texts are binary strings.
 */
import { partyText, readParty } from './call-event-text.ts'
import type { MessageTaken, SettledState } from './message-events.ts'

export type MessageEvent =
  | ({ readonly kind: 'messageTaken' } & MessageTaken)
  | { readonly kind: 'messageSettled'; readonly id: string; readonly at: number; readonly state: SettledState }

/** Fields before the body, which may have lines of its own. */
const fields = 7

export function messageTakenText({ id, at, from, to, dialled, contentType, body }: MessageTaken): string {
  return `m\n${id}\n${at}\n${partyText(from)}\n${partyText(to)}\n${dialled.replaceAll('\n', ' ')}\n${contentType}\n${body}`
}

export function messageSettledText(id: string, at: number, state: SettledState): string {
  return `d\n${id}\n${at}\n${state}`
}

/** Whether an event of the journal is one of a message. */
export function isMessageEvent(text: string): boolean {
  return text.startsWith('m\n') || text.startsWith('d\n')
}

/** Reads what the functions above wrote; `null` for everything else. */
export function readMessageEvent(text: string): MessageEvent | null {
  const lines = text.split('\n')
  const [letter, id = '', time] = lines
  const at = Number(time)
  if (id === '' || !Number.isFinite(at)) return null
  if (letter === 'd') {
    const state = lines[3]
    if (state !== 'delivered' && state !== 'expired' && state !== 'discarded') return null
    return { kind: 'messageSettled', id, at, state }
  }
  if (letter !== 'm' || lines.length <= fields) return null
  const from = readParty(lines[3] ?? '')
  const to = readParty(lines[4] ?? '')
  if (from === null || to === null) return null
  const [dialled = '', contentType = ''] = lines.slice(5, fields)
  return { kind: 'messageTaken', id, at, from, to, dialled, contentType, body: lines.slice(fields).join('\n') }
}
