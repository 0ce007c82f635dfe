import { loadFlow, saveFlow } from '../sip/dialog.ts'
import { joinedKey } from '../sip/own-copy.ts'
import type { Flow } from '../sip/transport.ts'

/** On which side of a call a leg is. */
export type Side = 'caller' | 'callee'

/** A 2xx that is repeated until it is acknowledged, as the journal keeps it (`recovery.ts` reads the key). */
export interface SavedAnswer {
  readonly text: string
  /** Number of the INVITE it answers. */
  readonly sequence: number
  /** Number of the INVITE on the other side whose ACK waits for this one's; -1 where none does. */
  readonly awaited: number
  /** Where it goes. */
  readonly flow: Flow
}

/** Key of the obligation to repeat an answer. */
export function answerKey(callId: string, side: Side): string {
  return joinedKey(['answer', callId, side])
}

export function saveAnswer(text: string, sequence: number, awaited: number, flow: Flow): string {
  return `${sequence} ${awaited}\n${saveFlow(flow)}\n${text}`
}

/** Reads what `saveAnswer` wrote; `null` where it is damaged. */
export function loadAnswer(value: string): SavedAnswer | null {
  const flowStart = value.indexOf('\n') + 1
  const textStart = value.indexOf('\n', flowStart) + 1
  const flow = loadFlow(value.slice(flowStart, textStart - 1))
  if (flow === null) return null
  const [sequence = 0, awaited = -1] = value
    .slice(0, flowStart - 1)
    .split(' ')
    .map(Number)
  return { text: value.slice(textStart), sequence, awaited, flow }
}
