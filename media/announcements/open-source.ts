/** Makes what sessions play of what the engine orders. */
import type { OpenSource } from '../session-sound.ts'
import { FileSource } from './file-source.ts'
import { SoundCache } from './sound-cache.ts'
import { ToneSource } from './tone-source.ts'

/** @param clock milliseconds that only go forward */
export function sourceOpener(clock: () => number): OpenSource {
  const cache = new SoundCache(clock)
  return (source, loop) =>
    source.kind === 'tones' ? new ToneSource(source.tones, loop) : new FileSource(source.files, loop, cache)
}
