import type { FeatureName, User } from '../config/snapshot.ts'
import type { Attempt, FeatureRequest } from '../router/decision.ts'
import { emergencyNumberIn } from '../router/dialled.ts'
import { titleOfFeature } from '../router/feature-code.ts'
import { reasonPhrase } from '../sip/response.ts'
import { Confirmation } from './confirmation.ts'
import { shownLines } from './identity.ts'
import { anonymousCaller } from './last-callers.ts'
import type { SpokenPrompt } from './local-sounds.ts'
import type { CallServices } from './services.ts'
import { languageOf } from './sound/spoken-language.ts'
import type { TakenInvite } from './taken-invite.ts'
import type { ForwardTarget, UserChange, UserChangeResult, UserChanges } from './user-changes.ts'

/** Changes that one user may ask for in a minute. */
const mostChanges = 20
const minute = 60_000
/** Users whose changes are counted at once. */
const mostCounted = 10_000

const cannotChange = 'Settings Cannot Be Changed Now'
const nobodyCalled = 'Nobody Called Yet'

/** A change, and what is said of it when it is done. */
interface Wanted {
  readonly change: UserChange
  readonly prompt: SpokenPrompt
  /** For people: what it is about, or ''. */
  readonly about: string
}

/** Carries out the feature codes that change a user's own settings (docs/feature-codes.md). */
export class FeatureDesk {
  readonly #services: CallServices
  readonly #changes: UserChanges
  /** Users and how many changes they asked for since the minute began. */
  readonly #counts = new Map<string, number>()
  #minuteBegan = 0

  constructor(services: CallServices, changes: UserChanges) {
    this.#services = services
    this.#changes = changes
  }

  /** Whether this code changes settings. */
  changesSettings(name: FeatureName): boolean {
    return name in prompts
  }

