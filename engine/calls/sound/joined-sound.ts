import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import { dtmfOf } from './keys-as-info.ts'
import { mayBeRecorded } from './recording-terms.ts'
import type { Sound } from './sound.ts'
import { SoundSide } from './sound-side.ts'
import { isBrowserLike } from './sounds.ts'

/**
 * The sound between two sides that were not called for each other; `null` where it need not pass through us. It has ports
 * of its own, while what each side is told goes on by the numbers of its former session (RFC 3264 §8).
 *
 * @param call id of the call they are in from now on
 * @param isRecorded it goes on being recorded, or is to be: then it passes through us, as it does where a party's mode asks
 * for it, and only codecs that recordings understand are offered
 * @param stays whose sound it goes on beside: a recording is written by one media process
 */
export function joinedSound(
  services: CallServices,
  call: string,
  caller: Leg,
  callee: Leg,
  isRecorded = false,
  stays: Leg = caller.sound === null ? callee : caller,
): Sound | null {
  const { sounds, log } = services
  const { media } = sounds
  const isWanted = isRecorded || mayBeRecorded(services.snapshot, caller.party, callee.party)
  if (media === null || !(isWanted || passes(caller) || passes(callee) || isFar(caller, callee))) return null
  if (!media.available) {
    log.warn({ call }, 'No media process is there: who is transferred sends sound to the other side')
    return null
  }
  const name = sounds.nameFor(call)
  const sound = sounds.join(media, name, sideOf(`${name}-a`, caller), sideOf(`${name}-b`, callee), false)
  sound.mayBeRecorded = isWanted
  const beside = stays.sound?.lastPorts ?? null
  if (beside !== null) sound.stayBeside(beside)
  return sound

  function isFar(one: Leg, other: Leg): boolean {
    const [here, there] = [one.dialog.flow, other.dialog.flow]
    if (media === null) return false
    return !media.isLocal(here) || !media.isLocal(there) || here.address.includes(':') !== there.address.includes(':')
  }

  function sideOf(id: string, leg: Leg): SoundSide {
    const before = leg.sound
    if (before === null) {
      const fresh = sounds.side(id, leg.dialog.flow, false)
      fresh.dtmf = dtmfOf(services.snapshot, leg.party)
      fresh.isBrowser = media?.serves('browser') === true && isBrowserLike(leg.party.kind, leg.dialog.flow)
      return fresh
    }
    const [sessionId, version, negotiation] = before.numbers
    const side = new SoundSide(id, leg.dialog.flow, before.behindNat, sessionId, services.random)
    side.resume(version, negotiation)
    side.encryption.wanted = before.encryption.wanted
    side.dtmf = before.dtmf
    side.isBrowser = before.isBrowser
    side.edge = before.edge
    side.streamName = before.streamName
    return side
  }
}

/** Its sound had to pass before, or it is a carrier's. */
function passes({ party, sound }: Leg): boolean {
  return sound !== null || party.kind === 'trunk'
}
