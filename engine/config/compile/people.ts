import type { DeviceBody } from '../entities/device.ts'
import type { PhoneNumberBody } from '../entities/phone-number.ts'
import type { UserBody } from '../entities/user.ts'
import type { Device, PhoneNumber, Site, User } from '../snapshot.ts'
import type { BucketMapEditor } from './bucket-map.ts'
import { BucketMap } from './bucket-map.ts'
import type { ChangesByKind, ChangesOfKind } from './changes-by-kind.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'
import { compileDevice, compilePhoneNumber, compileUser, holderOf, movedUser } from './compile-people.ts'
import type { ExtensionChanges } from './extension-index.ts'
import { ExtensionNotes } from './extension-index.ts'
import { unchecked } from './unchecked.ts'

const noDevices: readonly Device[] = []
const noNumbers: readonly string[] = []

/** Users, devices and phone numbers as they are now. They are many, so nothing but the compiled form is kept. */
export class People {
  users = BucketMap.empty<User>()
  /** By SIP user name. */
  devices = BucketMap.empty<Device>()
  phoneNumbers = BucketMap.empty<PhoneNumber>()
  // Like all that grows with users, in buckets: a growing Map holds everything up for milliseconds.
  #devicesById = BucketMap.empty<Device>().edit()
  /** By number that is being ported. Few, like the next. */
  readonly #temporaryNumbers = new Map<string, string>()
  /** Holder by temporary number. */
  readonly #standIns = new Map<string, string>();

  /** Takes over changes; `changedSites` are new objects, or gone. */
  *apply(
    changes: ChangesByKind,
    sites: ReadonlyMap<string, Site>,
    changedSites: ReadonlySet<string>,
  ): Generator<void, ExtensionChanges> {
    const batch = new Batch(this.users, changes.user.size)
    yield* this.#applyDevices(changes.device, batch)
    yield* this.#applyPhoneNumbers(changes.phoneNumber, batch)
    yield* this.#applyUsers(changes.user, sites, batch)
    yield* this.#moveUsers(changes.user, sites, changedSites, batch)
    this.users = batch.users.finish()
    return batch.extensions
  }

