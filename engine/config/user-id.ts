/** Apart from the schema, so that an engine that compiles a document need not load what checks one. */
import type { DocumentUser } from './document.ts'

/** The id of a user: by default his user name. */
export function userId(user: DocumentUser): string {
  return user.id ?? user.userName
}
