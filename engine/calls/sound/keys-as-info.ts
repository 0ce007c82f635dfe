/** Keys for a carrier that takes them by INFO (docs/trunks.md): what the other side sends as events (RFC 4733) becomes one each. */
import type { Snapshot, Trunk } from '../../config/snapshot.ts'
import { requestWithin } from '../../sip/dialog.ts'
import { sendWithin } from '../../sip/signed-requests.ts'
import type { Leg } from '../leg.ts'
import type { CallServices, Party } from '../services.ts'
import type { SoundReport } from './media.ts'
import type { Sound, SoundOwner } from './sound.ts'
import type { SoundSide } from './sound-side.ts'

/** Milliseconds that a key is said to have been held: how long it really was is not known when it is told. */
const keyTime = 160

/** How keys go to and come from a party. */
export function dtmfOf({ trunks }: Snapshot, { kind, id }: Party): Trunk['dtmf'] {
  if (kind !== 'trunk') return 'RFC4733'
  return trunks.find((trunk) => trunk.id === id)?.dtmf ?? 'RFC4733'
}

/** The call whose sound it is. */
interface KeyedCall {
  readonly caller: Leg
  readonly callee: Leg
  readonly over: boolean
  /** The journal has to have the new number of the dialog. */
  refreshed(): void
}

/** Told what media reports, and tells it on to who was told before. */
export class KeysAsInfo implements SoundOwner {
  readonly #services: CallServices
  readonly #call: KeyedCall
  readonly #sound: Sound
  readonly #next: SoundOwner | null

  /** @returns who is to be told from now on */
  static between(services: CallServices, call: KeyedCall, sound: Sound, next: SoundOwner | null): SoundOwner | null {
    const isWanted = (sound.caller.dtmf === 'INFO') !== (sound.callee.dtmf === 'INFO')
    return isWanted ? new KeysAsInfo(services, call, sound, next) : next
  }

  private constructor(services: CallServices, call: KeyedCall, sound: Sound, next: SoundOwner | null) {
    this.#services = services
    this.#call = call
    this.#sound = sound
    this.#next = next
  }

  soundReported(report: SoundReport): void {
    // Tones are in the sound, which the carrier gets as it is.
    if (report.report === 'digit' && report.by === 'event') this.#tell(report.side, report.digit)
    this.#next?.soundReported(report)
  }

  /** What comes by INFO is passed on by itself. */
  digitPressed(side: SoundSide, digit: string): void {
    this.#next?.digitPressed(side, digit)
  }

  #tell(side: string, digit: string): void {
    const { caller, callee } = this.#sound
    const [from, to] = side === caller.id ? [caller, callee] : [callee, caller]
    if (from.id !== side || to.dtmf !== 'INFO' || this.#call.over) return
    const { dialog, hungUp } = to === caller ? this.#call.caller : this.#call.callee
    if (hungUp) return
    const { transactions, network, random } = this.#services
    const body = `Signal=${digit}\r\nDuration=${keyTime}\r\n`
    const type = 'Content-Type: application/dtmf-relay\r\n'
    // That nobody answers it ends no call: the next offer or refresh finds out what is wrong.
    sendWithin(transactions, dialog, requestWithin(dialog, 'INFO', 70, type, body, network, random), null)
    this.#call.refreshed()
  }
}
