/** The sound of an answered call in text for the journal, and back: media goes on with the same ports (docs/media.md). */
import type { MediaPlay, MediaRecording, MediaSession } from '../../../media/protocol.ts'
import type { SessionDescription } from '../../sdp/session-description.ts'
import { parseSessionDescription } from '../../sdp/session-description.ts'
import { loadFlow, saveFlow } from '../../sip/dialog.ts'
import { ownCopy } from '../../sip/own-copy.ts'
import type { Random } from '../../sip/transport.ts'
import type { SoundPorts } from './media.ts'
import type { RecordingTerms } from './recording-terms.ts'
import type { SavedEncryption } from './side-encryption.ts'
import type { Sound } from './sound.ts'
import { SoundSide } from './sound-side.ts'

/** A sound as the journal has it, before it is joined again. */
export interface SavedSound {
  readonly id: string
  readonly join: MediaSession['join']
  readonly recording: MediaRecording | null
  readonly wantsDigits: boolean
  readonly terms: RecordingTerms | null
  readonly recordings: readonly string[]
  /** Left out by versions before it. */
  readonly isMirrored?: boolean
  readonly newcomer?: 'caller' | 'callee' | null
  readonly caller: SoundSide
  readonly callee: SoundSide
}

interface SavedSide {
  readonly id: string
  readonly flow: string
  readonly behindNat: boolean
  readonly numbers: readonly [number, number, number]
  readonly ports: readonly (SoundPorts | null)[]
  readonly own: string
  /** `null`: as the other side's own, which is the rule. */
  readonly told: string | null
  readonly announcement: MediaPlay | null
  readonly music: MediaPlay | null
  /** `null`: it goes in the clear; left out by versions that ended no encryption. */
  readonly encryption?: SavedEncryption | null
  /** Left out by versions to which all were alike. */
  readonly dtmf?: SoundSide['dtmf']
  readonly isBrowser?: boolean
  readonly streamName?: string
}

/** One line of ASCII. Only calls whose sound passes through us are written so. */
export function saveSound(sound: Sound): string {
  const { id, join, recording, wantsDigits, terms, recordings, isMirrored, newcomer, caller, callee } = sound
  const value = {
    id,
    join,
    recording,
    wantsDigits,
    terms,
    recordings,
    isMirrored,
    newcomer,
    caller: savedSide(caller, callee),
    callee: savedSide(callee, caller),
  }
  // The journal holds bytes, one a character.
  return Buffer.from(JSON.stringify(value), 'utf8').toString('latin1')
}

/** Reads what `saveSound` wrote; `null` where it is damaged. */
export function loadSound(text: string, random: Random): SavedSound | null {
  let value: Omit<SavedSound, 'caller' | 'callee'> & { readonly caller: SavedSide; readonly callee: SavedSide }
  try {
    value = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'))
  } catch {
    return null
  }
  const caller = loadedSide(value.caller, value.callee, random)
  const callee = loadedSide(value.callee, value.caller, random)
  return caller === null || callee === null ? null : { ...value, caller, callee }
}

function savedSide(side: SoundSide, other: SoundSide): SavedSide {
  const { id, behindNat, numbers, ports, announcement, music } = side
  return {
    id,
    flow: saveFlow(side.flow),
    behindNat,
    numbers,
    ports,
    own: textOf(side.own),
    told: side.told === other.own ? null : textOf(side.told),
    announcement,
    music,
    encryption: side.encryption.save(),
    dtmf: side.dtmf,
    isBrowser: side.isBrowser,
    ...(side.isBrowser ? { streamName: side.streamName } : null),
  }
}

function loadedSide(saved: SavedSide, other: SavedSide, random: Random): SoundSide | null {
  const flow = loadFlow(saved.flow)
  if (flow === null) return null
  const [sessionId, version, negotiation] = saved.numbers
  const side = new SoundSide(saved.id, flow, saved.behindNat, sessionId, random)
  side.resume(version, negotiation)
  side.ports.push(...saved.ports)
  side.own = parseSessionDescription(ownCopy(saved.own))
  side.told = parseSessionDescription(ownCopy(saved.told ?? other.own))
  side.announcement = saved.announcement
  side.music = saved.music
  side.dtmf = saved.dtmf ?? 'RFC4733'
  side.isBrowser = saved.isBrowser === true
  side.edge = side.isBrowser ? (side.ports[0]?.edge ?? null) : null
  side.streamName = saved.streamName ?? ''
  if (saved.encryption) side.encryption.resume(saved.encryption)
  return side
}

function textOf(description: SessionDescription | null): string {
  if (description === null) return ''
  const { lines, media } = description
  return `${[...lines, ...media.flatMap((stream) => stream.lines)].join('\r\n')}\r\n`
}
