/** What a dialled string means for a caller inside. The first reading that fits wins. */
import type { Callee, NumberingPlan, Pbx, PhoneNumber, Snapshot, User } from '../config/snapshot.ts'
import { holderOf, holderOfDialCode, holderOfExtension, holderOfUniqueExtension } from './extension.ts'
import { featureBefore, isCallPrefix } from './feature-code.ts'
import { hasLength } from './lengths.ts'
import type { RouteListener, StepName } from './listener.ts'
import { numberFromDialled, withoutSeparators } from './number.ts'

export type Reading =
  | { readonly kind: 'callee'; readonly callee: Callee }
  /** A number of this installation. */
  | { readonly kind: 'ownNumber'; readonly number: PhoneNumber }
  /** E.164 with `+`. */
  | { readonly kind: 'outsideNumber'; readonly number: string }
  | { readonly kind: 'nothing' }

const nothing: Reading = { kind: 'nothing' }

/**
 * The emergency number of the caller's country in a dialled string, alone, after the outside prefix, and behind codes
 * that say something of the call (without caller ID and so on); '' where there is none. The domain does not hide it.
 */
export function emergencyNumberIn(dialled: string, caller: User): string {
  let rest = dialled
  for (;;) {
    const found = emergencyNumberAlone(rest, caller)
    if (found !== '') return found
    const code = featureBefore(rest, caller)
    if (code === null || !isCallPrefix(code.feature)) return ''
    rest = code.rest
  }
}

function emergencyNumberAlone(dialled: string, caller: User): string {
  const { numbering } = caller.site
  if (isEmergencyNumber(numbering, dialled)) return dialled
  const prefix = caller.pbx.outsidePrefix
  if (prefix === '' || !dialled.startsWith(prefix)) return ''
  const afterPrefix = dialled.slice(prefix.length)
  return isEmergencyNumber(numbering, afterPrefix) ? afterPrefix : ''
}

function isEmergencyNumber({ emergencyLengths, emergencyNumbers }: NumberingPlan, dialled: string): boolean {
  return hasLength(emergencyLengths, dialled.length) && emergencyNumbers.has(dialled)
}

/** Whether a string is an emergency number for somebody here: for those who do not know yet who dials it. */
export function isEmergencyForSomebody(snapshot: Snapshot, dialled: string): boolean {
  let rest = dialled
  for (;;) {
    if (snapshot.emergencyStrings.has(rest)) return true
    let next = rest
    for (const code of snapshot.callPrefixCodes) if (rest.startsWith(code)) next = rest.slice(code.length)
    if (next === rest) return false
    rest = next
  }
}

/** Whether the caller asks that nobody else reaches him while this call lasts. An emergency number drops the wish. */
export function asksForNoCallWaiting(dialled: string, caller: User): boolean {
  let rest = withoutSeparators(dialled)
  let asks = false
  for (;;) {
    const found = featureBefore(rest, caller)
    if (found === null || !isCallPrefix(found.feature)) return asks && emergencyNumberAlone(rest, caller) === ''
    if (found.feature === 'callWaitingOff') asks = true
    rest = found.rest
  }
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
    const own = holderOfExtension(snapshot, account, pbx.id, dialled)
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
