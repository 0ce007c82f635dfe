import type { Target } from '../../router/decision.ts'
import type { SipMessage } from '../../sip/message.ts'
import { sentBy } from '../../sip/response.ts'
import type { Flow, Random } from '../../sip/transport.ts'
import { isPrivate } from '../../sip/transport.ts'
import { bracketed, parseHostPort } from '../../sip/uri.ts'
import type { Log, Party } from '../services.ts'
import type { Media, SoundReport } from './media.ts'
import type { Prompts } from './prompts.ts'
import { noPrompts } from './prompts.ts'
import { loadSound } from './saved-sound.ts'
import { Sound } from './sound.ts'
import type { FiguresServices } from './sound-figures.ts'
import { SoundFigures } from './sound-figures.ts'
import { SoundSide } from './sound-side.ts'

/** By which somebody is called, before the INVITE leaves. */
export interface CalledPhone {
  readonly flow: Flow
  readonly behindNat: boolean
  /** Its sound is to be encrypted, and can be. */
  readonly isSecure: boolean
}

/** Refused callers who are spoken to at once: beyond it, as where a dialler has gone wild, they are refused at once. */
const mostSpokenRefusals = 200

/** Who calls, and his offer. */
export interface CallingParty {
  readonly party: Party
  readonly flow: Flow
  readonly behindNat: boolean
  /** There are keys for SRTP in it. */
  readonly offersKeys: boolean
  /** It is a browser's: keys by DTLS. */
  readonly isBrowser: boolean
}

/** What sound through us needs of the house. */
export interface SoundParts {
  readonly media: Media
  readonly prompts: Prompts
}

/** What it needs besides. */
export interface SoundServices extends FiguresServices {
  readonly random: Random
}

/** A session's sound, told what media reports of it. */
export interface ReportedSound {
  soundReported(report: SoundReport): void
}

/** All sound that passes through us, and which calls' has to. */
export class Sounds {
  /** `null`: no sound passes through this server (docs/media.md). */
  readonly media: Media | null
  readonly prompts: Prompts
  /** Callers who are told at this moment why they are refused. */
  spokenRefusals: number
  /** What media says of sessions that are over. */
  readonly figures: SoundFigures
  readonly #random: Random
  readonly #log: Log
  /** Who is told what media reports of a session. */
  readonly #byId: Map<string, ReportedSound>
  /** Calls since media was last there: it is told once. */
  #missed: boolean

  constructor(parts: SoundParts | null, services: SoundServices) {
    this.media = parts?.media ?? null
    this.prompts = parts?.prompts ?? noPrompts
    this.#random = services.random
    this.#log = services.log
    this.spokenRefusals = 0
    this.figures = new SoundFigures(services)
    this.#byId = new Map()
    this.#missed = false
  }

  /** Sounds there are; zero when all is over. */
  get count(): number {
    return this.#byId.size
  }

  /** Whether something can be said to callers now. */
  get speaks(): boolean {
    return this.media?.available === true && this.spokenRefusals < mostSpokenRefusals
  }

  /** Whether the media process can record. */
  canRecord(process: number): boolean {
    return this.media?.can(process, 'record') === true
  }

  /** A party's end of sound. */
  side(id: string, flow: Flow, behindNat: boolean): SoundSide {
    return new SoundSide(id, flow, behindNat, 1 + Math.floor(this.#random.fraction() * 2 ** 31), this.#random)
  }

  /** A name for a sound of this call that none had before. */
  nameFor(callId: string): string {
    return `${callId}-${this.#random.token(6)}`
  }

  /** @param sharesCaller see `Sound` */
  join(media: Media, id: string, caller: SoundSide, callee: SoundSide, sharesCaller: boolean): Sound {
    const sound = new Sound(media, id, caller, callee, sharesCaller)
    this.#byId.set(id, sound)
    return sound
  }

  /** Goes on with the sound of a call of the engine before; `null` where it cannot be read, or none passes any more. */
  resume(text: string): Sound | null {
    const saved = loadSound(text, this.#random)
    if (this.media === null || saved === null) return null
    const { id, caller, callee } = saved
    for (const ports of [...caller.ports, ...callee.ports]) if (ports !== null) this.media.takeAgain(ports)
    const sound = this.join(this.media, id, caller, callee, false)
    sound.join = saved.join
    sound.recording = saved.recording
    sound.wantsDigits = saved.wantsDigits
    sound.terms = saved.terms
    sound.isMirrored = saved.isMirrored === true
    sound.newcomer = saved.newcomer ?? null
    sound.recordings.push(...saved.recordings)
    sound.tell()
    sound.unsaved = false
    return sound
  }

  /** `next` takes the place of `before`, in the same session: what was ordered of it, recording above all, goes on. */
  succeed(before: Sound, next: Sound): void {
    this.#byId.delete(next.id)
    this.#byId.delete(before.id)
    next.succeed(before)
    this.#byId.set(next.id, next)
  }

  /** What media reports of this session goes there. */
  listen(id: string, sound: ReportedSound): void {
    this.#byId.set(id, sound)
  }

  forget(id: string): void {
    this.#byId.delete(id)
  }

  /** Ends a sound. */
  end(sound: Sound): void {
    this.#byId.delete(sound.id)
    sound.close()
  }

  /** From media. */
  reported(report: SoundReport): void {
    const dot = report.session.indexOf('.')
    if (dot >= 0) return
    const sound = this.#byId.get(report.session)
    if (report.report === 'sideFailed') {
      this.#log.warn({ session: report.session, side: report.side, why: report.why }, 'A side of a call has no sound')
    }
    if (report.report === 'statistics' && report.last) this.figures.ended(report)
    sound?.soundReported(report)
  }

  /**
   * The media processes, where the sound between these two has to pass through us, which is decided when the call is
   * offered and stays so (docs/media.md); else `null`.
   */
  needed(caller: CallingParty, target: Target, called: CalledPhone): Media | null {
    const { media } = this
    if (media === null || !mustPass(media, caller, target, called)) return null
    if (media.available) {
      this.#missed = false
      return media
    }
    if (!this.#missed) {
      this.#missed = true
      this.#log.error({}, 'No media process is there: phones send sound to each other, and nothing is recorded')
    }
    return null
  }
}

function mustPass(media: Media, caller: CallingParty, target: Target, called: CalledPhone): boolean {
  const { party, flow } = caller
  return (
    party.kind === 'trunk' ||
    target.kind === 'trunk' ||
    target.recording !== null ||
    caller.behindNat ||
    called.behindNat ||
    (media.serves('browser') && caller.isBrowser !== isBrowserLike(target.kind, called.flow)) ||
    (called.isSecure && !caller.offersKeys) ||
    (caller.offersKeys && !(isPrivate(flow) && isPrivate(called.flow))) ||
    flow.address.includes(':') !== called.flow.address.includes(':') ||
    !media.isLocal(flow) ||
    !media.isLocal(called.flow)
  )
}

/** Whoever signals by WebSocket is a browser, as far as anybody can know before it has said anything (RFC 7118). */
export function isBrowserLike(kind: 'user' | 'trunk', { transport }: Flow): boolean {
  return kind === 'user' && (transport === 'WS' || transport === 'WSS')
}

/**
 * Whether the sender of a request is behind address translation: what the topmost Via says of it is another address than
 * the one it came from (RFC 3261 §18.2.1). A name says nothing.
 */
export function isBehindNat(request: SipMessage, flow: Flow): boolean {
  const host = parseHostPort(sentBy(request.topVia))?.host ?? ''
  return isAddress(host) && host !== bracketed(flow.address)
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host)
}
