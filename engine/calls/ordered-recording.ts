import type { Calls } from './calls.ts'
import { Conversation } from './conversation.ts'
import type { Log } from './services.ts'
import type { RecordingAction } from './sound/call-recording.ts'

/** What became of an order about recording. */
export interface OrderedRecording {
  /** `unknown`: there is no such call in progress that is answered. */
  readonly outcome: 'done' | 'refused' | 'unknown'
  /** Of a refusal, for people; else ''. */
  readonly reason: string
}

/** An administrator's order about recording a call. */
export function orderRecording(calls: Calls, log: Log, id: string, action: RecordingAction): OrderedRecording {
  const call = calls.get(id)
  if (!(call instanceof Conversation)) return { outcome: 'unknown', reason: '' }
  const answer = call.orderRecording(action)
  log.info({ call: id, action, answer }, 'An administrator ordered something of a recording')
  return answer === 'done' ? { outcome: 'done', reason: '' } : { outcome: 'refused', reason: answer }
}
