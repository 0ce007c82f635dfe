import type { Snapshot, User } from '../config/snapshot.ts'
import { dialogBody, dialogState, messageBody, messageState, presenceBody, presenceState } from './bodies.ts'
import type { LampBoard } from './lamp-board.ts'
import type { LampDialog } from './lamp-dialog.ts'
import type { Mailboxes } from './message-counts.ts'
import type { Resource } from './resources.ts'
import { resourceOf } from './resources.ts'
import type { Subscription } from './subscription.ts'

/** Whether `watcher` may pick up calls of `watched`, and so learns who calls him (docs/trust.md). */
export type PickupRight = (watcher: User, watched: User) => boolean

/** Of what lamps are told besides calls. */
export interface StateSources {
  readonly board: LampBoard
  readonly online: { registered(user: User): boolean }
  readonly mailboxes: Mailboxes
  readonly mayPickUp: PickupRight
  /** The configuration in force. */
  readonly snapshot: () => Snapshot
}

/** What is watched, as texts: asked anew for each change, and kept while the same change is told to all its watchers. */
export class WatchedStates {
  readonly #sources: StateSources
  readonly #kept = new Map<string, string>()

  constructor(sources: StateSources) {
    this.#sources = sources
  }

  /** What is asked from now on is asked anew. */
  forget(): void {
    this.#kept.clear()
  }

  /** What the subscription would be told now; '' where nothing is there any more. */
  stateFor(subscription: Subscription): string {
    const { event, key, userId } = subscription
    const snapshot = this.#sources.snapshot()
    const resource = resourceOf(snapshot, key)
    if (resource === null) return ''
    switch (event.name) {
      case 'dialog': {
        const detailed = this.#seesWho(snapshot.users.get(userId), resource)
        return this.#once(detailed ? `d ${key}` : `- ${key}`, () => this.#dialogs(resource, detailed))
      }
      case 'presence':
        return this.#once(`p ${key}`, () => this.#presence(resource))
      case 'message-summary':
        return messageState(this.#sources.mailboxes.countsOf(key))
    }
  }

  /** The body that says so. `version`: rises with each NOTIFY of the subscription. */
  bodyFor(subscription: Subscription, state: string, version: number): string {
    const entity = resourceOf(this.#sources.snapshot(), subscription.key)?.entity ?? ''
    if (entity === '') return ''
    switch (subscription.event.name) {
      case 'dialog':
        return dialogBody(state, entity, version)
      case 'presence':
        return presenceBody(state, entity)
      case 'message-summary':
        return messageBody(state, entity)
    }
  }

  #seesWho(watcher: User | undefined, resource: Resource): boolean {
    if (watcher === undefined) return false
    // Whoever stands in a slot can be fetched by everybody in its PBX.
    if (resource.user === null) return watcher.pbx.id === resource.pbx
    return watcher.id === resource.user.id || this.#sources.mayPickUp(watcher, resource.user)
  }

  #dialogs(resource: Resource, detailed: boolean): string {
    return dialogState(this.#dialogsOf(resource), resource.entity, detailed)
  }

  #dialogsOf({ key }: Resource): LampDialog[] {
    return this.#sources.board.dialogs(key)
  }

  #presence(resource: Resource): string {
    const { online } = this.#sources
    const { user } = resource
    // Only users are present.
    if (user === null) return presenceState(false, false, false)
    return presenceState(online.registered(user), this.#dialogsOf(resource).length > 0, user.doNotDisturb)
  }

  #once(name: string, make: () => string): string {
    let state = this.#kept.get(name)
    if (state === undefined) {
      state = make()
      this.#kept.set(name, state)
    }
    return state
  }
}
