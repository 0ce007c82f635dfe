/** Block lists of users, PBXs and the account: what they point at, and whether their entries mean anybody. */
import { checkExactlyOne } from './destination-checks.ts'
import { extensionScope, longestDialCode, pbxWithDialCode } from './extension.ts'
import { dialledFact, extensionFact } from './facts.ts'
import type { ConfigurationView, EntityKey, Fact, Findings, Reference } from './kind.ts'
import type { BlockListBody } from './routing.ts'
import { serviceKinds, targetReferences } from './targets.ts'

/** References of the treatment. */
export function blockListReferences(list: BlockListBody | undefined): Reference[] {
  return list?.treatment === undefined ? [] : targetReferences(list.treatment, 'blockList.treatment')
}

/** For `watchesOf`: the extensions that `checkBlockList` looks up; `pbx` as there. */
export function blockListWatches(list: BlockListBody | undefined, pbx: string): Fact[] {
  const found: Fact[] = []
  for (const entry of list?.callers ?? [])
    if (isDigits(entry)) found.push(extensionFact(entry, pbx), dialledFact(entry))
  return found
}

/** Checks entries and treatment. `pbx` is the one in which extensions are read, '' for none. */
export function checkBlockList(
  list: BlockListBody | undefined,
  pbx: string,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  if (list === undefined) return
  const { problems } = findings
  for (const [index, entry] of list.callers.entries()) {
    const path = `blockList.callers[${index}]`
    if (isDigits(entry) && extensionHolder(entry, pbx, configuration) === undefined) {
      problems.add(path, entry, 'nobody has this extension', 'Write an extension, or a number with + and country code')
    }
    const [first = '', last] = entry.split('-')
    if (last !== undefined && (first.length !== last.length || first > last)) {
      const cure = 'Write the lower number first and both with the same number of digits'
      problems.add(path, entry, 'this range has no beginning and end', cure)
    }
  }
  if (list.treatment !== undefined) checkTreatment(list.treatment, configuration, findings)
}

function checkTreatment(
  treatment: NonNullable<BlockListBody['treatment']>,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const path = 'blockList.treatment'
  checkExactlyOne(treatment, ['asWhenBusy', 'busy', 'voicemail', 'user', 'number', ...serviceKinds], path, findings)
  if (treatment.user === undefined || configuration.get('user', treatment.user)?.['active'] !== false) return
  const cure = 'Choose another destination, or set active to true'
  findings.warnings.add(`${path}.user`, treatment.user, 'this user is deactivated', cure)
}

/** Who is meant by an extension, seen from a PBX ('' from none): own, dial code and extension, or unique in the account. */
export function extensionHolder(digits: string, pbx: string, configuration: ConfigurationView): EntityKey | undefined {
  const own = configuration.holderOf(extensionScope(pbx), digits)
  if (own !== undefined) return own
  for (let length = 1; length <= longestDialCode && length < digits.length; length++) {
    const other = pbxWithDialCode(digits.slice(0, length), configuration)
    const found =
      other === undefined ? undefined : configuration.holderOf(extensionScope(other.id), digits.slice(length))
    if (found !== undefined) return found
  }
  if (pbx !== '') return undefined
  const [holder, ...others] = configuration.havingFact(extensionFact(digits, ''))
  return others.length > 0 ? undefined : holder
}

function isDigits(entry: string): boolean {
  return /^[0-9]+$/.test(entry)
}
