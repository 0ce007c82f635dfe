import type { UserChange, UserChangeRequest, UserChangeResult, UserChanges } from '../../engine/calls/user-changes.ts'
import { compile } from '../../engine/config/compile/compile-document.ts'
import type { Document } from '../../engine/config/document.ts'
import { readDocument } from '../../engine/config/read-document.ts'
import type { Snapshot } from '../../engine/config/snapshot.ts'
import type { Clock } from '../../engine/sip/transport.ts'
import { companyDocument } from './company.ts'

type UserBody = NonNullable<Document['users']>[number]

/** One state of the configuration, and what changes of users have led to from there. */
interface State {
  readonly document: Document
  readonly snapshot: Snapshot
  readonly revision: number
  readonly next: Map<string, State>
}

/** So many changes are kept with what they lead to: most episodes have one or two, of few kinds. */
const mostKept = 2000
let kept = 0

/** The configuration, as users change it by codes: outlives the server's processes. */
export class UserSettings {
  #state: State

  constructor(state: State) {
    this.#state = state
  }

  get snapshot(): Snapshot {
    return this.#state.snapshot
  }

  /** What one process of the server is given. `clock`: its own; an answer that comes after its death reaches nobody. */
  changes(clock: Clock, changed: (snapshot: Snapshot) => void): UserChanges {
    return {
      ask: (request, done) => {
        const answer = (): void => {
          const result = this.#change(request)
          if (result.result === 'done') changed(this.snapshot)
          done(result)
        }
        clock.start(40, { timerFired: answer }, 'setting')
      },
    }
  }

  #change({ userId, change }: UserChangeRequest): UserChangeResult {
    const { document, revision, next } = this.#state
    const key = `${userId} ${JSON.stringify(change)}`
    let state = next.get(key)
    if (state === undefined) {
      const users = (document.users ?? []).map((user) => (user.userName === userId ? changed(user, change) : user))
      const changing = { ...document, users }
      const reading = readDocument(JSON.stringify(changing), 'simulation.json')
      if (!reading.ok) return { result: 'refused', reason: JSON.stringify(reading.problems[0]) }
      state = stateOf(changing, compile(reading.document, revision + 1), revision + 1)
      if (kept < mostKept) {
        kept++
        next.set(key, state)
      }
    }
    this.#state = state
    return { result: 'done' }
  }
}

function changed(user: UserBody, change: UserChange): UserBody {
  switch (change.kind) {
    case 'doNotDisturb':
      return { ...user, doNotDisturb: change.on }
    case 'forward': {
      const { [change.event]: _, ...rest } = user.forwarding ?? {}
      return { ...user, forwarding: change.to === null ? rest : { ...rest, [change.event]: { to: change.to } } }
    }
    case 'block': {
      const { callers = [], treatment = { busy: true } } = user.blockList ?? {}
      const others = callers.filter((caller) => caller !== change.caller)
      return { ...user, blockList: { treatment, callers: change.on ? [...others, change.caller] : others } }
    }
  }
}

const busyState = stateOf(companyDocument(true), compiled(companyDocument(true)), 1)
const limitedState = stateOf(companyDocument(true, true), compiled(companyDocument(true, true)), 1)
const plainState = stateOf(companyDocument(true), compiled(companyDocument(false)), 1)

/**
 * @param busy with park slots, pickup groups and reminders of held calls
 * @param limited that, and with limits
 */
export function newSettings(busy: boolean, limited = false): UserSettings {
  return new UserSettings(limited ? limitedState : busy ? busyState : plainState)
}

function stateOf(document: Document, snapshot: Snapshot, revision: number): State {
  return { document, snapshot, revision, next: new Map() }
}

function compiled(document: Document): Snapshot {
  const reading = readDocument(JSON.stringify(document), 'simulation.json')
  if (!reading.ok) throw new Error(reading.problems.map((problem) => JSON.stringify(problem)).join('\n'))
  return compile(reading.document, 1)
}
