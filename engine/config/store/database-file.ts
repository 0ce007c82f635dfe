import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { StoreError } from './store-error.ts'

/**
 * Makes the file where there is none: an empty file is an empty database. It holds passwords, so only its owner may read
 * it; SQLite gives its log the same rights.
 * @throws StoreError
 */
export function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600))
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch (error) {
    throw systemFault(path, error)
  }
}

/** @throws StoreError, also where it is there already */
export function makeEmptyFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    throw systemFault(path, error)
  }
}

/** Why the system did not let us, in words for people. */
export function systemFault(path: string, error: unknown): StoreError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  const what = `The configuration in ${path}`
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreError('full', `${what} cannot be made, because the disk is full`, 'make room and try again')
    case 'EEXIST':
      return new StoreError('unreadable', `${path} is there already`, 'choose another name, or move it away')
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StoreError(
        'read-only',
        `${what} may not be written (${code})`,
        'give it and its folder to the user who runs ringdown',
      )
    default:
      return new StoreError('unreadable', `${what} cannot be opened (${code})`, 'look at the data folder (--data)')
  }
}