  *#applyDevices(changes: ChangesOfKind, batch: Batch): Generator<void, void> {
    const devices = this.devices.edit(changes.size)
    // Most likely the first load: nobody has an old name.
    const none = this.#devicesById.size === 0
    if (none) this.#devicesById = BucketMap.empty<Device>().edit(changes.size)
    let count = 0
    // All old names go before new ones come: two devices may have changed names.
    for (const id of none ? [] : changes.ids()) {
      const old = this.#devicesById.get(id)
      if (old !== undefined) {
        devices.delete(old.sipUserName)
        this.#devicesById.delete(id)
        batch.touch(old.userId)
      }
      if (++count % entitiesBetweenPauses === 0) yield
    }
    for (const [id, body] of changes) {
      if (body === null) continue
      const device = compileDevice(id, body as DeviceBody)
      if (devices.get(device.sipUserName) !== undefined) {
        unchecked(`two devices have the SIP user name ${device.sipUserName}`)
      }
      devices.set(device.sipUserName, device)
      this.#devicesById.set(id, device)
      batch.touch(device.userId).addDevice(device)
      if (++count % entitiesBetweenPauses === 0) yield
    }
    this.devices = devices.finish()
  }

  *#applyPhoneNumbers(changes: ChangesOfKind, batch: Batch): Generator<void, void> {
    const phoneNumbers = this.phoneNumbers.edit(changes.size)
    const none = phoneNumbers.size === 0
    const temporary = new Set<string>()
    let count = 0
    for (const [number, body] of changes) {
      const source = body as PhoneNumberBody | null
      this.#noteStandIn(number, source, temporary)
      const old = none ? undefined : phoneNumbers.get(number)
      if (old !== undefined && isUser(old.holder)) batch.touch(old.holder)
      // What is still being ported is not ours: calls to it leave by a trunk, and none comes.
      if (source === null || source.status !== undefined) phoneNumbers.delete(number)
      else {
        const phoneNumber = compilePhoneNumber(source)
        phoneNumbers.set(number, phoneNumber)
        if (isUser(phoneNumber.holder)) batch.touch(phoneNumber.holder).addNumber(number)
        if (this.#standIns.has(number)) temporary.add(number)
      }
      if (++count % entitiesBetweenPauses === 0) yield
    }
    for (const number of temporary) {
      const known = phoneNumbers.get(number)
      if (known === undefined) continue
      if (isUser(known.holder)) batch.touch(known.holder)
      const holder = known.ownHolder || (this.#standIns.get(number) ?? '')
      phoneNumbers.set(number, { ...known, holder })
      if (isUser(holder)) batch.touch(holder).addNumber(number)
    }
    this.phoneNumbers = phoneNumbers.finish()
  }

  /** A number that is being ported lends whoever has it to its temporary number. `touched`: temporary numbers concerned. */
  #noteStandIn(number: string, source: PhoneNumberBody | null, touched: Set<string>): void {
    const before = this.#temporaryNumbers.get(number)
    if (before !== undefined) {
      this.#temporaryNumbers.delete(number)
      this.#standIns.delete(before)
      touched.add(before)
    }
    const temporary = source?.status === undefined ? undefined : source.temporaryNumber
    if (source === null || temporary === undefined) return
    this.#temporaryNumbers.set(number, temporary)
    this.#standIns.set(temporary, holderOf(source))
    touched.add(temporary)
  }

  *#applyUsers(changes: ChangesOfKind, sites: ReadonlyMap<string, Site>, batch: Batch): Generator<void, void> {
    let count = 0
    for (const [id, body] of changes) {
      const old = this.users.get(id)
      const touched = batch.touched(id)
      if (touched !== undefined) touched.isMade = true
      const devices = this.#devicesOf(old, touched)
      const numbers = this.#numbersOf(id, old, touched)
      if (body === null) {
        if (devices.length > 0) unchecked(`device ${devices[0]?.id} is that of user ${id}, who does not exist`)
        if (numbers.length > 0) unchecked(`phone number ${numbers[0]} is that of user ${id}, who does not exist`)
        batch.put(id, old, null)
      } else {
        const source = body as UserBody
        batch.put(id, old, compileUser(id, source, siteOf(id, source.site, sites), devices, numbers))
      }
      if (++count % entitiesBetweenPauses === 0) yield
    }
    for (const touched of batch.touchedUsers) {
      if (touched.isMade) continue
      const { id } = touched
      const old = this.users.get(id) ?? unchecked(`a device or phone number is that of user ${id}, who does not exist`)
      const [devices, numbers] = [this.#devicesOf(old, touched), this.#numbersOf(id, old, touched)]
      batch.put(id, old, movedUser(old, siteOf(id, old.site.id, sites), devices, numbers))
      if (++count % entitiesBetweenPauses === 0) yield
    }
  }

  /** Gives everybody at a changed site the new one. All users are looked at: it is rare, and costs little each. */
  *#moveUsers(
    changes: ChangesOfKind,
    sites: ReadonlyMap<string, Site>,
    changedSites: ReadonlySet<string>,
    batch: Batch,
  ): Generator<void, void> {
    if (changedSites.size === 0) return
    let count = 0
    for (const old of this.users.values()) {
      const isDone = !changedSites.has(old.site.id) || changes.has(old.id) || batch.touched(old.id) !== undefined
      if (!isDone) {
        batch.put(old.id, old, movedUser(old, siteOf(old.id, old.site.id, sites), old.devices, old.numbers))
      }
      if (++count % entitiesBetweenPauses === 0) yield
    }
  }

  #devicesOf(old: User | undefined, touched: TouchedUser | undefined): readonly Device[] {
    if (touched === undefined) return old?.devices ?? noDevices
    const kept = old?.devices.filter((device) => this.#devicesById.get(device.id) === device) ?? noDevices
    if (kept.length === 0 && touched.devices.length < 2) return touched.devices
    return kept.concat(touched.devices).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  #numbersOf(id: string, old: User | undefined, touched: TouchedUser | undefined): readonly string[] {
    if (touched === undefined) return old?.numbers ?? noNumbers
    const kept = old?.numbers.filter((number) => this.phoneNumbers.get(number)?.holder === id) ?? noNumbers
    if (kept.length === 0 && touched.numbers.length < 2) return touched.numbers
    return [...new Set([...kept, ...touched.numbers])].sort()
  }
}

/** A user whose devices or numbers changed. Most have one of each, so no list is made larger than that. */
class TouchedUser {
  readonly id: string
  /** He has changed himself too, and has got them. */
  isMade = false
  /** New and changed ones that are now his. */
  devices = noDevices
  numbers = noNumbers

  constructor(id: string) {
    this.id = id
  }

  addDevice(device: Device): void {
    this.devices = this.devices.length === 0 ? [device] : this.devices.concat(device)
  }

  addNumber(number: string): void {
    this.numbers = this.numbers.length === 0 ? [number] : this.numbers.concat(number)
  }
}

/** What one compilation finds out about users before it makes them. */
class Batch {
  readonly users: BucketMapEditor<User>
  /** Users whose devices or numbers changed, gone ones included. */
  readonly touchedUsers: TouchedUser[] = []
  readonly #touched: BucketMapEditor<TouchedUser>
  readonly extensions = new ExtensionNotes()

  /** @param changed how many users changed */
  constructor(users: BucketMap<User>, changed: number) {
    this.users = users.edit(changed)
    this.#touched = BucketMap.empty<TouchedUser>().edit(changed)
  }

  touched(id: string): TouchedUser | undefined {
    return this.#touched.get(id)
  }

  touch(id: string): TouchedUser {
    const known = this.#touched.get(id)
    if (known !== undefined) return known
    const user = new TouchedUser(id)
    this.#touched.set(id, user)
    this.touchedUsers.push(user)
    return user
  }

  put(id: string, old: User | undefined, next: User | null): void {
    if (next === null) this.users.delete(id)
    else this.users.set(id, next)
    this.extensions.put(old, next)
  }
}

/** Whether the key of a number's holder is a user's id. */
function isUser(holder: string): boolean {
  return holder !== '' && !holder.includes(':')
}

function siteOf(user: string, site: string, sites: ReadonlyMap<string, Site>): Site {
  return sites.get(site) ?? unchecked(`user ${user} is at site ${site}, which does not exist`)
}
