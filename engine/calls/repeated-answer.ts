import { AnswerRetransmission } from './answer.ts'
import type { Leg } from './leg.ts'
import type { SavedAnswer } from './saved-answer.ts'
import { saveAnswer } from './saved-answer.ts'
import type { CallServices } from './services.ts'

/**
 * A 2xx to an INVITE of `leg` was just sent: it is repeated until acknowledged, by the next process if need be.
 * @param key of the obligation (`answerKey`)
 * @param notAcknowledged called when nobody acknowledged it in time
 */
export function repeatAnswer(
  services: CallServices,
  key: string,
  leg: Leg,
  { text, sequence, awaited, flow }: SavedAnswer,
  notAcknowledged: () => void,
): void {
  const { network, clock, journal, transactions } = services
  leg.answer?.stop()
  leg.answer = new AnswerRetransmission(text, sequence, flow, network, clock, {
    answerNotAcknowledged: notAcknowledged,
    answerRepeated: () => transactions.retransmitted++,
  })
  journal.put('obligation', key, saveAnswer(text, sequence, awaited, flow))
}

/** It is acknowledged, or given up. */
export function stopAnswer({ journal }: CallServices, key: string, leg: Leg): void {
  leg.answer?.stop()
  leg.answer = null
  journal.remove('obligation', key)
}
