import type { Spoken } from '../../../media/announcements/sentence.ts'
import type { Clock, Flow, Random } from '../../sip/transport.ts'
import type { LocalCall, LocalSound } from '../local-call.ts'
import type { LocalSounds, SpokenPrompt, SpokenWords } from '../local-sounds.ts'
import { NoSounds } from '../local-sounds.ts'
import { ServerSound } from './server-sound.ts'
import type { Sounds } from './sounds.ts'

/** The sounds of a server with media; without a media process, silence. */
export class MediaSounds implements LocalSounds {
  readonly #sounds: Sounds
  readonly #silence: NoSounds
  readonly #random: Random

  constructor(sounds: Sounds, random: Random, clock: Clock) {
    this.#sounds = sounds
    this.#random = random
    this.#silence = new NoSounds(random, clock)
  }

  open(callId: string, flow: Flow, behindNat: boolean): LocalSound {
    const { media } = this.#sounds
    if (media?.available !== true) return this.#silence.open()
    const id = this.#sounds.nameFor(callId)
    const side = this.#sounds.side(`${id}-a`, flow, behindNat)
    const sound = new ServerSound(
      this.#sounds,
      media,
      callId,
      id,
      side,
      1 + Math.floor(this.#random.fraction() * 2 ** 31),
    )
    this.#sounds.listen(id, sound)
    return sound
  }

  say(call: LocalCall, words: SpokenWords, done: () => void): void {
    const { sound } = call
    const files = sound instanceof ServerSound ? this.#sounds.prompts.say(words.language, spoken(words)) : []
    if (sound instanceof ServerSound && files.length > 0) sound.play({ kind: 'files', files }, false, done)
    else this.#silence.say(call, words, done)
  }
}

const promptNames: Readonly<Record<SpokenPrompt, string>> = {
  forwardingOn: 'forward-all-on',
  forwardingOff: 'forward-all-off',
  doNotDisturbOn: 'do-not-disturb-on',
  doNotDisturbOff: 'do-not-disturb-off',
  callerBlocked: 'blocked',
  callerUnblocked: 'unblocked',
  parkedIn: 'parked-in',
}

/** Numbers stand before what is done with them, and behind where something goes. */
function spoken({ prompt, digits }: SpokenWords): Spoken[] {
  const words = { prompt: promptNames[prompt] }
  if (digits === '') return [words]
  const isFirst = prompt === 'callerBlocked' || prompt === 'callerUnblocked'
  return isFirst ? [{ spell: digits }, words] : [words, { spell: digits }]
}
