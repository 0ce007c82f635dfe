import type { SoundSource } from '../../media/protocol.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import type { Leg } from './leg.ts'
import type { Offers } from './offers.ts'
import { hasSessionDescription } from './passing.ts'
import type { CallServices } from './services.ts'
import type { RecordingAction, RecordingAnswer } from './sound/call-recording.ts'
import { CallRecording } from './sound/call-recording.ts'
import type { HandedOnSound } from './sound/handed-on.ts'
import { goOnRecording } from './sound/handed-on.ts'
import { joinedSound } from './sound/joined-sound.ts'
import { KeysAsInfo } from './sound/keys-as-info.ts'
import { musicOf, playMusicOnHold } from './sound/music-on-hold.ts'
import { digitOfInfo, recordWish } from './sound/recording-info.ts'
import type { RecordingTerms } from './sound/recording-terms.ts'
import { mayBeRecorded, termsOfParties, termsWithBefore } from './sound/recording-terms.ts'
import { saveSound } from './sound/saved-sound.ts'
import type { PassingSound, Sound } from './sound/sound.ts'

const tone = { frequencies: [1000], level: -16, milliseconds: 200 }
const rest = { frequencies: [], level: 0, milliseconds: 200 }
/** Three short tones, which no exchange uses for anything else: the call ends soon. */
const endSoon: SoundSource = { kind: 'tones', tones: [tone, rest, tone, rest, tone, rest] }

/** The call whose sound it is. */
export interface SoundingCall {
  refreshed(): void
  readonly id: string
  readonly over: boolean
  readonly caller: Leg
  readonly callee: Leg
  readonly offers: Offers
  isSettled(leg: Leg): boolean
}

/** The sound of an answered call that passes through us, or once did, and its recordings. Calls that never had any have none. */
export class ConversationSound {
  readonly #services: CallServices
  readonly #call: SoundingCall
  /** `null` where sound does not pass through us any more. */
  #sound: Sound | null
  #recording: CallRecording | null
  /** Sound that was direct is being brought to us. */
  #anchors: boolean

  constructor(services: CallServices, call: SoundingCall) {
    this.#services = services
    this.#call = call
    this.#sound = null
    this.#recording = null
    this.#anchors = false
  }

  /** It passes through us, between these ends. */
  carry(sound: Sound): void {
    // That of the process before this one.
    if (sound.terms !== null) this.#recordingOf(sound, sound.terms).resume()
    this.#take(sound)
  }

  /**
   * It passes through us, between two who were brought together: what is recorded goes on, and the modes of both count.
   * @param newcomer who has come to the other one
   */
  carryJoined(sound: Sound, newcomer: 'caller' | 'callee'): void {
    const { snapshot } = this.#services
    const { id, caller, callee } = this.#call
    const before = sound.terms
    sound.terms = null
    if (sound.recording !== null || mayBeRecorded(snapshot, caller.party, callee.party)) {
      const fresh = termsOfParties(snapshot, id, caller.party, callee.party)
      this.#recordingOf(sound, termsWithBefore(fresh, before, newcomer === 'caller' ? 'callee' : 'caller'))
      sound.newcomer = newcomer
    }
    this.#take(sound)
    this.#agreed(sound)
  }

  /**
   * A side is new here: what passed of sound was between others.
   * @param sound between those who are here now
   * @param newcomer which side that is
   * @param recorded what the newcomer brings with him: it goes on here, and what was recorded here ends
   */
  carryInstead(sound: Sound | null, newcomer: 'caller' | 'callee', recorded: HandedOnSound | null = null): void {
    const before = this.#sound
    this.#recording?.end()
    // A recording is the conversation's: it goes on in the same session, with the new side's sound.
    if (before !== null && sound !== null && before.terms !== null && recorded === null) {
      this.#services.sounds.succeed(before, sound)
    } else this.end()
    goOnRecording(this.#services, recorded, sound, this.#call.id, newcomer)
    this.#forget()
    if (sound === null) return
    const other = newcomer === 'caller' ? 'callee' : 'caller'
    this.carryJoined(sound, recorded !== null && sound.recording !== null ? other : newcomer)
  }

  /** Sound that was direct comes to us no more. */
  #letGo(): void {
    this.#recording?.end()
    this.end()
    this.#forget()
  }

