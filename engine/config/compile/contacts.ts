import type { ContactBody } from '../entities/contact.ts'
import type { Contact } from '../snapshot.ts'
import { BucketMap } from './bucket-map.ts'
import type { ChangesOfKind } from './changes-by-kind.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'

const none: readonly Contact[] = []

/** Contacts by their numbers, as they are now. */
export class Contacts {
  byNumber = BucketMap.empty<readonly Contact[]>()
  /** Numbers by id. */
  readonly #numbers = BucketMap.empty<readonly string[]>().edit();

  *apply(changes: ChangesOfKind): Generator<void, void> {
    const byNumber = this.byNumber.edit()
    let count = 0
    for (const [id, body] of changes) {
      for (const number of this.#numbers.get(id) ?? []) {
        const left = (byNumber.get(number) ?? none).filter((contact) => contact.id !== id)
        if (left.length === 0) byNumber.delete(number)
        else byNumber.set(number, left)
      }
      this.#numbers.delete(id)
      if (body !== null) {
        const source = body as ContactBody
        const contact: Contact = { id, displayName: `${source.firstName} ${source.lastName}` }
        const numbers = (source.phoneNumbers ?? []).map(({ number }) => number)
        this.#numbers.set(id, numbers)
        for (const number of numbers) {
          const others = byNumber.get(number) ?? none
          byNumber.set(
            number,
            [...others, contact].sort((a, b) => (a.id < b.id ? -1 : 1)),
          )
        }
      }
      if (++count % entitiesBetweenPauses === 0) yield
    }
    this.byNumber = byNumber.finish()
  }
}
