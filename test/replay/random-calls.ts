/** Calls through configurations made by chance, recorded as the engine records them. */
import { askedCaller, outcomeDetail, RouteNotes, titleOf } from '../../engine/calls/route-notes.ts'
import type { Callee, Snapshot } from '../../engine/config/snapshot.ts'
import type { CallEvents, RecordedParty } from '../../engine/records/call-events.ts'
import type { Attempt, Decision, Live, Outcome, Ring } from '../../engine/router/decision.ts'
import type { RouteStep } from '../../engine/router/listener.ts'
import { proceed, route } from '../../engine/router/route.ts'
import type { Chance } from '../simulation/chance.ts'

export const people = 12

/** One answer of the router as it was given: what a replay must find again. */
export interface GivenAnswer {
  readonly decision: Decision
  /** What a listener would have heard. */
  readonly heard: readonly RouteStep[]
}

/**
 * Plays one call to its end, or until somebody answers.
 *
 * @param snapshots the configuration when the call comes, and the one that replaces it while it rings
 */
export function playCall(
  id: string,
  at: number,
  snapshots: readonly [Snapshot, Snapshot],
  events: CallEvents,
  chance: Chance,
): GivenAnswer[] {
  let [snapshot] = snapshots
  const attempt = randomAttempt(snapshot, chance)
  const answers: GivenAnswer[] = []
  let now = at
  const ask = (outcome: Outcome | null, before: Ring | null) => {
    const live = randomLive(chance)
    const notes = new RouteNotes(live)
    const heard: RouteStep[] = []
    const put = (to: Live, listener: { step(step: RouteStep): void } | null) =>
      outcome === null || before === null
        ? route(snapshot, to, attempt, now, listener)
        : proceed(snapshot, to, attempt, before, outcome, now, listener)
    // As the engine asks, without a listener; then once more for what one would hear.
    const decision = put(notes, null)
    put(live, { step: (step) => heard.push(step) })
    answers.push({ decision, heard })
    return { decision, step: notes.take(decision) }
  }
  let { decision, step } = ask(null, null)
  const refused = decision.kind === 'voicemail' ? decision.otherwise : decision
  const refusal = refused.kind === 'refuse' ? { status: refused.status, phrase: refused.reason } : null
  const caller = partyOf(attempt)
  const { dialled, domain } = attempt
  const { revision } = snapshot
  const asked = askedCaller(attempt)
  events.began({
    id,
    at,
    callId: `${id}@test`,
    fromTag: 'tag',
    sequence: 1,
    source: 'test',
    caller,
    asked,
    dialled,
    domain,
    revision,
    step,
    refusal,
  })
  while (decision.kind === 'ring') {
    now += 1 + chance.below(30_000)
    const [target] = decision.targets
    if (target !== undefined && chance.happens(0.15)) {
      const callee: RecordedParty = {
        kind: target.kind,
        id: target.kind === 'user' ? target.user.id : target.trunk.id,
        title: titleOf(target),
      }
      events.answered(id, now, callee)
      events.ended(id, now + 5000, 'caller', 200, 'OK')
      return answers
    }
    if (chance.happens(0.2)) snapshot = snapshots[1]
    const outcome = randomOutcome(decision, chance)
    ;({ decision, step } = ask(outcome, decision))
    const { revision } = snapshot
    events.wentOn({ id, at: now, outcome: outcome.kind, detail: outcomeDetail(outcome), revision, step })
  }
  const end = decision.kind === 'voicemail' ? decision.otherwise : decision
  if (answers.length > 1) events.ended(id, now, 'server', end.status, end.reason)
  return answers
}

function partyOf({ caller }: Attempt): RecordedParty {
  return caller.kind === 'device'
    ? { kind: 'user', id: caller.user.id, title: caller.user.displayName }
    : { kind: 'trunk', id: caller.trunk.id, title: caller.number }
}

function randomAttempt(snapshot: Snapshot, chance: Chance): Attempt {
  const dialled = randomDialled(chance)
  const domain = chance.happens(0.1) ? chance.pick(['north.test', 'south.test', 'elsewhere.test']) : ''
  const ownDiversions = chance.happens(0.05) ? chance.below(7) : 0
  const trunk = snapshot.trunks[chance.below(snapshot.trunks.length)]
  if (trunk !== undefined && chance.happens(0.3)) {
    const number = chance.pick(['+441632960000', '01632960000', '', '00331234567', '+442079460103', 'x\ty'])
    const name = chance.pick(['', 'Zoë', 'A\nB'])
    return {
      caller: { kind: 'trunk', trunk, number, name, anonymous: chance.happens(0.2) },
      dialled: chance.happens(0.8) ? `+4420794601${digits(chance.below(people))}` : dialled,
      domain,
      ownDiversions,
    }
  }
  for (;;) {
    const user = snapshot.users.get(`u${chance.below(people)}`)
    const device = user?.devices[0]
    if (user === undefined || device === undefined) continue
    return { caller: { kind: 'device', device, user }, dialled, domain, ownDiversions: 0 }
  }
}

function randomDialled(chance: Chance): string {
  const user = chance.below(people)
  const usual = [
    String(200 + user),
    `2${1 + (user % 2)}${200 + user}`,
    `0207946 01${digits(user)}`,
    `+4420794601${digits(user)}`,
    String(300 + chance.below(4)),
    '+442079460151',
  ]
  const odd = ['01632960001', '0033123456789', '999', '*67201', '*82112', '20\n1', '', '2\\t', '9-9-9']
  return chance.happens(0.8) ? chance.pick(usual) : chance.pick(odd)
}

function randomLive(chance: Chance): Live {
  const away = chance.below(1 << people)
  const busy = chance.below(1 << people) & chance.below(1 << people)
  const full = chance.happens(0.2)
  const state = chance.pick(['up', 'up', 'up', 'unregistered', 'down'] as const)
  const of = (callee: Callee) => Number(callee.id.slice(1))
  return {
    registered: (user) => ((away >> of(user)) & 1) === 0 || user.devices.length > 2,
    linesInUse: (user) => ((busy >> of(user)) & 1) * (1 + (of(user) % 3)),
    channelsInUse: () => (full ? 9 : 0),
    trunkState: () => state,
    outsideForwards: (by) => of(by) % 5,
    tollUse: (key, _counter, day) => (key.length * 131 + day) % 700,
    lastAnswered: (group) => of(group) % (group.members.length + 1),
    idleSince: (user) => of(user),
  }
}

function randomOutcome(ring: Ring, chance: Chance): Outcome {
  const [target] = ring.targets
  if (target?.kind === 'trunk') {
    if (chance.happens(0.3)) return { kind: chance.pick(['busy', 'noAnswer', 'unreachable'] as const) }
    const status = chance.pick([404, 480, 486, 500, 503, 600, 603])
    const reason = chance.pick(['Failed', 'Service Unavailable', ''])
    return { kind: 'trunkFailed', status, reason, rang: chance.happens(0.3) }
  }
  if (target !== undefined && chance.happens(0.15)) {
    return { kind: 'redirected', by: target.user, dialled: randomDialled(chance), ringing: chance.happens(0.5) }
  }
  return { kind: chance.pick(['busy', 'noAnswer', 'unreachable'] as const) }
}

function digits(user: number): string {
  return String(user).padStart(2, '0')
}
