/**
 * What the journal holds: the latest value of each entry, by kind and key. A value is a *binary string* (one character
 * a byte) that the entry's owner writes with `save` and reads with `load`; the journal does not look inside.
 */

/** One character a kind, as it is written to the file. */
export type EntryKind =
  | 'call'
  | 'obligation'
  | 'registration'
  | 'subscription'
  | 'trunk'
  | 'sound'
  | 'lastCaller'
  | 'toll'
  | 'message'

export interface Journal {
  /** Records the newest value of an entry. Written at the end of this turn, before its messages leave. Never throws. */
  put(kind: EntryKind, key: string, value: string): void
  /**
   * The entry is over. That of a registration, trunk or message is written like `put`; that of a call, obligation or subscription
   * up to a tenth of a second later, because one that comes back after a crash is only ended again.
   */
  remove(kind: EntryKind, key: string): void
}

/** What was found when the journal was opened. */
export interface RecoveredEntries {
  /** Oldest first. */
  readonly entries: readonly { readonly kind: EntryKind; readonly key: string; readonly value: string }[]
  /** One line for people for each damaged place that had to be skipped. */
  readonly damage: readonly string[]
  /** Calls that began in the last minute, however they went on; left out where there are none. */
  readonly begun?: readonly BegunCall[]
}

/** What tells a copy of a call's INVITE (RFC 3261 §8.2.2.2). */
export interface BegunCall {
  readonly callId: string
  readonly fromTag: string
  readonly sequence: number
}
