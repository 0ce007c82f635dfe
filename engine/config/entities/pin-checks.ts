/** PINs that are guessed first. */
import type { Findings } from './kind.ts'

/** Why a PIN is too weak, or '' where it is not. `extension` is what its owner is dialled by. */
export function weaknessOfPin(pin: string, extension: string | undefined): string {
  if (!/^[0-9]{6,}$/.test(pin)) return 'a PIN has 6 digits or more and nothing else'
  const steps = new Set<number>()
  for (let index = 1; index < pin.length; index++) steps.add(pin.charCodeAt(index) - pin.charCodeAt(index - 1))
  if (steps.size === 1 && steps.has(0)) return 'all digits are the same'
  if (steps.size === 1 && (steps.has(1) || steps.has(-1))) return 'the digits only run up or down'
  if (pin === extension) return 'this is the extension'
  return ''
}

/** Adds a problem for a weak PIN. A PIN that is stored already is no text here and was checked when it was set. */
export function checkPin(pin: unknown, extension: string | undefined, path: string, findings: Findings): void {
  if (typeof pin !== 'string') return
  const weakness = weaknessOfPin(pin, extension)
  if (weakness === '') return
  // The PIN itself is not repeated: problems are logged.
  findings.problems.add(path, '', weakness, 'Choose 6 digits or more that are not a row and not the extension')
}
