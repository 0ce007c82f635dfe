import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AdminStart } from '../engine/control/admin-start.ts'
import type { KeptOrder, KeptReport } from '../engine/control/kept-start.ts'
import { isKeptReport } from '../engine/control/kept-start.ts'
import type { MediaStart } from '../engine/control/media-start.ts'

type Order = KeptOrder<AdminStart | MediaStart>

/** Who hears of a process beside the engine. */
export interface KeptListener {
  reported(report: KeptReport): void
  /** Once, and the last that is heard; `how` is for people. */
  ended(how: string): void
}

export interface KeptProcess {
  /** `undefined` where it could not be made. */
  readonly pid: number | undefined
  /** Asks it to finish what it is doing and to end. */
  stop(): void
  kill(): void
}

const programs = {
  admin: fileURLToPath(new URL('../admin/main.js', import.meta.url)),
  media: fileURLToPath(new URL('../media/main.js', import.meta.url)),
}

/**
 * For the admin process, whose changes of the configuration people wait for (docs/decisions/0044-answers-go-second.md and
 * 0060-what-a-change-waits-for.md):
 *
 * - New objects are collected in portions of at most 4 MB, by the thread that made them: V8's helpers would do it at the
 *   priority of the process, also for threads that give way to calls. Old ones are marked by the helpers, beside the thread
 *   that answers: alone it had stopped for as long as that took, in the middle of imports.
 * - The heap is not made smaller when little happens, which stops everything for up to 45 ms, often with the first change.
 * - Code is compiled when it first runs, and kept. A server is changed rarely, and code that runs rarely is interpreted
 *   otherwise, or has been forgotten.
 */
const v8Options = {
  admin: [
    '--max-semi-space-size=4',
    '--no-parallel-scavenge',
    '--no-memory-reducer',
    '--always-sparkplug',
    '--no-flush-bytecode',
  ],
  media: [],
} as const

/**
 * Starts the admin process or a media process. Never throws: one that cannot be made ends a moment later. Which of their
 * threads goes before others, and which gives way, they say themselves (engine/control/give-way.ts).
 */
export function startKeptProcess(
  program: keyof typeof programs,
  start: Order & { readonly order: 'serve' },
  environment: NodeJS.ProcessEnv,
  listener: KeptListener,
): KeptProcess {
  let gone = false
  const ended = (how: string) => {
    if (gone) return
    gone = true
    listener.ended(how)
  }
  let child: ChildProcess
  try {
    child = spawn(process.execPath, [...v8Options[program], programs[program]], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: environment,
    })
  } catch (error) {
    setImmediate(ended, error instanceof Error ? error.message : String(error))
    return { pid: undefined, stop: () => undefined, kill: () => undefined }
  }
  // 'error' comes instead of 'exit' where the process could not be made.
  child.on('error', (error) => {
    if (child.pid === undefined) ended(error.message)
  })
  child.on('exit', (code, signal) => ended(signal ?? `exit code ${code}`))
  child.on('message', (message) => {
    if (!gone && isKeptReport(message)) listener.reported(message)
  })
  const order = (what: Order) => {
    if (child.connected) child.send(what, () => undefined)
  }
  order(start)
  return { pid: child.pid, stop: () => order({ order: 'stop' }), kill: () => child.kill('SIGKILL') }
}
