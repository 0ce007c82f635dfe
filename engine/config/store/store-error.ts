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
