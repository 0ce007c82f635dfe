import type { LocalCall, LocalPurpose } from './local-call.ts'
import type { LocalSounds, SpokenWords } from './local-sounds.ts'

/** A caller hears that what he dialled a code for is done, and is told goodbye. */
export class Confirmation implements LocalPurpose {
  readonly title: string
  readonly #sounds: LocalSounds
  readonly #words: SpokenWords | null

  /** @param words `null`: those of the process before this one are lost, and he is told goodbye at once */
  constructor(sounds: LocalSounds, title: string, words: SpokenWords | null) {
    this.title = title
    this.#sounds = sounds
    this.#words = words
  }

  begun(call: LocalCall): void {
    if (this.#words === null) call.hangUp('')
    else this.#sounds.say(call, this.#words, () => call.hangUp(''))
  }

  ended(): void {
    // What it confirmed was done before.
  }
}
