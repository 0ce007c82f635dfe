import type { Dialog } from '../sip/dialog.ts'
import { ackWithin, loadFlow, saveFlow } from '../sip/dialog.ts'
import { parseMessage } from '../sip/message.ts'
import { joinedKey } from '../sip/own-copy.ts'
import type { Flow } from '../sip/transport.ts'
import type { LateAnswer } from './leg.ts'
import type { CallServices } from './services.ts'

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

/** An answer of the process before this one, which has just been sent again. */
export interface ResumedAnswer {
  readonly text: string
  readonly sequence: number
  readonly flow: Flow
  readonly lateAnswer: LateAnswer | null
}

/**
 * Sends again what a process before this one answered to an INVITE. `null` where its entry is damaged.
 * @param other the dialog of the other side, whose ACK may wait for this one's
 * @param keep told the ACK that leaves then: no transaction repeats it
 */
export function resumeAnswer(
  services: CallServices,
  other: Dialog,
  value: string,
  keep: (sequence: number, ack: string, dialog: Dialog) => void,
): ResumedAnswer | null {
  const saved = loadAnswer(value)
  if (saved === null) return null
  const { text, flow, sequence, awaited } = saved
  const { transactions, network, random } = services
  const answer = parseMessage(text)
  if (answer !== null) transactions.resumeAnswered(answer, flow)
  network.send(flow, text, null)
  const pass = (headers: string, body: string) => {
    keep(awaited, transactions.sendAck(ackWithin(other, awaited, headers, body, network, random), other.flow), other)
  }
  return { text, sequence, flow, lateAnswer: awaited < 0 ? null : { sequence: awaited, pass } }
}
