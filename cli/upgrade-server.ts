/** `ringdown upgrade`: the running server goes on with the program that is on the disk now. */
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ControlClient, NoEngineError } from '../engine/control/client.ts'
import type { EngineStatus } from '../engine/control/protocol.ts'
import { lockOwner } from '../supervisor/data-folder.ts'
import { print } from './output.ts'
import { UsageError } from './usage-error.ts'

/** How long the new engine may take to serve, in milliseconds: it loads its modules first. */
const patience = 40_000
const lookEvery = 50

/** @throws UsageError where no server runs on the folder, or the new program does not serve */
export async function upgradeServer(data: string): Promise<void> {
  const folder = resolve(data)
  const supervisor = lockOwner(folder)
  if (supervisor === null) throw new UsageError(`no server is running on the data folder ${folder}`)
  const before = await statusOf(folder)
  if (before === null) throw new UsageError('no engine serves at the moment: try again when one does')
  process.kill(supervisor, 'SIGUSR2')
  const deadline = performance.now() + patience
  while (performance.now() < deadline) {
    await pause(lookEvery)
    const now = await statusOf(folder)
    if (now === null || now.pid === before.pid) continue
    const from = now.version === before.version ? 'as before' : `it was ${before.version}`
    print(`Version ${now.version} serves now (${from}), with ${now.calls} calls in progress.`)
    return
  }
  throw new UsageError('the new program does not serve, the old one goes on: the log of the server says why')
}

async function statusOf(folder: string): Promise<EngineStatus | null> {
  let engine: ControlClient
  try {
    engine = await ControlClient.open(folder)
  } catch (error) {
    if (error instanceof NoEngineError) return null
    throw error
  }
  try {
    return await engine.status()
  } catch (error) {
    if (error instanceof NoEngineError) return null
    throw error
  } finally {
    engine.close()
  }
}
