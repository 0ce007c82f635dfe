import type { Spoken } from '../../../media/announcements/sentence.ts'
import type { FeatureName, User } from '../../config/snapshot.ts'
import { titleOfFeature } from '../../router/feature-code.ts'
import { localMinute, localText } from '../../router/local-time.ts'
import type { TimerHandle, TimerOwner } from '../../sip/transport.ts'
import type { LocalCall, LocalPurpose } from '../local-call.ts'
import type { CallServices } from '../services.ts'
import { ServerSound } from './server-sound.ts'
import { languageOf } from './spoken-language.ts'

/** Longest call of a line that goes on without end (ms). */
const longest = 300_000
/** How often the time is said. */
const timesTold = 3

/** Lines that the server answers itself (docs/feature-codes.md). */
export type LineName = Extract<FeatureName, 'echoTest' | 'time' | 'milliwatt' | 'emergencyTest'>

export function isLine(name: string): name is LineName {
  return name === 'echoTest' || name === 'time' || name === 'milliwatt' || name === 'emergencyTest'
}

/** One call of a line: echo, time, milliwatt, or what emergency services would be told of the caller. */
export class TestLine implements LocalPurpose, TimerOwner {
  readonly title: string
  readonly #services: CallServices
  readonly #name: LineName
  readonly #user: User
  #call: LocalCall | null
  #told: number
  #timer: TimerHandle | null

  constructor(services: CallServices, name: LineName, user: User) {
    this.title = titleOfFeature(name)
    this.#services = services
    this.#name = name
    this.#user = user
    this.#call = null
    this.#told = 0
    this.#timer = null
  }

  begun(call: LocalCall): void {
    this.#call = call
    this.#timer = this.#services.clock.start(longest, this, 'line')
    switch (this.#name) {
      case 'echoTest':
        this.#say([{ prompt: 'echo-test' }], () => this.#sound?.echo())
        return
      case 'milliwatt':
        this.#say([{ prompt: 'milliwatt' }], () =>
          this.#sound?.play({ kind: 'tones', tones: this.#services.sounds.prompts.milliwatt }, true, null),
        )
        return
      case 'time':
        this.#sayTime()
        return
      case 'emergencyTest':
        this.#say(this.#address(), () => this.#hangUp())
        return
      default:
        this.#name satisfies never
    }
  }

  ended(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
    this.#call = null
  }

  /** Whoever forgot to hang up. */
  timerFired(): void {
    this.#timer = null
    const over = this.#name === 'echoTest' ? [{ prompt: 'echo-test-over' }] : [{ prompt: 'goodbye' }]
    this.#say(over, () => this.#hangUp())
  }

  get #sound(): ServerSound | null {
    const sound = this.#call?.sound
    return sound instanceof ServerSound ? sound : null
  }

  /** Without the prompts it goes on at once. */
  #say(parts: readonly Spoken[], done: () => void): void {
    const files = this.#services.sounds.prompts.say(languageOf(this.#user), parts)
    if (this.#sound === null || files.length === 0) done()
    else this.#sound.play({ kind: 'files', files }, false, done)
  }

  #sayTime(): void {
    if (this.#told === timesTold) {
      this.#hangUp()
      return
    }
    this.#told++
    // Friday 2026-11-27 17:05
    const shown = localText(localMinute(this.#user.timeZone, this.#services.clock.now()))
    const [, year = 0, month = 0, day = 0, hour = 0, minute = 0] = shown.split(/[-: ]/).map(Number)
    const date = { year, month, day }
    const time = { hour, minute }
    this.#say([{ prompt: 'date-is' }, { date }, { prompt: 'time-is' }, { time }], () => this.#sayTime())
  }

  #address(): Spoken[] {
    const { primaryNumber, extension, site } = this.#user
    const number = primaryNumber || site.mainNumber
    const parts: Spoken[] = [{ prompt: 'address-test' }]
    if (number === '') parts.push({ prompt: 'no-number' })
    else parts.push({ prompt: 'your-number-is' }, { spell: number })
    if (extension !== '') parts.push({ prompt: 'your-extension-is' }, { spell: extension })
    return [...parts, { prompt: 'no-address' }]
  }

  #hangUp(): void {
    this.#call?.hangUp('')
  }
}
