import { Sqlite } from '../../sqlite/sqlite.ts'

/**
 * `newer`: made by a later version of this program; `missing`: there is none; `locked`: another process writes too long;
 * `full`: no room on the disk; `read-only`: the file may not be written; `damaged`: it is no database or a broken one;
 * `unreadable`: the system refuses to read or write it.
 */
export type StoreFault = 'newer' | 'missing' | 'locked' | 'full' | 'read-only' | 'damaged' | 'unreadable'

/** The store could not do what was asked, and changed nothing. The message is one line for people. */
export class StoreError extends Error {
  readonly fault: StoreFault
  /** What to do. */
  readonly cure: string

  constructor(fault: StoreFault, message: string, cure: string) {
    super(`${message}: ${cure}`)
    this.name = 'StoreError'
    this.fault = fault
    this.cure = cure
  }
}

interface Saying {
  readonly fault: StoreFault
  readonly says: string
  readonly cure: string
}

/** SQLite's result codes by their beginnings (https://www.sqlite.org/rescode.html); the first that fits counts. */
const sayings: readonly (readonly [code: string, saying: Saying])[] = [
  ['SQLITE_BUSY', { fault: 'locked', says: 'is being written by another process', cure: 'try again in a moment' }],
  ['SQLITE_LOCKED', { fault: 'locked', says: 'is being written by another process', cure: 'try again in a moment' }],
  ['SQLITE_FULL', { fault: 'full', says: 'cannot grow, because the disk is full', cure: 'make room and try again' }],
  // The memory that connections share is a file too.
  [
    'SQLITE_IOERR_SHMSIZE',
    { fault: 'full', says: 'cannot grow, because the disk is full', cure: 'make room and try again' },
  ],
  [
    'SQLITE_READONLY',
    { fault: 'read-only', says: 'may not be written', cure: 'give it and its folder to the user who runs ringdown' },
  ],
  [
    'SQLITE_PERM',
    { fault: 'read-only', says: 'may not be written', cure: 'give it and its folder to the user who runs ringdown' },
  ],
  [
    'SQLITE_AUTH',
    { fault: 'read-only', says: 'may not be written', cure: 'give it and its folder to the user who runs ringdown' },
  ],
  ['SQLITE_CORRUPT', { fault: 'damaged', says: 'is damaged', cure: 'put a backup in its place (docs/store.md)' }],
  [
    'SQLITE_NOTADB',
    { fault: 'damaged', says: 'is no database', cure: 'move it away, or put a backup in its place (docs/store.md)' },
  ],
  [
    'SQLITE_CANTOPEN',
    { fault: 'unreadable', says: 'cannot be opened', cure: 'look at its owner and rights, and at those of its folder' },
  ],
  [
    'SQLITE_IOERR',
    {
      fault: 'unreadable',
      says: 'cannot be read or written',
      cure: "look whether the disk is full, and at the system's log for faults of the disk",
    },
  ],
]

/** A fault of the file as a `StoreError`; anything else is a bug and stays what it is. */
export function storeErrorOf(path: string, error: unknown): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error
  const found = sayings.find(([code]) => error.code.startsWith(code))
  if (found === undefined) return error
  const { fault, says, cure } = found[1]
  return new StoreError(fault, `The configuration in ${path} ${says} (${error.code})`, cure)
}
