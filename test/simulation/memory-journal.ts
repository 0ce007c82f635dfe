import type { CallBegan, CallEvents, CallWentOn } from '../../engine/records/call-events.ts'
import type { BegunCall, EntryKind, Journal, RecoveredEntries } from '../../engine/records/entries.ts'

interface Entry {
  readonly kind: EntryKind
  readonly key: string
  readonly value: string
}

/**
 * The journal as its promise says: what is put in a turn is kept once the turn is over, before its messages leave; a
 * process that dies within the turn loses all of the turn and nothing before it.
 */
export class MemoryJournal implements Journal, CallEvents {
  readonly #kept = new Map<string, Entry>()
  /** Records of calls: whether they are finished. */
  readonly #records = new Map<string, boolean>()
  #pendingRecords: (() => void)[] = []
  readonly #recordFaults: string[] = []
  readonly #begun: (BegunCall & { readonly at: number })[] = []
  #pending: { readonly id: string; readonly entry: Entry | null }[] = []

  put(kind: EntryKind, key: string, value: string): void {
    this.#pending.push({ id: `${kind} ${key}`, entry: { kind, key, value } })
  }

  remove(kind: EntryKind, key: string): void {
    this.#pending.push({ id: `${kind} ${key}`, entry: null })
  }

  began(event: CallBegan): void {
    this.#pendingRecords.push(() => {
      if (this.#records.has(event.id)) this.#recordFaults.push(`the record of ${event.id} begins twice`)
      this.#records.set(event.id, event.refusal !== null)
      this.#begun.push(event)
    })
  }

  wentOn({ id }: CallWentOn): void {
    this.#expectOpen(id, 'goes on')
  }

  answered(id: string): void {
    this.#expectOpen(id, 'is answered')
  }

  transferred(id: string, _at: number, _by: unknown, into: string): void {
    this.#expectOpen(id, 'is transferred')
    this.#expectOpen(into, 'takes over')
  }

  ended(id: string): void {
    this.#expectOpen(id, 'ends')
    this.#pendingRecords.push(() => this.#records.set(id, true))
  }

  #expectOpen(id: string, what: string): void {
    this.#pendingRecords.push(() => {
      if (this.#records.get(id) !== false) this.#recordFaults.push(`the record of ${id} ${what} and is not open`)
    })
  }

  /** What is wrong with the records of calls when all calls are over. */
  recordFaults(): string[] {
    const open = [...this.#records].filter(([, finished]) => !finished)
    return [...this.#recordFaults, ...open.map(([id]) => `the record of ${id} has no end`)]
  }

  /** The turn is over. */
  commit(): void {
    for (const { id, entry } of this.#pending) {
      // Taken out first, so that the newest stands last.
      this.#kept.delete(id)
      if (entry !== null) this.#kept.set(id, entry)
    }
    this.#pending = []
    for (const note of this.#pendingRecords) note()
    this.#pendingRecords = []
  }

  /** The process died within the turn. */
  forgetTurn(): void {
    this.#pending = []
    this.#pendingRecords = []
  }

  recovered(): RecoveredEntries {
    const newest = this.#begun.at(-1)?.at ?? 0
    const begun = this.#begun.filter(({ at }) => at > newest - 64_000)
    return { entries: [...this.#kept.values()], damage: [], begun }
  }

  /** Kind and key of everything kept but registrations, subscriptions and last callers. */
  leftovers(): string[] {
    const lasting = ['registration', 'subscription', 'lastCaller']
    return [...this.#kept.entries()].filter(([, entry]) => !lasting.includes(entry.kind)).map(([id]) => id)
  }
}
