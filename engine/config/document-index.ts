/** The document's things by what they are named, and a problem for every name that is given twice. */
import type { Document, DocumentPbx, DocumentSite, DocumentUser } from './document.ts'
import type { ProblemList } from './problem.ts'
import { userId } from './user-id.ts'

export interface DocumentIndex {
  readonly pbxs: ReadonlyMap<string, DocumentPbx>
  readonly sites: ReadonlyMap<string, DocumentSite>
  /** By user id. */
  readonly users: ReadonlyMap<string, DocumentUser>
  /** Where each user stands in the list, by user id. */
  readonly places: ReadonlyMap<string, number>
  /** PBX id to extension to user. */
  readonly extensions: ReadonlyMap<string, ReadonlyMap<string, DocumentUser>>
  readonly pbxsByDialCode: ReadonlyMap<string, DocumentPbx>
  /** E.164 to the user id that has it, or ''. */
  readonly numbers: ReadonlyMap<string, string>
}

/** Remembers where a name was seen first and reports the second. */
class Names {
  readonly #first = new Map<string, string>()
  readonly #problems: ProblemList
  readonly #what: string
  readonly #cure: string

  constructor(problems: ProblemList, what: string, cure: string) {
    this.#problems = problems
    this.#what = what
    this.#cure = cure
  }

  /** Whether the name is new; if not, a problem has been added. */
  claim(name: string, list: string, index: number, field: string, shown: string): boolean {
    const first = this.#first.get(name)
    const path = `${list}[${index}].${field}`
    if (first === undefined) {
      this.#first.set(name, path)
      return true
    }
    this.#problems.add(path, shown, `this ${this.#what} is already taken by ${first}`, this.#cure)
    return false
  }
}

const giveAnother = 'Give one of the two another'

/** Builds the index. Of things with the same name the first is kept. */
export function indexDocument(document: Document, problems: ProblemList): DocumentIndex {
  const pbxs = new Map<string, DocumentPbx>()
  const pbxsByDialCode = new Map<string, DocumentPbx>()
  const extensions = new Map<string, Map<string, DocumentUser>>()
  const pbxIds = new Names(problems, 'id', `${giveAnother} id`)
  const domains = new Names(problems, 'SIP domain', `${giveAnother} domain`)
  const dialCodes = new Names(problems, 'dial code', `${giveAnother} dial code`)
  for (const [place, pbx] of document.pbxs.entries()) {
    if (pbxIds.claim(pbx.id, 'pbxs', place, 'id', pbx.id)) {
      pbxs.set(pbx.id, pbx)
      extensions.set(pbx.id, new Map())
    }
    domains.claim(pbx.domain, 'pbxs', place, 'domain', pbx.domain)
    if (pbx.dialCode !== undefined && dialCodes.claim(pbx.dialCode, 'pbxs', place, 'dialCode', pbx.dialCode)) {
      pbxsByDialCode.set(pbx.dialCode, pbx)
    }
  }

  const sites = new Map<string, DocumentSite>()
  const siteIds = new Names(problems, 'id', `${giveAnother} id`)
  for (const [place, site] of (document.sites ?? []).entries()) {
    if (siteIds.claim(site.id, 'sites', place, 'id', site.id)) sites.set(site.id, site)
  }

  const { users, places } = indexUsers(document, sites, extensions, problems)
  const numbers = new Map<string, string>()
  const numberNames = new Names(problems, 'phone number', 'Keep it once, with the user who has it')
  for (const [place, entry] of (document.phoneNumbers ?? []).entries()) {
    if (numberNames.claim(entry.number, 'phoneNumbers', place, 'number', entry.number)) {
      numbers.set(entry.number, entry.user ?? '')
    }
  }
  claimDevicesAndTrunks(document, problems)
  return { pbxs, sites, users, places, extensions, pbxsByDialCode, numbers }
}

function indexUsers(
  document: Document,
  sites: ReadonlyMap<string, DocumentSite>,
  extensions: ReadonlyMap<string, Map<string, DocumentUser>>,
  problems: ProblemList,
): { users: Map<string, DocumentUser>; places: Map<string, number> } {
  const users = new Map<string, DocumentUser>()
  const places = new Map<string, number>()
  const userIds = new Names(problems, 'user id', `${giveAnother} id`)
  const userNames = new Names(problems, 'user name', `${giveAnother} user name`)
  const extensionNames = new Names(problems, 'extension', `${giveAnother} extension, or move one to another PBX`)
  for (const [place, user] of (document.users ?? []).entries()) {
    const id = userId(user)
    const newName = userNames.claim(user.userName.toLowerCase(), 'users', place, 'userName', user.userName)
    if (newName && userIds.claim(id, 'users', place, user.id === undefined ? 'userName' : 'id', id)) {
      users.set(id, user)
      places.set(id, place)
    }
    const pbx = sites.get(user.site)?.pbx
    const ofPbx = pbx === undefined ? undefined : extensions.get(pbx)
    if (ofPbx === undefined || user.extension === undefined) continue
    if (extensionNames.claim(`${pbx} ${user.extension}`, 'users', place, 'extension', user.extension)) {
      ofPbx.set(user.extension, user)
    }
  }
  return { users, places }
}

function claimDevicesAndTrunks(document: Document, problems: ProblemList): void {
  const deviceIds = new Names(problems, 'device id', `${giveAnother} id`)
  const sipUserNames = new Names(problems, 'SIP user name', `${giveAnother} SIP user name`)
  for (const [place, device] of (document.devices ?? []).entries()) {
    sipUserNames.claim(device.sipUserName, 'devices', place, 'sipUserName', device.sipUserName)
    if (device.id !== undefined) deviceIds.claim(device.id, 'devices', place, 'id', device.id)
  }
  const trunkIds = new Names(problems, 'trunk id', `${giveAnother} id`)
  for (const [place, trunk] of (document.trunks ?? []).entries()) {
    trunkIds.claim(trunk.id, 'trunks', place, 'id', trunk.id)
  }
}
