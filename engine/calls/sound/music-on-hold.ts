import type { MediaPlay } from '../../../media/protocol.ts'
import type { Random } from '../../sip/transport.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import type { Sound } from './sound.ts'

/**
 * Who is held hears the music of the holder: the user's own, else that of his site, PBX or account, else the one that comes
 * with Ringdown. What a carrier holds with is the carrier's.
 *
 * @param sound `null` where it does not pass through us
 * @returns whether something changed
 */
export function playMusicOnHold(services: CallServices, sound: Sound | null, holder: Leg, holds: boolean): boolean {
  if (sound === null || holder.sound === null) return false
  const held = sound.other(holder.sound)
  if (!holds) {
    if (held.music === null) return false
    held.music = null
    sound.tell()
    return true
  }
  const { kind, id } = holder.party
  const user = kind === 'user' ? services.snapshot.users.get(id) : undefined
  if (user === undefined) return false
  const { prompts } = services.sounds
  const file = prompts.music(user.musicOnHold || user.site.musicOnHold)
  if (file === '') return false
  held.music = musicOf(services.random, file)
  sound.tell()
  return true
}

/** Again and again until it is taken away. */
export function musicOf(random: Random, file: string): MediaPlay {
  const source = { kind: 'files', files: [file] } as const
  return { id: `music-${random.token(6)}`, source, how: 'replace', loop: true }
}
