/** Checks what can be dialled: nothing may hide an emergency number or a feature code, and two readings are named. */
import { emergencyTestNumber, numberingPlan } from './countries.ts'
import type { Document, DocumentPbx, DocumentUser } from './document.ts'
import type { DocumentIndex } from './document-index.ts'
import type { ProblemList } from './problem.ts'
import { userId } from './user-id.ts'

/** Feature codes that are digits only: no extension may equal one. */
const digitFeatureCodes = ['555']
/** Where a mistyped emergency number is common enough to be refused unless the PBX says otherwise. */
const strictCountries = ['US', 'CA']

/** Adds extensions that equal or resemble emergency numbers, and collisions with dial codes (as warnings). */
export function checkDialling(
  document: Document,
  index: DocumentIndex,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  const countriesByPbx = countriesOf(document)
  for (const [place, pbx] of document.pbxs.entries()) {
    const bounds = pbx.extensionLength
    if (bounds !== undefined && bounds.shortest > bounds.longest) {
      problems.add(`pbxs[${place}].extensionLength`, bounds, 'the shortest is longer than the longest', 'Swap the two')
    }
  }
  for (const pbx of index.pbxs.values()) {
    const countries = [...(countriesByPbx.get(pbx.id) ?? [])]
    const reserved = reservedStrings(pbx, countries)
    const misdials = emergencyNumbers(countries)
    const strict = pbx.misdialIsError ?? countries.some((country) => strictCountries.includes(country))
    for (const [extension, user] of index.extensions.get(pbx.id) ?? []) {
      checkExtension(extension, user, pbx, index, reserved, misdials, problems, strict ? problems : warnings)
    }
  }
  checkDialCodes(index, new Set([...countriesByPbx.values()].flatMap((countries) => [...countries])), problems)
  warnOfCollisions(index, warnings)
}

function countriesOf(document: Document): ReadonlyMap<string, ReadonlySet<string>> {
  const countries = new Map(document.pbxs.map((pbx) => [pbx.id, new Set([pbx.country])]))
  for (const site of document.sites ?? []) {
    if (site.country !== undefined) countries.get(site.pbx)?.add(site.country)
  }
  return countries
}

function emergencyNumbers(countries: readonly string[]): string[] {
  return [...new Set(countries.flatMap((country) => [...(numberingPlan(country)?.emergencyNumbers ?? [])]))]
}

/** What no extension may be, and why. */
function reservedStrings(pbx: DocumentPbx, countries: readonly string[]): ReadonlyMap<string, string> {
  const reserved = new Map(digitFeatureCodes.map((code) => [code, 'a feature code']))
  for (const country of countries) {
    const plan = numberingPlan(country)
    const test = emergencyTestNumber(country)
    if (test !== '') reserved.set(test, `the emergency test number of ${country}`)
    for (const number of plan?.emergencyNumbers ?? []) {
      const what = `the emergency number ${number} of ${country}`
      reserved.set(number, what)
      if (pbx.outsidePrefix !== undefined) reserved.set(pbx.outsidePrefix + number, `${what} after the outside prefix`)
      if (plan?.nationalPrefix) reserved.set(plan.nationalPrefix + number, `${what} after the national prefix`)
    }
  }
  return reserved
}

function checkExtension(
  extension: string,
  user: DocumentUser,
  pbx: DocumentPbx,
  index: DocumentIndex,
  reserved: ReadonlyMap<string, string>,
  misdials: readonly string[],
  problems: ProblemList,
  misdialProblems: ProblemList,
): void {
  const place = () => `users[${index.places.get(userId(user)) ?? 0}].extension`
  const what = reserved.get(extension)
  if (what !== undefined) {
    problems.add(place(), extension, `this extension equals ${what}`, 'Give the user another extension')
    return
  }
  const shortest = pbx.extensionLength?.shortest ?? 3
  const longest = pbx.extensionLength?.longest ?? 6
  if (extension.length < shortest || extension.length > longest) {
    const message = `extensions of PBX ${pbx.id} have ${shortest} to ${longest} digits`
    problems.add(place(), extension, message, 'Choose another extension, or change extensionLength of the PBX')
  }
  for (const number of misdials) {
    if (!extension.startsWith(number) && !number.startsWith(extension)) continue
    const message = `who mistypes this extension may reach the emergency number ${number}`
    misdialProblems.add(
      place(),
      extension,
      message,
      'Choose another extension, or set misdialIsError of the PBX to false',
    )
    return
  }
}

/** Dial code + extension that equals an emergency number or a feature code of any country of the account. */
function checkDialCodes(index: DocumentIndex, countries: ReadonlySet<string>, problems: ProblemList): void {
  const numbers = [...emergencyNumbers([...countries]), ...digitFeatureCodes]
  for (const country of countries) {
    const test = emergencyTestNumber(country)
    if (test !== '') numbers.push(test)
  }
  const prefixes = new Set([''])
  for (const pbx of index.pbxs.values()) prefixes.add(pbx.outsidePrefix ?? '')
  for (const country of countries) prefixes.add(numberingPlan(country)?.nationalPrefix ?? '')
  for (const number of numbers) {
    for (const prefix of prefixes) {
      const dialled = prefix + number
      for (const [code, pbx] of index.pbxsByDialCode) {
        const user = dialled.startsWith(code)
          ? index.extensions.get(pbx.id)?.get(dialled.slice(code.length))
          : undefined
        if (user === undefined) continue
        const message = `dial code ${code} and this extension together are ${dialled}, which is reserved (${number})`
        const path = `users[${index.places.get(userId(user)) ?? 0}].extension`
        problems.add(path, user.extension, message, 'Give the user another extension or the PBX another dial code')
      }
    }
  }
}

/** Strings that two readings fit: an extension here, and a dial code with an extension there. */
function warnOfCollisions(index: DocumentIndex, warnings: ProblemList): void {
  for (const [code, target] of index.pbxsByDialCode) {
    const targetExtensions = index.extensions.get(target.id)
    for (const pbx of index.pbxs.values()) {
      for (const [extension, user] of index.extensions.get(pbx.id) ?? []) {
        if (!extension.startsWith(code)) continue
        const other = targetExtensions?.get(extension.slice(code.length))
        if (other !== undefined && other !== user)
          warnOfCollision(extension, user, pbx, code, other, target, index, warnings)
      }
      const longer = pbx.dialCode
      if (longer === undefined || longer === code || !longer.startsWith(code)) continue
      for (const [extension, user] of index.extensions.get(pbx.id) ?? []) {
        const dialled = longer + extension
        const other = targetExtensions?.get(dialled.slice(code.length))
        if (other === undefined || other === user) continue
        const path = `users[${index.places.get(userId(user)) ?? 0}].extension`
        const message =
          `${dialled} is dial code ${longer} and this extension (${userId(user)}), and also dial code ${code} ` +
          `and extension ${other.extension} (${userId(other)}); the longer dial code wins`
        warnings.add(path, extension, message, 'Change a dial code or an extension')
      }
    }
  }
}

function warnOfCollision(
  extension: string,
  user: DocumentUser,
  pbx: DocumentPbx,
  code: string,
  other: DocumentUser,
  target: DocumentPbx,
  index: DocumentIndex,
  warnings: ProblemList,
): void {
  const path = `users[${index.places.get(userId(user)) ?? 0}].extension`
  const message =
    `${extension} is this extension (${userId(user)}) for callers in PBX ${pbx.id}, and dial code ${code} with ` +
    `extension ${other.extension} of PBX ${target.id} (${userId(other)}) for all others`
  warnings.add(path, extension, message, 'Change the extension or the dial code')
}
