import { entitiesOf } from '../../../engine/config/compile/compile-document.ts'
import type { Document, DocumentUser } from '../../../engine/config/document.ts'
import type { EntityChange } from '../../../engine/config/entities/kind.ts'
import { openStore } from '../../../engine/config/store/open-store.ts'
import type { Credentials } from '../../wire/digest.ts'

/** Somebody with one phone. */
export interface Somebody extends Credentials {
  readonly id: string
  readonly extension: string
}

export const domain = 'north.test'

/** Extensions of people begin here, those of park slots above them. */
const firstExtension = 100_000
const firstSlot = 900_000

/** A company of so many users, of whom the first take part in calls. */
export class ManyUsers {
  readonly #count: number
  readonly #slots: number
  readonly #recorded: number
  #takenRecorded = 0
  #taken: number

  /**
   * @param slots park slots
   * @param recorded users whose calls are recorded
   */
  constructor(count: number, slots: number, recorded: number) {
    this.#count = count
    this.#slots = slots
    this.#recorded = recorded
    this.#taken = recorded
  }

  /** The next who takes part. */
  next(): Somebody {
    if (this.#taken >= this.#count) throw new Error(`${this.#count} users are too few for so many calls`)
    return somebodyOf(this.#taken++)
  }

  /** The next whose calls are recorded. */
  nextRecorded(): Somebody {
    if (this.#takenRecorded >= this.#recorded) throw new Error('Too few users are recorded')
    return somebodyOf(this.#takenRecorded++)
  }

  /** Those who take part in nothing, at most so many. */
  others(most: number): readonly Somebody[] {
    const count = Math.max(0, Math.min(most, this.#count - this.#taken))
    return Array.from({ length: count }, (_, index) => somebodyOf(this.#taken + index))
  }

  /** Extension of a park slot. */
  slot(index: number): string {
    return String(firstSlot + index)
  }

  /** Writes all of it into the store of a data folder that has none. */
  async write(dataFolder: string): Promise<void> {
    const store = await openStore(dataFolder)
    const changes = [...entitiesOf(this.#document())].map(({ kind, id, after }): EntityChange => {
      return { kind, id, before: null, after }
    })
    const result = await store.commit(0, changes, { actor: 'crash', address: '', source: 'command' }, 'everybody')
    await store.close()
    if (!result.ok) throw new Error('The configuration was refused')
  }

  #document(): Document {
    const people = Array.from({ length: this.#count }, (_, index) => somebodyOf(index))
    return {
      account: { name: 'Many' },
      pbxs: [{ id: 'north', name: 'North', domain, country: 'GB' }],
      sites: [{ id: 'office', name: 'Office', pbx: 'north', timeZone: 'Europe/London' }],
      users: people.map(({ id, extension }, index): DocumentUser => {
        return {
          userName: id,
          firstName: 'Nora',
          lastName: `Number ${extension}`,
          email: 'nora@example.com',
          site: 'office',
          extension,
          ringSeconds: 60,
          ...(index < this.#recorded ? { recording: { mode: 'always' } } : {}),
        }
      }),
      devices: people.map(({ id, userName, password }) => {
        return { user: id, sipUserName: userName, password, digestAlgorithms: ['MD5'] }
      }),
      parkSlots: Array.from({ length: this.#slots }, (_, index) => {
        return { id: `slot-${index}`, site: 'office', name: `Slot ${index}`, extension: this.slot(index) }
      }),
    }
  }
}

function somebodyOf(index: number): Somebody {
  const extension = String(firstExtension + index)
  return { id: `n${extension}`, extension, userName: `p${extension}`, password: `secret-of-${extension}` }
}
