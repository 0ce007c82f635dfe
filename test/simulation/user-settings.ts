import type { UserChange, UserChangeRequest, UserChangeResult, UserChanges } from '../../engine/calls/user-changes.ts'
import { compile } from '../../engine/config/compile/compile-document.ts'
import type { Document } from '../../engine/config/document.ts'
import { readDocument } from '../../engine/config/read-document.ts'
import type { Snapshot } from '../../engine/config/snapshot.ts'
import type { Clock } from '../../engine/sip/transport.ts'
import { companyDocument } from './company.ts'

type UserBody = NonNullable<Document['users']>[number]

/** The configuration, as users change it by codes: outlives the server's processes. */
export class UserSettings {
  #document: Document
  snapshot: Snapshot
  #revision = 1

  constructor(document: Document, snapshot: Snapshot) {
    this.#document = document
    this.snapshot = snapshot
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
    const users = (this.#document.users ?? []).map((user) => (user.userName === userId ? changed(user, change) : user))
    const document = { ...this.#document, users }
    const reading = readDocument(JSON.stringify(document), 'simulation.json')
    if (!reading.ok) return { result: 'refused', reason: JSON.stringify(reading.problems[0]) }
    this.#document = document
    this.snapshot = compile(reading.document, ++this.#revision)
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

const busyDocument = companyDocument(true)
const busySnapshot = compiled(busyDocument)
const plainSnapshot = compiled(companyDocument(false))

/** @param busy with park slots, pickup groups and reminders of held calls */
export function newSettings(busy: boolean): UserSettings {
  return new UserSettings(busyDocument, busy ? busySnapshot : plainSnapshot)
}

function compiled(document: Document): Snapshot {
  const reading = readDocument(JSON.stringify(document), 'simulation.json')
  if (!reading.ok) throw new Error(reading.problems.map((problem) => JSON.stringify(problem)).join('\n'))
  return compile(reading.document, 1)
}
