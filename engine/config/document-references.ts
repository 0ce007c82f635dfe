/** Checks that everything the document points at is there, and that what depends on two places agrees. */
import { knownCountries, numberingPlan } from './countries.ts'
import type { Document, DocumentBlockList } from './document.ts'
import type { DocumentIndex } from './document-index.ts'
import type { ProblemList } from './problem.ts'
import { userId } from './user-id.ts'

/** Adds dangling references, unknown countries and time zones, and numbers that are not their user's. */
export function checkReferences(
  document: Document,
  index: DocumentIndex,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  if (document.pbxs.length === 0) {
    problems.add('pbxs', '', 'there is no PBX', 'Write at least one PBX with id, name, domain and country')
  }
  for (const [place, pbx] of document.pbxs.entries()) {
    checkCountry(pbx.country, `pbxs[${place}].country`, problems)
    checkBlockList(pbx.blockList, `pbxs[${place}].blockList`, pbx.id, index, problems)
  }
  checkBlockList(document.account.blockList, 'account.blockList', '', index, problems)
  checkSites(document, index, problems)
  checkUsers(document, index, problems)

  const withDevice = new Set<string>()
  for (const [place, device] of (document.devices ?? []).entries()) {
    withDevice.add(device.user)
    checkUser(device.user, `devices[${place}].user`, index, problems)
  }
  for (const [place, entry] of (document.phoneNumbers ?? []).entries()) {
    if (entry.user === undefined) continue
    checkUser(entry.user, `phoneNumbers[${place}].user`, index, problems)
  }
  for (const [place, user] of (document.users ?? []).entries()) {
    if (user.extension === undefined || withDevice.has(userId(user))) continue
    warnings.add(
      `users[${place}]`,
      userId(user),
      'this user has an extension but no device',
      'Add a device for the user',
    )
  }
  for (const [place, trunk] of (document.trunks ?? []).entries()) {
    if (trunk.country !== undefined) checkCountry(trunk.country, `trunks[${place}].country`, problems)
  }
}

function checkSites(document: Document, index: DocumentIndex, problems: ProblemList): void {
  for (const [place, site] of (document.sites ?? []).entries()) {
    const path = `sites[${place}]`
    if (!index.pbxs.has(site.pbx)) {
      problems.add(`${path}.pbx`, site.pbx, 'there is no PBX with this id', `Use one of ${listed(index.pbxs.keys())}`)
    }
    if (site.country !== undefined) checkCountry(site.country, `${path}.country`, problems)
    if (!isTimeZone(site.timeZone)) {
      problems.add(
        `${path}.timeZone`,
        site.timeZone,
        'this is no time zone',
        'Write an IANA name, for example Europe/London',
      )
    }
    if (site.mainNumber !== undefined && !index.numbers.has(site.mainNumber)) {
      const cure = 'Add it to phoneNumbers, or choose one that is there'
      problems.add(`${path}.mainNumber`, site.mainNumber, 'this number is not in phoneNumbers', cure)
    }
    if (site.mainNumberForAll === true && site.mainNumber === undefined) {
      problems.add(`${path}.mainNumberForAll`, true, 'the site has no main number', 'Add mainNumber, or take this out')
    }
  }
}

function checkUsers(document: Document, index: DocumentIndex, problems: ProblemList): void {
  for (const [place, user] of (document.users ?? []).entries()) {
    const site = index.sites.get(user.site)
    if (site === undefined) {
      const cure = index.sites.size === 0 ? 'Add a site' : `Use one of ${listed(index.sites.keys())}`
      problems.add(`users[${place}].site`, user.site, 'there is no site with this id', cure)
    }
    const primary = user.primaryNumber
    if (primary !== undefined && index.numbers.get(primary) !== userId(user)) {
      const holder = index.numbers.get(primary)
      const message =
        holder === undefined ? 'is not in phoneNumbers' : holder === '' ? 'has no user' : `belongs to ${holder}`
      const cure = `Write user: ${userId(user)} beside the number in phoneNumbers, or choose another number`
      problems.add(`users[${place}].primaryNumber`, primary, `this number ${message}`, cure)
    }
    if (user.blockList !== undefined) {
      checkBlockList(user.blockList, `users[${place}].blockList`, site?.pbx ?? '', index, problems)
    }
  }
}

function checkUser(id: string, path: string, index: DocumentIndex, problems: ProblemList): void {
  if (index.users.has(id)) return
  problems.add(path, id, 'there is no user with this id', 'Use the id (or else the userName) of an entry under users')
}

function checkCountry(code: string, path: string, problems: ProblemList): void {
  if (!/^[A-Z]{2}$/.test(code) || numberingPlan(code) !== undefined) return
  problems.add(
    path,
    code,
    'the dialling rules of this country are not known',
    `Use one of ${knownCountries().join(', ')}`,
  )
}

function checkBlockList(
  list: DocumentBlockList | undefined,
  path: string,
  pbx: string,
  index: DocumentIndex,
  problems: ProblemList,
): void {
  if (list === undefined) return
  for (const [place, entry] of list.callers.entries()) {
    const at = `${path}.callers[${place}]`
    if (/^[0-9]+$/.test(entry) && extensionHolder(entry, pbx, index) === undefined) {
      problems.add(at, entry, 'nobody has this extension', 'Write an extension, or a number with + and country code')
    }
    const dash = entry.indexOf('-')
    if (dash < 0) continue
    const first = entry.slice(0, dash)
    const last = entry.slice(dash + 1)
    if (first.length !== last.length || first > last) {
      const cure = 'Write the lower number first and both with the same number of digits'
      problems.add(at, entry, 'this range has no beginning and end', cure)
    }
  }
}

/** The id of the user whom an extension means, seen from a PBX ('' from none): own, dial code and extension, or unique. */
export function extensionHolder(digits: string, pbx: string, index: DocumentIndex): string | undefined {
  const own = index.extensions.get(pbx)?.get(digits)
  if (own !== undefined) return userId(own)
  for (const [code, other] of index.pbxsByDialCode) {
    if (!digits.startsWith(code)) continue
    const found = index.extensions.get(other.id)?.get(digits.slice(code.length))
    if (found !== undefined) return userId(found)
  }
  if (pbx !== '') return undefined
  const holders = [...index.extensions.values()].flatMap((extensions) => extensions.get(digits) ?? [])
  const [holder, ...others] = holders
  return holder === undefined || others.length > 0 ? undefined : userId(holder)
}

const timeZones = new Map<string, boolean>()

function isTimeZone(name: string): boolean {
  const known = timeZones.get(name)
  if (known !== undefined) return known
  let valid = /^[A-Za-z]/.test(name)
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    valid = false
  }
  if (timeZones.size < 1000) timeZones.set(name, valid)
  return valid
}

function listed(names: Iterable<string>): string {
  const all = [...names]
  return all.length > 10 ? `${all.slice(0, 10).join(', ')}, ...` : all.join(', ')
}
