/** Runs the bare floor (`floor.ts`) as a server of its own, on either socket. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadNativeSockets } from '../../engine/net/batching-socket/native-socket.ts'
import { startChild } from './child.ts'
import type { BenchServer, RunningServer, ServerPlan } from './server.ts'

// Without timers nothing lingers; the last answers of the phones are all there is to wait for.
const LINGER_SECONDS = 5

export const floorServer: BenchServer = {
  name: 'floor',
  title: 'bare floor',
  lingerSeconds: LINGER_SECONDS,
  missing: () => null,
  start: (plan) => startFloor(plan, 'dgram'),
}

/** The same script on the engine's batching socket. */
export const batchingFloorServer: BenchServer = {
  name: 'floor-batching',
  title: 'bare floor, batching',
  lingerSeconds: LINGER_SECONDS,
  missing: missingBatching,
  start: (plan) => startFloor(plan, 'batching'),
}

async function startFloor(plan: ServerPlan, socket: 'dgram' | 'batching'): Promise<RunningServer> {
  const numbersFile = join(plan.directory, 'numbers.csv')
  writeFileSync(numbersFile, plan.users.map((user) => `${user.phoneNumber};${user.sipUserName}\n`).join(''))
  const script = fileURLToPath(new URL('./floor.js', import.meta.url))
  const args = [script, String(plan.port), numbersFile, socket]
  const child = await startChild(process.execPath, args, plan.port, plan.directory)
  return { processId: child.processId, stop: child.stop, leftovers: async () => [] }
}

/** Why there is no batching socket here, or null. */
function missingBatching(): string | null {
  const native = loadNativeSockets()
  return native.kind === 'loaded' ? null : `the batching socket is not there (${native.why})`
}
