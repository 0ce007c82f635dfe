import type { EntryKind, Journal, RecoveredEntries } from '../../engine/records/entries.ts'
import { CallRecords } from './call-records.ts'
import { MessageRecords } from './message-records.ts'

interface Entry {
  readonly kind: EntryKind
  readonly key: string
  readonly value: string
}

/**
 * The journal as its promise says: what is put in a turn is kept once the turn is over, before its messages leave; a
 * process that dies within the turn loses all of the turn and nothing before it.
 */
export class MemoryJournal implements Journal {
  readonly #kept = new Map<string, Entry>()
  readonly records = new CallRecords()
  readonly messages = new MessageRecords()
  #pending: { readonly id: string; readonly entry: Entry | null }[] = []

  put(kind: EntryKind, key: string, value: string): void {
    this.#pending.push({ id: `${kind} ${key}`, entry: { kind, key, value } })
  }

  remove(kind: EntryKind, key: string): void {
    this.#pending.push({ id: `${kind} ${key}`, entry: null })
  }

  /** The turn is over. */
  commit(): void {
    for (const { id, entry } of this.#pending) {
      // Taken out first, so that the newest stands last.
      this.#kept.delete(id)
      if (entry !== null) this.#kept.set(id, entry)
    }
    this.#pending = []
    this.records.commit()
    this.messages.commit()
  }

  /** The process died within the turn. */
  forgetTurn(): void {
    this.#pending = []
    this.records.forgetTurn()
    this.messages.forgetTurn()
  }

  recovered(): RecoveredEntries {
    const calls = [...this.#kept.values()].filter(({ kind }) => kind === 'call').map(({ key }) => key)
    this.records.resume(new Set(calls))
    return { entries: [...this.#kept.values()], damage: [], begun: this.records.begun() }
  }

  /** Kind and key of everything kept but registrations, subscriptions, last callers and what is used of limits in a day. */
  leftovers(): string[] {
    const lasting = ['registration', 'subscription', 'lastCaller', 'message', 'toll']
    const waiting = [...this.#kept.values()].filter(({ kind }) => kind === 'message').map(({ key }) => key)
    const others = [...this.#kept.entries()].filter(([, entry]) => !lasting.includes(entry.kind)).map(([id]) => id)
    return [...others, ...this.messages.faults(new Set(waiting))]
  }
}
