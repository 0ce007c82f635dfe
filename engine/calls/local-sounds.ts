import type { Clock, Flow, Random, TimerOwner } from '../sip/transport.ts'
import type { LocalCall, LocalSound } from './local-call.ts'
import { Silence } from './silence.ts'

/** What can be said in calls that the server has answered. */
export interface LocalSounds {
  /** For the call with this id of a phone that signals by `flow`, which is about to be answered, or goes on after a restart. */
  open(callId: string, flow: Flow, behindNat: boolean): LocalSound
  /** Says something short, and tells when it is said; silence lasts as long as a word does. */
  say(call: LocalCall, words: SpokenWords, done: () => void): void
}

/** What is said to a caller who has dialled a code: a word of the prompts, and digits behind it, or ''. */
export interface SpokenWords {
  readonly prompt: SpokenPrompt
  readonly digits: string
  /** BCP 47. */
  readonly language: string
}

export type SpokenPrompt =
  | 'forwardingOn'
  | 'forwardingOff'
  | 'doNotDisturbOn'
  | 'doNotDisturbOff'
  | 'callerBlocked'
  | 'callerUnblocked'
  | 'parkedIn'

/** Where nothing can be said: as many milliseconds pass as it takes to read a phone's display. */
const silentWord = 2000

/** The sounds of a server without media. */
export class NoSounds implements LocalSounds {
  readonly #random: Random
  readonly #clock: Clock

  constructor(random: Random, clock: Clock) {
    this.#random = random
    this.#clock = clock
  }

  open(): LocalSound {
    return new Silence(this.#random)
  }

  say(_call: LocalCall, _words: SpokenWords, done: () => void): void {
    this.#clock.start(silentWord, new Pause(done), 'word')
  }
}

/** Calls back when its timer is due. */
class Pause implements TimerOwner {
  readonly #done: () => void

  constructor(done: () => void) {
    this.#done = done
  }

  timerFired(): void {
    this.#done()
  }
}
