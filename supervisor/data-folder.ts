import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** The start cannot go on; the message is one line for people that says what to do. */
export class StartError extends Error {}

/**
 * Makes the data folder where it is missing, readable by its owner only (it holds passwords).
 * @throws StartError where it cannot be made or written
 */
export function openDataFolder(folder: string): void {
  const advice = 'choose another with --data, or change its owner'
  try {
    const made = makeFolder(folder)
    if (!statSync(folder).isDirectory()) throw new StartError(`The data folder ${folder} is a file: ${advice}`)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    // An empty folder was made for us, by hand or by an installer; in any other, our files are shut one by one.
    if (!made && readdirSync(folder).length === 0) chmodSync(folder, 0o700)
  } catch (error) {
    if (error instanceof StartError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const reasons: Record<string, string> = {
      EACCES: 'is not writable for this user',
      EPERM: 'is not writable for this user',
      EROFS: 'is on a file system that cannot be written',
      ENOSPC: 'cannot be made: the disk is full',
      EEXIST: 'is a file',
      ENOTDIR: 'lies under something that is not a folder',
    }
    throw new StartError(`The data folder ${folder} ${reasons[code] ?? `cannot be used (${code})`}: ${advice}`)
  }
}

/** Makes a folder and those above it; `false` where it is there. (Node's own `recursive` never returns under /proc.) */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'ENOENT' || dirname(folder) === folder || existsSync(dirname(folder))) throw error
  }
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
  return true
}

export interface FolderLock {
  /** Whether the last owner died without giving it back. */
  readonly wasStale: boolean
  release(): void
}

/**
 * Makes this process the only one to serve the folder: a file with its id and the time it began, so that another
 * process that later gets the same id is not mistaken for it.
 * @throws StartError where another process serves it
 */
export function lockDataFolder(folder: string): FolderLock {
  const file = join(folder, 'supervisor.pid')
  const mine = `${process.pid} ${startTime(process.pid)}\n`
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o600 })
      return { wasStale: attempt > 0, release: () => rmSync(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = lockOwner(folder)
    if (owner !== null) {
      throw new StartError(
        `Process ${owner} already serves the data folder ${folder}: stop it, or choose another folder with --data`,
      )
    }
    rmSync(file, { force: true })
  }
  throw new StartError(`The data folder ${folder} is being taken by another process: try again`)
}

/** Id of the live process that serves the folder, or `null`. */
export function lockOwner(folder: string): number | null {
  let text: string
  try {
    text = readFileSync(join(folder, 'supervisor.pid'), 'latin1')
  } catch {
    return null
  }
  const [pid = '', began = ''] = text.trim().split(' ')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0) return null
  try {
    process.kill(number, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null
  }
  return startTime(number) === began ? number : null
}

/** When a process began, in the kernel's ticks (proc(5), field 22 of stat); '' where the system does not tell. */
function startTime(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything; fields are counted from behind it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
