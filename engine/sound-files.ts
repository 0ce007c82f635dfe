import { musicFile } from '../media/announcements/audio-library.ts'
import { promptSetFor, readPromptSets } from '../media/announcements/prompt-set.ts'
import type { Spoken } from '../media/announcements/sentence.ts'
import { sentenceFiles } from '../media/announcements/sentence.ts'
import { milliwatt, tonesOf } from '../media/announcements/tones.ts'
import type { SoundParts } from './calls/sound/sounds.ts'

/**
 * Where calls find what is said in them. An own recording in the place of a prompt is
 * noticed at once, another language after a restart.
 * @throws Error with one line that names the manifest that is wrong
 */
export function soundFiles(dataFolder: string): Pick<SoundParts, 'prompts'> {
  const sets = readPromptSets(dataFolder)
  return {
    prompts: {
      say(language: string, parts: readonly Spoken[]) {
        const set = promptSetFor(sets, language)
        return set === null ? [] : sentenceFiles(set, parts)
      },
      tone: tonesOf,
      music: (id: string) => musicFile(dataFolder, id),
      milliwatt,
    },
  }
}
