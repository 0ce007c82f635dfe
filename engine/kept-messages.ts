/** Keeps the beginnings of calls among the messages, where those are kept for ladders: put around what hears of them. */
import type { MessageRing } from './ladder/message-ring.ts'
import type { CallBegan, CallEvents } from './records/call-events.ts'

/** The same events, with the beginnings of calls kept among the messages. */
export function keepingBeginnings(events: CallEvents, ring: MessageRing): CallEvents {
  return {
    began(event: CallBegan) {
      ring.began(event.id, event.callId)
      events.began(event)
    },
    wentOn: (event) => events.wentOn(event),
    answered: (id, at, callee) => events.answered(id, at, callee),
    transferred: (id, at, by, into) => events.transferred(id, at, by, into),
    recorded: (id, at, recording) => events.recorded(id, at, recording),
    heard: (id, at, quality) => events.heard(id, at, quality),
    ended: (id, at, by, status, phrase) => events.ended(id, at, by, status, phrase),
  }
}
