/** Runs Ringdown as `npm start` leaves it: supervisor, engine, standby and admin process, journal and records on. */

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ControlClient } from '../../engine/control/client.ts'
import { recoverJournal } from '../../engine/records/journal-recovery.ts'
import { ProcessFamily } from '../../load/measure/process-family.ts'
import { startChild } from './child.ts'
import { documentFor } from './ringdown-document.ts'
import type { BenchServer, RunningServer, ServerPlan } from './server.ts'

// Timers B, F, H, J and L of transactions last 32 s.
const LINGER_SECONDS = 35
const READY_SECONDS = 180
/** Supervisor, engine, the admin process, and the standby engine that comes seconds after it. */
const PROCESSES = 4
/** How long standby and admin process may take to load; what that costs is no part of the figures. */
const LOAD_SECONDS = 6
const COMMAND = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

export const ringdownServer: BenchServer = {
  name: 'ringdown',
  title: 'Ringdown',
  lingerSeconds: LINGER_SECONDS,
  missing: () => (existsSync(COMMAND) ? null : `${COMMAND} is not there: npm run build`),
  start: (plan) => startRingdown(plan, []),
}

/** The same with the socket that serves where the batching one is not built. */
export const dgramRingdownServer: BenchServer = {
  ...ringdownServer,
  name: 'ringdown-dgram',
  title: 'Ringdown, dgram',
  start: (plan) => startRingdown(plan, ['--udp-socket', 'dgram']),
}

/** The same with a media process, which calls between phones of one local network do without (`--digest`). */
export const mediaRingdownServer: BenchServer = {
  ...ringdownServer,
  name: 'ringdown-media',
  title: 'Ringdown, media',
  start: (plan) => startRingdown(plan, [], 1),
}

/** Where the API of a server that was started for a plan listens. */
export function httpPortOf(plan: Pick<ServerPlan, 'port'>): number {
  return plan.port + 20
}

/**
 * @param more settings that are not at their default
 * @param mediaProcesses of its own; the other servers leave sound to the phones, though the callers are a trunk
 */
export async function startRingdown(
  plan: ServerPlan,
  more: readonly string[],
  mediaProcesses = 0,
): Promise<RunningServer> {
  const data = join(plan.directory, 'data')
  const documentFile = join(plan.directory, 'document.json')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(documentFile, JSON.stringify(documentFor(plan)))
  const child = await startChild(
    process.execPath,
    [
      COMMAND,
      'serve',
      '--data',
      data,
      '--config',
      documentFile,
      '--bind',
      '127.0.0.1',
      '--sip-port',
      String(plan.port),
      '--http-port',
      String(httpPortOf(plan)),
      '--media-processes',
      String(mediaProcesses),
      ...more,
    ],
    plan.port,
    plan.directory,
  )
  try {
    await configurationInForce(data)
    await standbyWaits(child.processId, PROCESSES + mediaProcesses)
  } catch (error) {
    await child.stop()
    throw error
  }
  let copies = 0
  return {
    processId: child.processId,
    stop: child.stop,
    leftovers: async () => {
      copies += 1
      const live = await liveLeftovers(data, plan.users.length)
      return [...live, ...journalLeftovers(join(data, 'journal'), join(plan.directory, `journal-${copies}`))]
    },
  }
}

/** Waits until the configuration is in force: the port is open before. */
async function configurationInForce(data: string): Promise<void> {
  for (let waited = 0; waited < READY_SECONDS * 1000; waited += 100) {
    const client = await ControlClient.open(data).catch(() => null)
    try {
      const status = await client?.status()
      if (status !== undefined && status.revision > 0) return
      if (status !== undefined && status.documentProblems.length > 0)
        throw new Error(status.documentProblems.join('\n'))
    } finally {
      client?.close()
    }
    await pause(100)
  }
  throw new Error(`Ringdown has no configuration in force after ${READY_SECONDS} s`)
}

/** Waits until the standby engine is there too and does nothing any more. */
async function standbyWaits(supervisor: number, processes: number): Promise<void> {
  const family = new ProcessFamily(supervisor)
  for (let waited = 0; waited < READY_SECONDS * 1000; waited += 100) {
    if (family.sample().processIds.length === processes) {
      await pause(LOAD_SECONDS * 1000)
      return
    }
    await pause(100)
  }
  throw new Error(`Ringdown has no standby engine after ${READY_SECONDS} s`)
}

/** What the engine says it still holds. */
async function liveLeftovers(data: string, phones: number): Promise<string[]> {
  const client = await ControlClient.open(data)
  try {
    const calls = await client.calls()
    const status = await client.status()
    const problems: string[] = []
    if (calls.length > 0) problems.push(`${calls.length} calls are still shown by "ringdown calls"`)
    if (status.registrations !== phones) problems.push(`${status.registrations} of ${phones} phones are registered`)
    if (!status.journalHealthy) problems.push('the journal is not being written')
    return problems
  } finally {
    client.close()
  }
}

/** Calls that are still open in the journal, and damage. Read from a copy: recovery mends what it reads. */
function journalLeftovers(journal: string, copy: string): string[] {
  cpSync(journal, copy, { recursive: true })
  const { entries, damage } = recoverJournal(copy).recovered
  const open = entries.filter((entry) => entry.kind === 'call').length
  return open === 0 ? [...damage] : [`${open} calls are still open in the journal`, ...damage]
}
