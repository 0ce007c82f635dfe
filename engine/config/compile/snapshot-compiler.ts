import type { Snapshot } from '../snapshot.ts'
import type { ChangedEntity } from './changes-by-kind.ts'
import { changesByKind } from './changes-by-kind.ts'
import { Plans, specialNumberTable } from './compile-plans.ts'
import { Contacts } from './contacts.ts'
import { ExtensionIndex } from './extension-index.ts'
import { ExtensionsByDialCode } from './extensions-by-dial-code.ts'
import { ParkSlots } from './park-slots.ts'
import { People } from './people.ts'
import { Places } from './places.ts'
import { Policies } from './policies.ts'
import { RingGroups } from './ring-groups.ts'
import { makeZoneTables, Times } from './times.ts'

/**
 * Makes each snapshot from the one before and what changed since: defaults are filled in, and what a call would have to
 * search for is laid out under the key it will ask with. A full load is a change of everything.
 */
export class SnapshotCompiler {
  readonly #places = new Places()
  readonly #people = new People()
  readonly #ringGroups = new RingGroups()
  readonly #parkSlots = new ParkSlots()
  readonly #contacts = new Contacts()
  readonly #times = new Times()
  readonly #extensions = new ExtensionIndex()
  readonly #byDialCode = new ExtensionsByDialCode()
  readonly #plans = new Plans()
  readonly #policies = new Policies()
  #usable = true;

  /**
   * Compiles changes that have been checked. Pauses after every few entities, well under a millisecond apart, so that
   * the caller may do something else; one compilation must end before the next begins.
   *
   * Throws where the changes do not fit together. Then, and after one that was given up, nothing can be built upon what
   * this compiler knows, and it must be replaced by a new one; snapshots that it made stay as they are.
   *
   * @param revision number of this configuration, for records and explanations
   */
  *compile(changes: readonly ChangedEntity[], revision: number): Generator<void, Snapshot> {
    if (!this.#usable) throw new Error('The last compilation of this compiler did not end')
    this.#usable = false
    const places = this.#places
    const people = this.#people
    const extensions = this.#extensions
    const byKind = yield* changesByKind(changes)
    yield* makeZoneTables(byKind)
    yield* this.#times.apply(byKind.schedule)
    const changedSites = yield* places.apply(byKind)
    const ofPeople = yield* people.apply(byKind, places.sites, changedSites)
    const ofGroups = yield* this.#ringGroups.apply(byKind.ringGroup, places.sites, changedSites)
    this.#parkSlots.apply(byKind.parkSlot, places.sites, changedSites)
    const changedPbxs = yield* extensions.apply([ofPeople, ofGroups])
    this.#byDialCode.apply(places.dialCodes, extensions.byPbx, changedPbxs)
    yield* this.#contacts.apply(byKind.contact)
    yield* this.#plans.apply(byKind.callingPlan)
    this.#policies.apply(byKind.profilePolicy)
    const { account } = places
    const dialling = {
      ...places.trunkTables,
      dialCodeLengths: places.dialCodes.lengths,
      extensionsByDialCode: this.#byDialCode.extensions,
      extensionLengths: extensions.lengths,
      holdersByUniqueExtension: extensions.unique,
    }
    this.#usable = true
    return {
      revision,
      accounts: account === null ? [] : [account],
      dialling: account === null ? new Map() : new Map([[account.id, dialling]]),
      pbxsByDomain: places.pbxsByDomain,
      extensions: extensions.byPbx,
      users: people.users,
      devicesBySipUserName: people.devices,
      phoneNumbers: people.phoneNumbers,
      trunks: places.trunks,
      callingPlans: this.#plans.byId,
      specialNumbers: specialNumberTable,
      emergencyStrings: places.emergencyStrings,
      ringGroups: this.#ringGroups.groups,
      parkSlots: this.#parkSlots.byPbx,
      schedules: this.#times.schedules,
      contactsByNumber: this.#contacts.byNumber,
      messagingOff: this.#policies.messagingOff,
      callPrefixCodes: places.callPrefixCodes,
    }
  }
}
