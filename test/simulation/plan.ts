import type { Chance } from './chance.ts'
import type { Leg } from './leg.ts'

/** Something that one side does while talking. */
export interface Act {
  /** Milliseconds after the answer. */
  readonly after: number
  readonly side: 'caller' | 'callee'
  readonly kind: 'hold' | 'info' | 'options' | 'update'
}

/** What the parties of one call intend, and what became of it. */
export interface CallPlan {
  readonly number: number
  /** Identity the caller claims in X-Caller: user id, number, or anonymous. */
  readonly caller: string
  readonly dialled: string
  /** What the caller says of reliable provisional responses (RFC 3262). */
  readonly reliable: 'unknown' | 'supported' | 'required'
  /** Whose phone loses its power while they talk, never to be heard of again. */
  readonly vanishes: 'caller' | 'callee' | 'nobody'
  /** The INVITE carries no session description. */
  readonly lateOffer: boolean
  /** The caller gives up so long after his INVITE (ms); -1: never. */
  readonly giveUpAfter: number
  /** He does it by BYE where he has an early dialog (RFC 3261 §15). */
  readonly earlyBye: boolean
  /** How long the caller takes for his ACK (ms); -1: it never comes. */
  readonly ackAfter: number
  /** Milliseconds from the answer to the end. */
  readonly talk: number
  readonly hangUp: 'caller' | 'callee' | 'both'
  readonly acts: readonly Act[]
  /** When it was made (ms). */
  startedAt: number
  /** When a phone first answered; 0 before. */
  answeredAt: number
  readonly legs: Leg[]
  /** Why the server may end it by itself; '' if it may not. */
  excused: string
  /** Header lines of the INVITE besides the usual ones. */
  readonly headers: string
}

/**
 * @param wide with UPDATE, and with calls long enough for session timers
 * @param busy with talks that are long enough to do something with them
 */
export function planCall(
  number: number,
  caller: string,
  dialled: string,
  chance: Chance,
  wide: boolean,
  busy: boolean,
): CallPlan {
  const ack = chance.weighted({ now: 80, late: 16, never: busy ? 1 : 4 })
  const long = wide && chance.happens(0.04)
  const talk = long ? chance.between(150_000, 700_000) : busy ? chance.between(0, 60_000) : talkTime(chance)
  const acts: Act[] = []
  const count = chance.pick([0, 0, 0, 1, 1, 2, 3])
  for (let i = 0; i < count; i++) {
    const after = chance.happens(0.3) ? 0 : chance.between(0, Math.min(talk, 20_000))
    const kind = wide
      ? chance.weighted({ hold: 45, info: 25, options: 5, update: 25 })
      : chance.weighted({ hold: 50, info: 40, options: 10 })
    const side = chance.pick(['caller', 'callee'] as const)
    acts.push({ after, side, kind })
    // Glare: both at the same moment.
    if (chance.happens(0.25)) acts.push({ after, side: side === 'caller' ? 'callee' : 'caller', kind })
  }
  const lateOffer = chance.happens(0.1)
  const vanishes = chance.weighted({ nobody: 95, caller: 2, callee: 3 })
  const survivor = vanishes === 'caller' ? 'caller' : 'callee'
  return {
    number,
    caller,
    dialled,
    lateOffer,
    // An offer that a phone makes early is tested elsewhere (engine/calls/reliable-responses.test.ts).
    reliable: lateOffer ? 'unknown' : chance.weighted({ unknown: 50, supported: 35, required: 15 }),
    vanishes,
    giveUpAfter: chance.happens(0.2) ? (chance.happens(0.4) ? chance.between(0, 600) : chance.between(0, 15_000)) : -1,
    earlyBye: chance.happens(0.25),
    ackAfter: ack === 'now' ? 0 : ack === 'late' ? chance.between(50, 5000) : -1,
    talk,
    // Who is still there waits for ever.
    hangUp: vanishes === 'nobody' ? chance.weighted({ caller: 42, callee: 42, both: 16 }) : survivor,
    acts: vanishes === 'nobody' ? acts : [],
    startedAt: 0,
    answeredAt: 0,
    legs: [],
    excused: ack === 'never' ? 'the caller never acknowledges' : '',
    headers: '',
  }
}

/** A call that is made for the sake of another one: nobody does anything odd in it. */
export function planBeside(number: number, caller: string, dialled: string, chance: Chance, headers = ''): CallPlan {
  return {
    number,
    caller,
    dialled,
    lateOffer: false,
    reliable: chance.weighted({ unknown: 60, supported: 40 }),
    vanishes: 'nobody',
    giveUpAfter: chance.happens(0.1) ? chance.between(0, 12_000) : -1,
    earlyBye: chance.happens(0.25),
    ackAfter: chance.happens(0.85) ? 0 : chance.between(50, 3000),
    talk: chance.between(2000, 60_000),
    hangUp: chance.pick(['caller', 'callee']),
    acts: [],
    startedAt: 0,
    answeredAt: 0,
    legs: [],
    excused: '',
    headers,
  }
}

function talkTime(chance: Chance): number {
  switch (chance.weighted({ none: 8, short: 60, usual: 25, long: 7 })) {
    case 'none':
      return 0
    case 'short':
      return chance.between(0, 3000)
    case 'usual':
      return chance.between(3000, 25_000)
    case 'long':
      return 90_000
  }
}
