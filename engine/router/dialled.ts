/** What a dialled string means for a caller inside. The first reading that fits wins. */
import type { Callee, Pbx, PhoneNumber, Snapshot, User } from '../config/snapshot.ts'
import { holderOf, holderOfDialCode, holderOfExtension, holderOfUniqueExtension } from './extension.ts'
import type { RouteListener, StepName } from './listener.ts'
import { numberFromDialled } from './number.ts'

export type Reading =
  | { readonly kind: 'callee'; readonly callee: Callee }
  /** A number of this installation. */
  | { readonly kind: 'ownNumber'; readonly number: PhoneNumber }
  /** E.164 with `+`. */
  | { readonly kind: 'outsideNumber'; readonly number: string }
  | { readonly kind: 'nothing' }

const nothing: Reading = { kind: 'nothing' }

/** Feature codes in front of a number: without caller ID, with caller ID, call waiting off. */
export type CallPrefix = '*67' | '*82' | '*70'

/** The feature code in front of the number, or '' where there is none. */
export function callPrefix(dialled: string): CallPrefix | '' {
  if (dialled.charCodeAt(0) !== 0x2a || dialled.length < 4) return ''
  const code = dialled.slice(0, 3)
  return code === '*67' || code === '*82' || code === '*70' ? code : ''
}

/**
 * The emergency number of the caller's country in a dialled string, alone or after the outside prefix; '' where there
 * is none. Neither a feature code in front nor the domain hides it.
 */
export function emergencyNumberIn(dialled: string, caller: User): string {
  const rest = callPrefix(dialled) === '' ? dialled : dialled.slice(3)
  const numbers = caller.site.numbering.emergencyNumbers
  if (numbers.has(rest)) return rest
  const prefix = caller.pbx.outsidePrefix
  if (prefix === '' || !rest.startsWith(prefix)) return ''
  const afterPrefix = rest.slice(prefix.length)
  return numbers.has(afterPrefix) ? afterPrefix : ''
}

/**
 * Reads a string without separators and without a feature code in front, in the order of the dialling rules after
 * emergency numbers.
 *
 * @param pbx whose extensions come first: the caller's, or the one that the domain names; `null` for another account's
 */
export function readDialled(
  snapshot: Snapshot,
  caller: User,
  pbx: Pbx | null,
  dialled: string,
  listener: RouteListener | null,
): Reading {
  const account = caller.pbx.account
  if (pbx !== null) {
    const own = holderOfExtension(snapshot, pbx.id, dialled)
    if (own !== undefined) {
      if (listener !== null)
        fits(listener, 'extension', `${dialled} is ${own.displayName}'s extension in PBX ${pbx.name}`)
      return { kind: 'callee', callee: own }
    }
    if (listener !== null) misses(listener, 'extension', `PBX ${pbx.name} has no extension ${dialled}`)
    const other = holderOfDialCode(snapshot, account, dialled)
    if (other !== undefined) {
      if (listener !== null) {
        const parts = `dial code ${other.pbx.dialCode} (PBX ${other.pbx.name}) and extension ${other.extension}`
        fits(listener, 'dial code and extension', `${dialled} is ${parts}: ${other.displayName}`)
      }
      return { kind: 'callee', callee: other }
    }
    if (listener !== null) {
      misses(
        listener,
        'dial code and extension',
        `${dialled} is no dial code followed by an extension that exists there`,
      )
    }
  }
  const number = readNumber(caller, dialled)
  if (number !== '') return readOwnership(snapshot, number, dialled, listener)
  if (listener !== null)
    misses(listener, 'phone number', `${dialled} is no phone number as dialled in ${caller.site.country}`)
  const elsewhere = pbx === null ? undefined : holderOfUniqueExtension(snapshot, account, dialled)
  if (elsewhere !== undefined) {
    if (listener !== null) {
      const because = `${dialled} exists once in the account: ${elsewhere.displayName} in PBX ${elsewhere.pbx.name}`
      fits(listener, 'extension of another PBX', because)
    }
    return { kind: 'callee', callee: elsewhere }
  }
  if (listener !== null) fits(listener, 'not in service', `nothing fits ${dialled}`)
  return nothing
}

function readOwnership(snapshot: Snapshot, number: string, dialled: string, listener: RouteListener | null): Reading {
  const owned = snapshot.phoneNumbers.get(number)
  if (listener !== null) {
    const owner = (owned === undefined ? null : ownerOf(snapshot, owned))?.displayName ?? 'nobody'
    const whose = owned === undefined ? 'outside' : `in this installation, assigned to ${owner}`
    fits(listener, 'phone number', `${dialled} is the phone number ${number}, ${whose}`)
  }
  return owned === undefined ? { kind: 'outsideNumber', number } : { kind: 'ownNumber', number: owned }
}

/** Who has a number of this installation. */
export function ownerOf(snapshot: Snapshot, number: PhoneNumber): Callee | null {
  return number.holder === '' ? null : (holderOf(snapshot, number.holder) ?? null)
}

/** E.164 with `+`, or ''. After the outside prefix the rest is a number; a whole number may also begin with its digits. */
function readNumber(caller: User, dialled: string): string {
  const { numbering, areaCode } = caller.site
  const prefix = caller.pbx.outsidePrefix
  if (prefix !== '' && dialled.startsWith(prefix)) {
    const number = numberFromDialled(dialled.slice(prefix.length), numbering, areaCode)
    if (number !== '') return number
  }
  return numberFromDialled(dialled, numbering, areaCode)
}

function fits(listener: RouteListener, step: StepName, because: string): void {
  listener.step({ step, verdict: 'applies', because, user: '', rule: '' })
}

function misses(listener: RouteListener, step: StepName, because: string): void {
  listener.step({ step, verdict: 'does not apply', because, user: '', rule: '' })
}
