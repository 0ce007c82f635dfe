import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AdminOrder, AdminReport, AdminStart } from '../engine/control/admin-start.ts'
import { isAdminReport } from '../engine/control/admin-start.ts'

/** Who hears of the admin process. */
export interface AdminListener {
  reported(report: AdminReport): void
  /** Once, and the last that is heard; `how` is for people. */
  ended(how: string): void
}

export interface AdminProcess {
  /** `undefined` where it could not be made. */
  readonly pid: number | undefined
  /** Asks it to finish what it is doing and to end. */
  stop(): void
  kill(): void
}

const program = fileURLToPath(new URL('../admin/main.js', import.meta.url))

/**
 * Starts the admin process. Never throws: one that cannot be made ends a moment later. Its main thread, which answers, has
 * the engine's priority, or an answer would wait for calls; its threads for long work give way (engine/control/give-way.ts).
 */
export function startAdminProcess(
  start: AdminStart,
  environment: NodeJS.ProcessEnv,
  listener: AdminListener,
): AdminProcess {
  let gone = false
  const ended = (how: string) => {
    if (gone) return
    gone = true
    listener.ended(how)
  }
  let child: ChildProcess
  try {
    child = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: environment })
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
    if (!gone && isAdminReport(message)) listener.reported(message)
  })
  const order = (what: AdminOrder) => {
    if (child.connected) child.send(what, () => undefined)
  }
  order({ order: 'serve', start })
  return { pid: child.pid, stop: () => order({ order: 'stop' }), kill: () => child.kill('SIGKILL') }
}
