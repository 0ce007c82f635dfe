import type { MediaPlay, MediaRecording } from '../../../media/protocol.ts'
import type { RecordingOrder } from '../../../media/recording/recording-order.ts'
import type { TimerHandle, TimerOwner } from '../../sip/transport.ts'
import type { CallServices } from '../services.ts'
import type { SoundReport } from './media.ts'
import type { RecordingOwner, RecordingTerms } from './recording-terms.ts'
import { maySwitch } from './recording-terms.ts'
import type { Sound, SoundOwner } from './sound.ts'
import type { SoundSide } from './sound-side.ts'

/** Seconds between two beeps, where the account wants them. */
const beepSeconds = 15
/** How long after `*` the `1` may come (ms). */
const codePatience = 3000
/** An announcement that is not told to be over by then is (ms): the parties are joined whatever becomes of it. */
const announcementPatience = 20_000

export type RecordingAction = 'start' | 'pause' | 'resume' | 'stop'

/** What became of an order: done, or a sentence that says why not. */
export type RecordingAnswer = 'done' | string

/**
 * The recordings of one answered call, one at a time: started by a party's mode, by `*1`, by a phone's record key or by the
 * API; and their announcements.
 */
export class CallRecording implements SoundOwner, TimerOwner {
  readonly #services: CallServices
  readonly #callId: string
  readonly #sound: Sound
  readonly #terms: RecordingTerms
  /** Told when the journal has to be written. */
  readonly #changed: () => void
  /** Announcements that are heard before the parties are joined. */
  #first: RecordingOrder | null
  /** Who pressed `*`, and is waited for to press `1`. */
  #star: SoundSide | null
  #starTimer: TimerHandle | null
  #announcementTimer: TimerHandle | null
  #over: boolean

  constructor(services: CallServices, callId: string, sound: Sound, terms: RecordingTerms, changed: () => void) {
    this.#services = services
    this.#callId = callId
    this.#sound = sound
    this.#terms = terms
    this.#changed = changed
    this.#first = null
    this.#star = null
    this.#starTimer = null
    this.#announcementTimer = null
    this.#over = false
    sound.owner = this
    sound.terms = terms
    sound.mayBeRecorded ||= terms.owners.length > 0
    sound.wantsDigits = terms.owners.some(({ starts }) => starts === 'on demand')
  }

