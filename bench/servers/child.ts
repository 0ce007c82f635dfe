/** A server as a child process with a log file. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ProcessFamily } from '../../load/measure/process-family.ts'
import { udpPortInUse } from '../../load/measure/udp-ports.ts'

export interface ServerChild {
  readonly processId: number
  stop(): Promise<void>
}

const START_SECONDS = 30
const STOP_SECONDS = 10
const LOG_TAIL_CHARACTERS = 2000

/**
 * Starts a program that is to open a UDP port; its output goes to `server.log` in the folder.
 * @throws Error with the end of the log when the port stays closed.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  port: number,
  directory: string,
): Promise<ServerChild> {
  const logFile = join(directory, 'server.log')
  const log = openSync(logFile, 'w')
  const child = spawn(command, args, { cwd: directory, stdio: ['ignore', log, log] })
  closeSync(log)
  const ended = once(child, 'exit').catch(() => undefined)
  const running = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null

  // When the benchmark itself is ended, nothing it started may stay.
  const endWithUs = (): void => {
    if (child.pid !== undefined) endAllByForce(new ProcessFamily(child.pid).sample().processIds)
  }
  process.once('exit', endWithUs)

  const stop = async (): Promise<void> => {
    process.removeListener('exit', endWithUs)
    if (child.pid === undefined) return
    const family = new ProcessFamily(child.pid).sample().processIds
    if (running()) child.kill('SIGTERM')
    const limit = new AbortController()
    await Promise.race([ended, pause(STOP_SECONDS * 1000, undefined, { signal: limit.signal }).catch(() => undefined)])
    limit.abort()
    // A root that has to be killed would leave its children.
    if (running()) endAllByForce(family)
  }

  for (let waited = 0; waited < START_SECONDS * 1000 && running(); waited += 50) {
    if (udpPortInUse(port)) return { processId: child.pid ?? 0, stop }
    await pause(50)
  }
  await stop()
  const tail = readFileSync(logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS)
  throw new Error(`${command} did not open UDP port ${port}. The end of its log:\n${tail}`)
}

function endAllByForce(processIds: readonly number[]): void {
  for (const processId of processIds) {
    try {
      process.kill(processId, 'SIGKILL')
    } catch {
      // Gone already, which is what was wanted.
    }
  }
}

/** Full path of a program in PATH or in Debian's folder for services; null when it is not installed. */
export function programPath(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  for (const folder of folders) {
    const path = join(folder, name)
    if (folder !== '' && existsSync(path)) return path
  }
  return null
}
