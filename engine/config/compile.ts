/**
 * From a checked document to the snapshot that calls are decided by: references become objects, defaults are filled in,
 * and what a call would have to search for is laid out under the key it will ask with.
 */

import { compileRules } from './compile-rules.ts'
import { compileTrunk, emergencyTrunksFor, trunksByPrefix } from './compile-trunks.ts'
import { numberingPlan } from './countries.ts'
import type { Document, DocumentPbx, DocumentSite, DocumentTrunk, DocumentUser } from './document.ts'
import type {
  Account,
  Device,
  DigestAlgorithm,
  NumberingPlan,
  Pbx,
  PhoneNumber,
  Site,
  Snapshot,
  Trunk,
  User,
} from './snapshot.ts'
import { userId } from './user-id.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

const defaultAlgorithms: readonly DigestAlgorithm[] = ['SHA-256', 'MD5']
const none: readonly never[] = []

/** What is filled while the snapshot is built and read-only afterwards. */
export interface Draft {
  readonly document: Document
  readonly account: Mutable<Account>
  readonly pbxs: Map<string, Mutable<Pbx>>
  readonly sites: Map<string, Mutable<Site>>
  readonly users: Map<string, Mutable<User>>
  readonly extensions: Map<string, Map<string, User>>
  readonly phoneNumbers: Map<string, PhoneNumber>
}

/**
 * Compiles a document that `readDocument` has accepted. Throws on a dangling reference, which such a document has not.
 *
 * @param revision number of this configuration, for records and explanations
 */
export function compile(document: Document, revision: number): Snapshot {
  const draft = startDraft(document)
  for (const pbx of document.pbxs) addPbx(draft, pbx)
  const trunks = addTrunks(draft)
  for (const site of document.sites ?? []) addSite(draft, site, trunks)
  for (const user of document.users ?? []) addUser(draft, user)
  const devicesBySipUserName = addDevices(draft)
  addPhoneNumbers(draft)
  finishUsers(draft)
  finishAccount(draft)
  compileRules(draft)
  return {
    revision,
    accounts: [draft.account],
    users: draft.users,
    devicesBySipUserName,
    pbxsByDomain: new Map(draft.account.pbxs.map((pbx) => [pbx.domain, pbx])),
    phoneNumbers: draft.phoneNumbers,
    trunks: draft.account.trunks,
  }
}

function startDraft(document: Document): Draft {
  return {
    document,
    account: {
      id: document.account.id ?? 'account',
      name: document.account.name,
      pbxs: none,
      trunks: none,
      blockList: null,
      pbxsByDialCode: new Map(),
      dialCodeLengths: none,
      usersByUniqueExtension: new Map(),
      trunksByPrefix: { lengths: none, trunks: new Map() },
      simultaneousOutsideForwards: document.account.simultaneousOutsideForwards ?? 4,
    },
    pbxs: new Map(),
    sites: new Map(),
    users: new Map(),
    extensions: new Map(),
    phoneNumbers: new Map(),
  }
}

function addPbx(draft: Draft, source: DocumentPbx): void {
  const extensions = new Map<string, User>()
  draft.extensions.set(source.id, extensions)
  draft.pbxs.set(source.id, {
    id: source.id,
    name: source.name,
    account: draft.account,
    domain: source.domain,
    dialCode: source.dialCode ?? '',
    country: source.country,
    outsidePrefix: source.outsidePrefix ?? '',
    blockList: null,
    sites: none,
    usersByExtension: extensions,
    digestAlgorithms: source.digestAlgorithms ?? defaultAlgorithms,
    phoneRedirects: source.phoneRedirects ?? true,
  })
}

function addTrunks(draft: Draft): ReadonlyMap<Trunk, DocumentTrunk> {
  const home = found(draft.document.pbxs[0], 'the first PBX').country
  const sources = new Map<Trunk, DocumentTrunk>()
  for (const source of draft.document.trunks ?? []) {
    sources.set(compileTrunk(source, draft.account, planOf(source.country ?? home)), source)
  }
  draft.account.trunks = [...sources.keys()]
  draft.account.trunksByPrefix = trunksByPrefix(draft.account.trunks)
  return sources
}

function addSite(draft: Draft, source: DocumentSite, trunks: ReadonlyMap<Trunk, DocumentTrunk>): void {
  const pbx = found(draft.pbxs.get(source.pbx), source.pbx)
  const country = source.country ?? pbx.country
  const site: Mutable<Site> = {
    id: source.id,
    name: source.name,
    pbx,
    timeZone: source.timeZone,
    country,
    areaCode: source.areaCode ?? '',
    mainNumber: source.mainNumber ?? '',
    numbering: planOf(country),
    emergencyTrunks: emergencyTrunksFor(country, trunks),
  }
  draft.sites.set(source.id, site)
  pbx.sites = [...pbx.sites, site]
}

