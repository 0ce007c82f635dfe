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
 * Who stays is the caller of the call that goes on, and its sound the successor of what is recorded: in the same file, each
 * on the channel where he was. Where that cannot be, the recording ends.
 *
 * @param before `null`: nothing was recorded
 * @param next between the two who are together now; `null`: it does not pass through us
 * @param call id of the call that goes on
 */
export function goOnRecording(
  services: CallServices,
  before: HandedOnSound | null,
  next: Sound | null,
  call: string,
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
  next.isMirrored = sound.isMirrored !== (stays === 'callee')
  sounds.succeed(sound, next)
  next.terms = terms === null ? null : termsOfWhoStays(terms, stays)
  if (recording !== null) events.recorded(call, clock.now(), recording.id)
}

/** Nobody presses keys for who has left. */
function termsOfWhoStays(terms: RecordingTerms, stays: 'caller' | 'callee'): RecordingTerms {
  const owners = terms.owners.map((owner) =>
    owner.side === stays
      ? { ...owner, side: 'caller' as const }
      : { ...owner, side: 'callee' as const, starts: 'ordered' as const },
  )
  const { languages } = terms
  return { ...terms, owners, languages: { caller: languages[stays], callee: languages[stays] } }
}