  /** The call is answered: whoever's mode says so has it recorded from the first packet on. */
  begin(): void {
    const owners = this.#terms.owners.filter(({ starts }) => starts === 'at once')
    if (owners.length > 0) this.#start(owners, 'always')
    else if (this.#sound.wantsDigits) this.#tell()
  }

  /**
   * Somebody has come into the conversation: what is recorded is his as well where his mode says so, and he hears what the
   * one who was here has everybody told.
   */
  met(newcomer: 'caller' | 'callee'): void {
    const { recording } = this.#sound
    if (recording === null) {
      this.begin()
      return
    }
    const before = ownersOf(recording)
    const owners = this.#terms.owners.filter(({ id, starts }) => starts === 'at once' || before.includes(id))
    const isNew = ({ id }: RecordingOwner) => !before.includes(id)
    if (owners.some(isNew)) {
      const came = owners.filter(isNew).map(({ id }) => id)
      const now = this.#services.clock.now()
      const ownedSince = { ...sinceOf(recording), ...Object.fromEntries(came.map((id) => [id, now])) }
      const description = { ...recording.description, owners: [...before, ...came], ownedSince }
      this.#sound.recording = { ...recording, description }
    }
    const hears = (side: 'caller' | 'callee', owner: RecordingOwner) =>
      (side === newcomer || isNew(owner)) && (side === 'caller' ? owner.announceToCaller : owner.announceToCallee)
    for (const side of ['caller', 'callee'] as const) {
      if (owners.some((owner) => hears(side, owner))) this.#announce(side, recording.id)
    }
    // What is paused for other reasons stays so, and nobody is kept apart meanwhile.
    if (this.#terms.announcedFirst && this.#isAnnouncing && recording.state === 'on') {
      this.#sound.recording = { ...(this.#sound.recording ?? recording), state: 'paused' }
      this.#keepApart()
    }
    this.#tell()
  }

  /** Goes on after a restart of the engine: who was to hear an announcement first may not have. */
  resume(): void {
    if (this.#sound.join !== 'apart') return
    const { recording } = this.#sound
    this.#sound.join = 'relay'
    if (recording === null) this.begin()
    else this.#sound.recording = { ...recording, state: 'on' }
    this.#tell()
  }

  /** The call ends. */
  end(): void {
    this.#over = true
    for (const timer of [this.#starTimer, this.#announcementTimer]) if (timer !== null) this.#services.clock.stop(timer)
    this.#starTimer = null
    this.#announcementTimer = null
  }

  get state(): 'off' | 'on' | 'paused' {
    if (this.#first !== null) return 'on'
    return this.#sound.recording?.state ?? 'off'
  }

  /** From the API, for whoever may. */
  order(action: RecordingAction): RecordingAnswer {
    const { owners } = this.#terms
    return this.#carryOut(action, owners, null)
  }

  /** A party's record key. @returns why not, or `done` */
  key(side: SoundSide, wish: 'on' | 'off'): RecordingAnswer {
    const name = this.#nameOf(side)
    if (!maySwitch(this.#terms, name)) return 'This user may not start and stop recordings'
    return this.#carryOut(wish === 'on' ? 'start' : 'stop', this.#ownersOn(name), side)
  }

  /** A party pressed a key: `*1` starts, and stops what was started so. */
  digitPressed(side: SoundSide, digit: string): void {
    const name = this.#nameOf(side)
    if (!maySwitch(this.#terms, name)) return
    const { clock } = this.#services
    const follows = this.#star === side
    this.#star = null
    if (this.#starTimer !== null) clock.stop(this.#starTimer)
    this.#starTimer = null
    if (digit === '*') {
      this.#star = side
      this.#starTimer = clock.start(codePatience, this, 'star')
    } else if (digit === '1' && follows) {
      this.#carryOut(this.state === 'off' ? 'start' : 'stop', this.#ownersOn(name), side)
    }
  }

  timerFired(name: string): void {
    if (name === 'star') {
      this.#star = null
      this.#starTimer = null
      return
    }
    this.#announcementTimer = null
    for (const side of [this.#sound.caller, this.#sound.callee]) side.announcement = null
    this.#announced()
  }

  soundReported(report: SoundReport): void {
    if (this.#over) return
    switch (report.report) {
      case 'digit': {
        const side = this.#sideOf(report.side)
        if (side !== null) this.digitPressed(side, report.digit)
        return
      }
      case 'played':
        this.#played(report.side, report.play, report.fault)
        return
      case 'recording':
        this.#recordingReported(report.recording, report.state, report.fault)
        return
      default:
    }
  }

  // --- parts

  #carryOut(action: RecordingAction, owners: readonly RecordingOwner[], by: SoundSide | null): RecordingAnswer {
    const { state } = this
    switch (action) {
      case 'start':
        if (state !== 'off') return 'The call is being recorded already'
        this.#start(owners, 'on-demand')
        this.#confirm(by, 'recording-on')
        return 'done'
      case 'stop':
        if (state === 'off') return 'The call is not being recorded'
        if (by !== null && this.#isForOthers) return 'The recording is not only his'
        this.#stop()
        this.#confirm(by, 'recording-off')
        return 'done'
      case 'pause':
        return this.#pause(true)
      case 'resume':
        return this.#pause(false)
      default:
        return action satisfies never
    }
  }

  /** Whether somebody has it recorded whatever others do; he may have left the conversation meanwhile. */
  get #isForOthers(): boolean {
    const trigger = this.#sound.recording?.description['trigger'] ?? this.#first?.trigger
    return trigger === 'always' || this.#terms.owners.some(({ starts }) => starts === 'at once')
  }

  #start(owners: readonly RecordingOwner[], trigger: RecordingOrder['trigger']): void {
    const { random, sounds } = this.#services
    if (!sounds.canRecord(this.#sound.process)) {
      this.#services.log.error({ call: this.#callId }, 'The media process cannot record: the call goes on without')
      return
    }
    const toCaller = owners.some(({ announceToCaller }) => announceToCaller)
    const toCallee = owners.some(({ announceToCallee }) => announceToCallee)
    const ownerIsCaller = owners[0]?.side === 'caller'
    const toOwner = ownerIsCaller ? toCaller : toCallee
    const toOther = ownerIsCaller ? toCallee : toCaller
    const order: RecordingOrder = {
      ...this.#terms.order,
      id: `${this.#callId}-${random.token(6)}`,
      owners: [...new Set(owners.map(({ id }) => id))],
      trigger,
      policy: owners[0]?.policy || null,
      announced: toOwner && toOther ? 'both' : toOwner ? 'me' : toOther ? 'remote-party' : 'neither',
    }
    if (toCaller) this.#announce('caller', order.id)
    if (toCallee) this.#announce('callee', order.id)
    if (this.#terms.announcedFirst && this.#isAnnouncing) {
      this.#first = order
      this.#keepApart()
      this.#tell()
    } else this.#record(order)
  }

  /** Nobody hears the other until the announcements are over. */
  #keepApart(): void {
    this.#sound.join = 'apart'
    this.#announcementTimer = this.#services.clock.start(announcementPatience, this, 'announcement')
  }

  #record(order: RecordingOrder): void {
    const { log, events, clock } = this.#services
    // The one before may have gone on over a transfer: in a file of its own the caller is on the left.
    this.#sound.isMirrored = false
    events.recorded(this.#callId, clock.now(), order.id)
    this.#sound.recording = {
      id: order.id,
      state: 'on',
      beepSeconds: this.#terms.beep ? beepSeconds : 0,
      description: { ...order },
    }
    this.#sound.recordings.push(order.id)
    log.info({ call: this.#callId, recording: order.id, trigger: order.trigger }, 'A call is recorded')
    this.#tell()
  }

  #stop(): void {
    if (this.#sound.join === 'apart') {
      this.#first = null
      this.#sound.join = 'relay'
      if (this.#announcementTimer !== null) this.#services.clock.stop(this.#announcementTimer)
      this.#announcementTimer = null
      for (const side of [this.#sound.caller, this.#sound.callee]) side.announcement = null
    }
    this.#sound.recording = null
    this.#tell()
  }

  #pause(pauses: boolean): RecordingAnswer {
    const { recording } = this.#sound
    if (recording === null) return 'The call is not being recorded'
    const state = pauses ? 'paused' : 'on'
    if (recording.state === state) return pauses ? 'The recording is paused already' : 'The recording is not paused'
    this.#sound.recording = { ...recording, state }
    this.#tell()
    return 'done'
  }

  #announce(name: 'caller' | 'callee', id: string): void {
    const files = this.#say(name, 'call-recorded')
    if (files.length === 0) return
    this.#sound[name].announcement = announcementOf(`${id}-announcement`, files)
  }

  /** Whoever pressed the key hears what it did, unless he hears an announcement. */
  #confirm(side: SoundSide | null, prompt: string): void {
    if (side === null || side.announcement !== null) return
    const files = this.#say(this.#nameOf(side), prompt)
    if (files.length === 0) return
    side.announcement = announcementOf(`${this.#callId}-${this.#services.random.token(6)}`, files)
    this.#tell()
  }

  #say(name: 'caller' | 'callee', prompt: string): readonly string[] {
    return this.#services.sounds.prompts.say(this.#terms.languages[name], [{ prompt }])
  }

  get #isAnnouncing(): boolean {
    return this.#sound.caller.announcement !== null || this.#sound.callee.announcement !== null
  }

  #played(sideId: string, play: string, fault: string): void {
    const side = this.#sideOf(sideId)
    if (side?.announcement?.id !== play) return
    if (fault !== '') this.#services.log.warn({ call: this.#callId, fault }, 'An announcement was not heard to its end')
    side.announcement = null
    if (this.#sound.join === 'apart' && !this.#isAnnouncing) this.#announced()
    else this.#tell()
  }

  /** All who were to hear the announcement first have: the parties are joined, and recording begins or goes on. */
  #announced(): void {
    const { clock } = this.#services
    if (this.#announcementTimer !== null) clock.stop(this.#announcementTimer)
    this.#announcementTimer = null
    const order = this.#first
    this.#first = null
    if (this.#sound.join !== 'apart') return
    this.#sound.join = 'relay'
    if (order !== null) {
      this.#record(order)
      return
    }
    const { recording } = this.#sound
    if (recording !== null) this.#sound.recording = { ...recording, state: 'on' }
    this.#tell()
  }

  #recordingReported(id: string, state: string, fault: string): void {
    if (state !== 'failed') return
    this.#services.log.error(
      { call: this.#callId, recording: id, fault },
      'A recording failed: the call goes on without',
    )
    if (this.#sound.recording?.id !== id) return
    this.#sound.recording = null
    this.#tell()
  }

  #tell(): void {
    this.#sound.tell()
    this.#changed()
  }

  #sideOf(id: string): SoundSide | null {
    const { caller, callee } = this.#sound
    return id === caller.id ? caller : id === callee.id ? callee : null
  }

  #nameOf(side: SoundSide): 'caller' | 'callee' {
    return side === this.#sound.caller ? 'caller' : 'callee'
  }

  #ownersOn(side: 'caller' | 'callee'): RecordingOwner[] {
    return this.#terms.owners.filter((owner) => owner.side === side)
  }
}

/** Whose it is, as it stands beside the file. */
function sinceOf({ description }: MediaRecording): object {
  const { ownedSince } = description
  return typeof ownedSince === 'object' && ownedSince !== null ? ownedSince : {}
}

function ownersOf({ description }: MediaRecording): readonly string[] {
  const { owners } = description
  return Array.isArray(owners) ? owners : []
}

function announcementOf(id: string, files: readonly string[]): MediaPlay {
  return { id, source: { kind: 'files', files }, how: 'replace', loop: false }
}