  carryOut(feature: FeatureRequest, taken: TakenInvite): void {
    const { user, name } = feature
    const wanted = wantedBy(feature, this.#services.lastCallers.of(user.id))
    if (typeof wanted === 'string') {
      taken.refuse(404, wanted, '')
      return
    }
    if (!this.#mayChange(user)) {
      taken.refuse(503, 'Too Many Changes', 'Retry-After: 60\r\n')
      return
    }
    const request = { userId: user.id, address: taken.flow.address, change: wanted.change }
    this.#changes.ask(request, (result) => this.#changed(name, user, wanted, taken, result))
  }

  /**
   * The call that calls back a user's last caller, or why there is none.
   * @param attempt that dialled the code
   */
  callReturn(user: User, attempt: Attempt): Attempt | string {
    const last = this.#services.lastCallers.of(user.id)
    if (last === '') return nobodyCalled
    if (last === anonymousCaller) return 'The Last Caller Withheld His Number'
    // What a carrier calls a number may be anything: a code, or a number at which nobody may be called unawares.
    if (!isNumber(last) || emergencyNumberIn(last, user) !== '') return 'The Last Caller Has No Number'
    return { ...attempt, dialled: last, domain: '' }
  }

  #changed(name: FeatureName, user: User, wanted: Wanted, taken: TakenInvite, result: UserChangeResult): void {
    if (!taken.open) return
    switch (result.result) {
      case 'refused':
        taken.refuse(403, phraseOf(result.reason), '')
        return
      case 'failed':
        taken.refuse(503, cannotChange, 'Retry-After: 10\r\n')
        return
      case 'done': {
        const title = titleOfChange(name, wanted.about)
        const digits = /^[0-9]+$/.test(wanted.about) ? wanted.about : ''
        const words = { prompt: wanted.prompt, digits, language: languageOf(user) }
        const confirmation = new Confirmation(this.#services.localSounds, title, words)
        taken.answerHere(name, confirmation, [], shownLines(title, taken.dialled, user.pbx.domain))
      }
    }
  }

  #mayChange(user: User): boolean {
    const now = this.#services.clock.now()
    if (now - this.#minuteBegan >= minute) {
      this.#minuteBegan = now
      this.#counts.clear()
    }
    const count = this.#counts.get(user.id) ?? 0
    if (count >= mostChanges || (count === 0 && this.#counts.size >= mostCounted)) return false
    this.#counts.set(user.id, count + 1)
    return true
  }
}

/** What is said when it is done. */
const prompts: Readonly<Partial<Record<FeatureName, SpokenPrompt>>> = {
  forwardAll: 'forwardingOn',
  forwardAllOff: 'forwardingOff',
  forwardBusy: 'forwardingOn',
  forwardBusyOff: 'forwardingOff',
  forwardNoAnswer: 'forwardingOn',
  forwardNoAnswerOff: 'forwardingOff',
  doNotDisturbOn: 'doNotDisturbOn',
  doNotDisturbOff: 'doNotDisturbOff',
  block: 'callerBlocked',
  unblock: 'callerUnblocked',
}

/** The change that a code stands for, or why there is none. */
function wantedBy(feature: FeatureRequest, lastCaller: string): Wanted | string {
  const { name, dialled } = feature
  const prompt = prompts[name]
  if (prompt === undefined) return reasonPhrase(404)
  switch (name) {
    case 'forwardAll':
      return forwarding(feature, 'all', prompt)
    case 'forwardBusy':
      return forwarding(feature, 'busy', prompt)
    case 'forwardNoAnswer':
      return forwarding(feature, 'noAnswer', prompt)
    case 'forwardAllOff':
      return { change: { kind: 'forward', event: 'all', to: null }, prompt, about: '' }
    case 'forwardBusyOff':
      return { change: { kind: 'forward', event: 'busy', to: null }, prompt, about: '' }
    case 'forwardNoAnswerOff':
      return { change: { kind: 'forward', event: 'noAnswer', to: null }, prompt, about: '' }
    case 'doNotDisturbOn':
    case 'doNotDisturbOff':
      return { change: { kind: 'doNotDisturb', on: name === 'doNotDisturbOn' }, prompt, about: '' }
    default: {
      const caller = callerNamed(feature, lastCaller)
      if (caller === '') return dialled === '' ? nobodyCalled : 'Number Not In Service'
      return { change: { kind: 'block', caller, on: name === 'block' }, prompt, about: caller }
    }
  }
}

function forwarding(
  feature: FeatureRequest,
  event: 'all' | 'busy' | 'noAnswer',
  prompt: SpokenPrompt,
): Wanted | string {
  const to = targetNamed(feature)
  if (to === null) return 'Number Not In Service'
  return { change: { kind: 'forward', event, to }, prompt, about: feature.dialled }
}

function targetNamed({ argument }: FeatureRequest): ForwardTarget | null {
  switch (argument?.kind) {
    case 'callee':
      return argument.callee.kind === 'user' ? { user: argument.callee.id } : { ringGroup: argument.callee.id }
    case 'ownNumber':
      return { number: argument.number.number }
    case 'outsideNumber':
      return { number: argument.number }
    default:
      return null
  }
}

/** As block lists name him, or ''. */
function callerNamed({ argument, dialled }: FeatureRequest, lastCaller: string): string {
  switch (argument?.kind) {
    case 'callee':
      return dialled
    case 'ownNumber':
      return argument.number.number
    case 'outsideNumber':
      return argument.number
    case 'nothing':
      return ''
    default:
      return lastCaller === anonymousCaller || isNumber(lastCaller) ? lastCaller : ''
  }
}

/** A number with +, or an extension. */
function isNumber(text: string): boolean {
  return /^\+?[0-9]{2,20}$/.test(text)
}

function titleOfChange(name: FeatureName, about: string): string {
  const title = titleOfFeature(name)
  const first = title.charAt(0).toUpperCase() + title.slice(1)
  return about === '' ? first : `${first}: ${about}`
}

/** A sentence as a reason phrase: its first line, in ASCII, and not longer than a display. */
function phraseOf(sentence: string): string {
  return (
    sentence
      .replace(/[^\x20-\x7e]+/g, ' ')
      .trim()
      .slice(0, 100) || reasonPhrase(403)
  )
}
