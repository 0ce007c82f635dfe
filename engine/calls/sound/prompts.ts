/** What can be said to parties of calls. Handed in: the files are elsewhere. */
import type { Spoken } from '../../../media/announcements/sentence.ts'
import type { ToneName } from '../../../media/announcements/tones.ts'
import type { ToneStep } from '../../../media/protocol.ts'

export interface Prompts {
  /**
   * @param language as a user's or site's: en-GB; where there is no set for it, English
   * @returns paths of sound files, one after the other; none where there are no such prompts
   */
  say(language: string, parts: readonly Spoken[]): readonly string[]
  /** One round of a country's tone. */
  tone(country: string, name: ToneName): readonly ToneStep[]
  /** The file of an audio file of this id, of the default music where that is '' or has no sound; '' where there is none. */
  music(id: string): string
  /** A second of the milliwatt line. */
  readonly milliwatt: readonly ToneStep[]
}

/** Where nothing can be said. */
export const noPrompts: Prompts = { say: () => [], tone: () => [], music: () => '', milliwatt: [] }
