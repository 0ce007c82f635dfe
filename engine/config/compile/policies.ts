import type { ProfilePolicyBody } from '../entities/profile-policy.ts'
import type { ChangesOfKind } from './changes-by-kind.ts'

/** What profile policies mean for calls and messages. They are few, and users name them by id. */
export class Policies {
  /** Ids of those that switch messages off. Another object where one of them changed. */
  messagingOff: ReadonlySet<string> = new Set()

  apply(changes: ChangesOfKind): void {
    if (changes.size === 0) return
    const messagingOff = new Set(this.messagingOff)
    for (const [id, body] of changes) {
      if (body !== null && (body as ProfilePolicyBody).locks.includes('messaging')) messagingOff.add(id)
      else messagingOff.delete(id)
    }
    this.messagingOff = messagingOff
  }
}
