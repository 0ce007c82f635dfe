/** Who is on a side of a call, in the forms in which others want him. */
import type { User } from '../config/snapshot.ts'
import type { RecordedParty } from '../records/call-events.ts'
import type { Party } from './services.ts'
import { encodeText } from './text.ts'

/** A party as records name it. */
export function recordedParty({ kind, id, title }: Party): RecordedParty {
  return { kind, id, title: encodeText(title) }
}

/** A user as a party of a call. */
export function partyOfUser({ id, extension, displayName }: User): Party {
  return { kind: 'user', id, title: `${extension} ${displayName}`.trim() }
}
