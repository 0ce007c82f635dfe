import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { hasOptionTag } from '../../sip/option-tags.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { InviteServerTransaction } from '../../sip/transaction/invite-server.ts'
import type { Flow, TimerHandle, TimerOwner } from '../../sip/transport.ts'
import { allowLine, contactHeader, hasSessionDescription } from '../passing.ts'
import type { CallServices } from '../services.ts'
import { ServerSound } from './server-sound.ts'
import { isBehindNat } from './sounds.ts'

/** Longest prompt: after it the caller is refused whatever media says (ms). */
const longest = 12_000
/** A phone opens its ear when it has read our description (ms). */
const earOpens = 200

/** The INVITE that is to be refused. */
export interface RefusedInvite {
  /** Id of the call. */
  readonly id: string
  readonly request: SipMessage
  readonly flow: Flow
  readonly transaction: InviteServerTransaction
  /** Of the early dialog in which he hears it: none that had another description. */
  readonly tag: string
}

/**
 * Says to a caller why he is refused, as sound before the answer (183, RFC 3960 §3.2), so that he is not charged for it; then
 * the refusal follows.
 */
export class SpokenRefusal implements TimerOwner {
  readonly #services: CallServices
  readonly #sound: ServerSound
  readonly #files: readonly string[]
  readonly #refuse: () => void
  #timer: TimerHandle | null
  #end: TimerHandle | null
  #over: boolean

  private constructor(services: CallServices, sound: ServerSound, files: readonly string[], refuse: () => void) {
    this.#services = services
    this.#sound = sound
    this.#files = files
    this.#refuse = refuse
    this.#timer = null
    this.#end = null
    this.#over = false
  }

  /**
   * @param language in which he is spoken to
   * @param prompt '': none
   * @param refuse called once when it is said, unless it is stopped before
   * @returns `null` where nothing can be said to him: he is to be refused at once
   */
  static start(
    services: CallServices,
    invite: RefusedInvite,
    language: string,
    prompt: string,
    refuse: () => void,
  ): SpokenRefusal | null {
    const { sounds, localSounds } = services
    const { request, flow } = invite
    // An unreliable 183 is no use to him, and our offer would need his answer in a PRACK.
    if (prompt === '' || !hasSessionDescription(request) || hasOptionTag(request, Header.require, '100rel')) return null
    if (!sounds.speaks) return null
    const files = sounds.prompts.say(language, [{ prompt }])
    if (files.length === 0) return null
    const sound = localSounds.open(invite.id, flow, isBehindNat(request, flow))
    let description = ''
    sound.describe(request.body, (text) => {
      description = text
    })
    if (!(sound instanceof ServerSound) || description === '') {
      sound.ended()
      return null
    }
    const spoken = new SpokenRefusal(services, sound, files, refuse)
    spoken.#start(invite, description)
    return spoken
  }

  /** The caller has gone, or is refused without hearing the rest. */
  stop(): void {
    if (this.#over) return
    this.#over = true
    const { clock, sounds } = this.#services
    sounds.spokenRefusals--
    for (const timer of [this.#timer, this.#end]) if (timer !== null) clock.stop(timer)
    this.#sound.ended()
  }

  timerFired(name: string): void {
    if (name === 'ear') {
      this.#timer = null
      this.#sound.play({ kind: 'files', files: this.#files }, false, () => this.#said())
    } else {
      this.#end = null
      this.#said()
    }
  }

  #start({ transaction, flow, tag }: RefusedInvite, description: string): void {
    const { clock, network, sounds } = this.#services
    sounds.spokenRefusals++
    const headers = `${contactHeader(network, flow)}${allowLine}Content-Type: application/sdp\r\n`
    transaction.respond(183, reasonPhrase(183), tag, headers, description)
    this.#timer = clock.start(earOpens, this, 'ear')
    this.#end = clock.start(longest, this, 'end')
  }

  #said(): void {
    if (this.#over) return
    this.stop()
    this.#refuse()
  }
}
