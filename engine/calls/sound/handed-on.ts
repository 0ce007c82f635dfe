/** A recording that goes on in another call, because one of its parties was handed on (docs/media.md, Transfer). */
import type { CallServices } from '../services.ts'
import type { RecordingTerms } from './recording-terms.ts'
import type { Sound } from './sound.ts'

/** Sound that is being recorded, of a call that is about to end. */
export interface HandedOnSound {
  readonly sound: Sound
  /** Id of the call. */
  readonly call: string
  /** Who goes on in another call. */
  readonly stays: 'caller' | 'callee'
}

/**
 * The sound of the call that goes on becomes the successor of what is recorded: in the same file, each on the channel where
 * he was. Where that cannot be, the recording ends.
 *
 * @param before `null`: nothing was recorded
 * @param next between the two who are together now; `null`: it does not pass through us
 * @param call id of the call that goes on
 * @param as what who stays is in it
 */
export function goOnRecording(
  services: CallServices,
  before: HandedOnSound | null,
  next: Sound | null,
  call: string,
  as: 'caller' | 'callee',
): void {
  if (before === null) return
  const { sounds, events, clock } = services
  const { sound, stays } = before
  const { recording, terms } = sound
  // A file is written by one media process.
  if (next === null || (next.process >= 0 && next.process !== sound.process)) {
    sounds.figures.expect(sound.id, before.call, sound.caller, sound.callee)
    sounds.end(sound)
    return
  }
  next.isMirrored = sound.isMirrored !== (stays !== as)
  sounds.succeed(sound, next)
  next.terms = terms === null ? null : termsOfWhoStays(terms, stays, as)
  if (recording !== null) events.recorded(call, clock.now(), recording.id)
}

/** What was his, or of the group that he was rung for. Nobody presses keys for who has left. */
function termsOfWhoStays(terms: RecordingTerms, stays: 'caller' | 'callee', as: 'caller' | 'callee'): RecordingTerms {
  const owners = terms.owners
    .filter(({ side }) => side === stays)
    .map((owner) => {
      const isTurned = stays !== as
      const { announceToCaller, announceToCallee } = owner
      return {
        ...owner,
        side: as,
        announceToCaller: isTurned ? announceToCallee : announceToCaller,
        announceToCallee: isTurned ? announceToCaller : announceToCallee,
      }
    })
  return { ...terms, owners }
}
