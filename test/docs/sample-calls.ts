/** Three calls in the sample company, decided by the router and recorded as the engine records them. */
import { askedCaller, outcomeDetail, RouteNotes, titleOf } from '../../engine/calls/route-notes.ts'
import type { Snapshot } from '../../engine/config/snapshot.ts'
import type { CallEvents, RecordedParty } from '../../engine/records/call-events.ts'
import { attemptFromText } from '../../engine/router/attempt-from-text.ts'
import type { Outcome } from '../../engine/router/decision.ts'
import { PastFacts } from '../../engine/router/past-call.ts'
import { proceed, route } from '../../engine/router/route.ts'

interface SampleCall {
  readonly id: string
  readonly at: number
  readonly caller: string
  readonly dialled: string
  /** How many rings nobody answers before the last one. */
  readonly unanswered: number
  /** After so many milliseconds the last ring is answered, or the caller gives up. */
  readonly last: { readonly after: number; readonly answered: boolean }
}

const morning = Date.UTC(2026, 2, 2, 9, 30)
const calls: readonly SampleCall[] = [
  { id: 'm9k1-01', at: morning, caller: 'anna', dialled: '1002', unanswered: 1, last: { after: 6000, answered: true } },
  {
    ...{ id: 'm9k1-02', at: morning + 600_000, caller: 'frank', dialled: '211002' },
    ...{ unanswered: 0, last: { after: 4000, answered: true } },
  },
  {
    ...{ id: 'm9k1-03', at: morning + 1_500_000, caller: '+441632960111', dialled: '+442079460102' },
    ...{ unanswered: 1, last: { after: 9000, answered: false } },
  },
]

export function recordSampleCalls(snapshot: Snapshot, events: CallEvents): void {
  for (const call of calls) record(snapshot, events, call)
}

function record(
  snapshot: Snapshot,
  events: CallEvents,
  { id, at, caller, dialled, unanswered, last }: SampleCall,
): void {
  const reading = attemptFromText(snapshot, caller, dialled)
  if (!reading.ok) throw new Error(reading.message)
  const { attempt } = reading
  const notes = new RouteNotes(new PastFacts())
  const { revision } = snapshot
  let now = at
  let decision = route(snapshot, notes, attempt, now)
  const party: RecordedParty =
    attempt.caller.kind === 'device'
      ? {
          kind: 'user',
          id: attempt.caller.user.id,
          title: `${attempt.caller.user.extension} ${attempt.caller.user.displayName}`,
        }
      : { kind: 'trunk', id: attempt.caller.trunk.id, title: attempt.caller.number }
  events.began({
    ...{ id, at, callId: `${id}@sample`, fromTag: 'sample', sequence: 1, source: 'UDP 127.0.0.1:5060' },
    ...{ caller: party, asked: askedCaller(attempt) },
    ...{ dialled: attempt.dialled, domain: attempt.domain, revision, step: notes.take(decision), refusal: null },
  })
  const outcome: Outcome = { kind: 'noAnswer' }
  for (let ring = 0; ring < unanswered; ring++) {
    if (decision.kind !== 'ring') throw new Error(`${id} rings nobody`)
    now += decision.ringSeconds * 1000
    decision = proceed(snapshot, notes, attempt, decision, outcome, now)
    const step = notes.take(decision)
    events.wentOn({ id, at: now, outcome: outcome.kind, detail: outcomeDetail(outcome), revision, step })
  }
  const target = decision.kind === 'ring' ? decision.targets[0] : undefined
  if (target?.kind !== 'user') throw new Error(`${id} rings nobody`)
  now += last.after
  if (!last.answered) {
    events.ended(id, now, 'caller', 487, 'Request Terminated')
    return
  }
  events.answered(id, now, { kind: 'user', id: target.user.id, title: titleOf(target) })
  events.ended(id, now + 120_000, 'caller', 200, 'OK')
}