  #forget(): void {
    this.#sound = null
    this.#recording = null
    this.#call.caller.sound = null
    this.#call.callee.sound = null
  }

  #take(sound: Sound): void {
    const { caller, callee } = this.#call
    this.#sound = sound
    this.#listen(sound)
    this.save()
    caller.sound = sound.caller
    callee.sound = sound.callee
  }

  /** Both may have agreed on where their sound goes: then whoever is new here may want it recorded. */
  #agreed(sound: Sound): void {
    const { newcomer } = sound
    if (newcomer === null || !sound.isAgreed || this.#recording === null) return
    sound.newcomer = null
    this.#recording.met(newcomer)
  }

  /** `leg` is about to go over to another call: what is recorded may go on there. @returns `null` where nothing is */
  handOn(leg: Leg): HandedOnSound | null {
    const sound = this.#sound
    if (sound === null || sound.recording === null) return null
    const { id, callee } = this.#call
    this.#recording?.end()
    this.#sound = null
    this.#recording = null
    this.#services.journal.remove('sound', id)
    return { sound, call: id, stays: leg === callee ? 'callee' : 'caller' }
  }

  /** Who waits parked hears this music: an id, or '' for the default. */
  playTo(leg: Leg, musicId: string): void {
    if (this.#sound === null || leg.sound === null) return
    const file = this.#services.sounds.prompts.music(musicId)
    if (file === '') return
    leg.sound.music = musicOf(this.#services.random, file)
    this.#sound.tell()
    this.save()
  }

  /** The call is over. */
  end(): void {
    if (this.#sound === null) return
    this.#recording?.end()
    const { id, caller, callee } = this.#sound
    this.#services.sounds.figures.expect(id, this.#call.id, caller, callee)
    this.#services.sounds.end(this.#sound)
    this.#services.journal.remove('sound', this.#call.id)
  }

  /** Writes it where the journal does not have it as it is. */
  save(): void {
    if (this.#sound?.unsaved !== true) return
    this.#services.journal.put('sound', this.#call.id, saveSound(this.#sound))
    this.#sound.unsaved = false
  }

  // --- offers

  bodyOfOffer(from: Leg, message: SipMessage): string | null {
    if (this.#sound === null || from.sound === null || !hasSessionDescription(message)) return message.body
    return this.#sound.offered(from.sound, message)
  }

  bodyOfAnswer(from: Leg, message: SipMessage): string {
    if (this.#sound === null || from.sound === null || !hasSessionDescription(message)) return message.body
    const body = this.#sound.answered(from.sound, message)
    this.#agreed(this.#sound)
    return body
  }

  passing(from: Leg): PassingSound | null {
    return this.#sound === null || from.sound === null ? null : { sound: this.#sound, from: from.sound }
  }

  get keysAreBroken(): boolean {
    return this.#sound?.keysAreBroken === true
  }

  // --- the notice before the end

  /** Both sides hear three short tones over each other. @returns false where their sound does not pass through us */
  giveNotice(): boolean {
    const sound = this.#sound
    if (sound === null) return false
    for (const side of [sound.caller, sound.callee]) {
      if (side.announcement === null) {
        side.announcement = { id: this.#noticeId, source: endSoon, how: 'mix', loop: false }
      }
    }
    sound.tell()
    this.save()
    return true
  }

  /** It has been heard: whatever else is played to them is heard again. */
  endNotice(): void {
    const sound = this.#sound
    if (sound === null) return
    for (const side of [sound.caller, sound.callee]) {
      if (side.announcement?.id === this.#noticeId) side.announcement = null
    }
    sound.tell()
    this.save()
  }

  get #noticeId(): string {
    return `${this.#call.id}-ends`
  }

  // --- recording

  /** It may be recorded, as these terms say; whoever's mode asks for it has it from now on. */
  recordAs(terms: RecordingTerms): void {
    if (this.#sound !== null) this.#recordingOf(this.#sound, terms).begin()
  }

  get isRecorded(): boolean {
    return this.#sound !== null && this.#sound.recording !== null
  }

  /** @returns `done`, or a sentence that says why not */
  orderRecording(action: RecordingAction): RecordingAnswer {
    if (this.#recording !== null) return this.#recording.order(action)
    if (action !== 'start') return 'The call is not being recorded'
    const { id, caller, callee } = this.#call
    if (this.#sound === null) {
      const refusal = this.#bring()
      if (refusal !== '') return refusal
    }
    const sound = this.#sound
    if (sound === null) return 'The call is over'
    const terms = termsOfParties(this.#services.snapshot, id, caller.party, callee.party)
    const recording = this.#recordingOf(sound, terms)
    return this.#anchors ? 'done' : recording.order('start')
  }

  /** Keys and the record key of a phone. @returns whether the request is answered */
  informed(leg: Leg, request: SipMessage, flow: Flow): boolean {
    const { sound } = leg
    if (this.#sound === null || sound === null) return false
    const digit = digitOfInfo(request)
    if (digit !== '') this.#sound.owner?.digitPressed(sound, digit)
    const wish = recordWish(request)
    if (wish === '') return false
    const answer = this.#recording?.key(sound, wish) ?? 'Nobody may record this call'
    const [status, phrase] = answer === 'done' ? [200, reasonPhrase(200)] : [403, answer]
    this.#services.transactions.acceptRequest(request, flow).respond(status, phrase, '', '')
    return true
  }

  /** A side holds the other one, or goes on. */
  holds(leg: Leg, holds: boolean): void {
    // Shortly after a restart it is not known yet what the holder's music is.
    this.#services.whenConfigured(() => {
      if (this.#call.over || (leg.heldSince !== 0) !== holds) return
      if (playMusicOnHold(this.#services, this.#sound, leg, holds)) this.save()
    })
  }

  /** An offer between the sides has its final answer. */
  renegotiated(): void {
    if (!this.#anchors) return
    this.#anchors = false
    if (this.#sound === null) return
    if (this.#sound.isAgreed) this.#recording?.order('start')
    else {
      const { log } = this.#services
      log.warn({ call: this.#call.id }, 'A phone refused to send its sound to us: the call is not recorded')
      this.#letGo()
    }
  }

  /** Both sides are asked for a session anew. @returns why not, or '' */
  #bring(): string {
    const { id, caller, callee, offers } = this.#call
    if (!this.#call.isSettled(caller) || !this.#call.isSettled(callee)) {
      return 'The parties are changing their session: try again'
    }
    const sound = joinedSound(this.#services, id, caller, callee, true)
    if (sound === null) return 'No media process is there that could record it'
    this.#services.log.info({ call: id }, 'Sound passes through us from now on, because the call is to be recorded')
    this.carry(sound)
    this.#anchors = true
    offers.introduce()
    return ''
  }

  #recordingOf(sound: Sound, terms: RecordingTerms): CallRecording {
    this.#recording = new CallRecording(this.#services, this.#call.id, sound, terms, () => this.save())
    this.#listen(sound)
    return this.#recording
  }

  /** What media reports of it goes to the recording, and to a carrier that takes keys by INFO. */
  #listen(sound: Sound): void {
    sound.owner = KeysAsInfo.between(this.#services, this.#call, sound, this.#recording)
  }
}