function addUser(draft: Draft, source: DocumentUser): void {
  const site = found(draft.sites.get(source.site), source.site)
  const id = userId(source)
  const user: Mutable<User> = {
    id,
    site,
    pbx: site.pbx,
    displayName: `${source.firstName} ${source.lastName}`,
    extension: source.extension ?? '',
    active: source.active ?? true,
    primaryNumber: source.primaryNumber ?? '',
    numbers: none,
    externalNumber: '',
    externalName: '',
    extensionFromOtherPbxs: '',
    callWaiting: source.callWaiting ?? true,
    lines: source.lines ?? 2,
    devices: none,
    blockCallerId: source.blockCallerId ?? false,
    internationalForwarding: source.internationalForwarding ?? false,
    forwarding: null,
    blockList: null,
    ringSeconds: source.ringSeconds ?? 15,
  }
  draft.users.set(id, user)
  if (user.extension !== '') found(draft.extensions.get(site.pbx.id), site.pbx.id).set(user.extension, user)
}

function addDevices(draft: Draft): Map<string, Device> {
  const devices = new Map<string, Device>()
  for (const source of draft.document.devices ?? []) {
    const user = found(draft.users.get(source.user), source.user)
    const device: Device = {
      id: source.id ?? source.sipUserName,
      user,
      sipUserName: source.sipUserName,
      password: source.password,
      digestAlgorithms: source.digestAlgorithms ?? user.pbx.digestAlgorithms,
    }
    devices.set(source.sipUserName, device)
    user.devices = [...user.devices, device]
  }
  return devices
}

function addPhoneNumbers(draft: Draft): void {
  for (const source of draft.document.phoneNumbers ?? []) {
    const user = source.user === undefined ? null : found(draft.users.get(source.user), source.user)
    draft.phoneNumbers.set(source.number, { number: source.number, account: draft.account, user })
    if (user !== null) user.numbers = [...user.numbers, source.number]
  }
}

function finishUsers(draft: Draft): void {
  const mainNumberForAll = new Set((draft.document.sites ?? []).filter((s) => s.mainNumberForAll).map((s) => s.id))
  for (const user of draft.users.values()) {
    const site = user.site
    if (user.primaryNumber === '') user.primaryNumber = user.numbers[0] ?? ''
    const siteFirst = mainNumberForAll.has(site.id)
    user.externalNumber = (siteFirst ? site.mainNumber : user.primaryNumber) || site.mainNumber
    user.externalName = siteFirst ? draft.account.name : user.displayName
    const code = user.pbx.dialCode
    user.extensionFromOtherPbxs = code === '' || user.extension === '' ? '' : code + user.extension
  }
}

function finishAccount(draft: Draft): void {
  const account = draft.account
  account.pbxs = [...draft.pbxs.values()]
  const byDialCode = new Map<string, Pbx>()
  for (const pbx of account.pbxs) if (pbx.dialCode !== '') byDialCode.set(pbx.dialCode, pbx)
  account.pbxsByDialCode = byDialCode
  account.dialCodeLengths = [...new Set([...byDialCode.keys()].map((code) => code.length))].sort((a, b) => b - a)
  account.usersByUniqueExtension = uniqueExtensions(account)
  for (const user of account.usersByUniqueExtension.values()) {
    found(draft.users.get(user.id), user.id).extensionFromOtherPbxs = user.extension
  }
  for (const user of draft.users.values()) {
    if (user.extensionFromOtherPbxs === '') user.extensionFromOtherPbxs = user.externalNumber
  }
}

/** Extensions that exist once in the account, in a PBX without a dial code. */
function uniqueExtensions(account: Account): Map<string, User> {
  const unique = new Map<string, User>()
  if (account.pbxs.every((pbx) => pbx.dialCode !== '')) return unique
  const times = new Map<string, number>()
  for (const pbx of account.pbxs) {
    for (const extension of pbx.usersByExtension.keys()) times.set(extension, (times.get(extension) ?? 0) + 1)
  }
  for (const pbx of account.pbxs) {
    if (pbx.dialCode !== '') continue
    for (const [extension, user] of pbx.usersByExtension) if (times.get(extension) === 1) unique.set(extension, user)
  }
  return unique
}

function planOf(country: string): NumberingPlan {
  return found(numberingPlan(country), country)
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The document was not checked: ${name} does not exist`)
  return value
}
