/** Runs the bare floor (`floor.ts`) as a server of its own. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild } from './child.ts'
import type { BenchServer, RunningServer, ServerPlan } from './server.ts'

// Without timers nothing lingers; the last answers of the phones are all there is to wait for.
const LINGER_SECONDS = 5

export const floorServer: BenchServer = {
  name: 'floor',
  title: 'bare floor',
  lingerSeconds: LINGER_SECONDS,
  missing: () => null,
  start: startFloor,
}

async function startFloor(plan: ServerPlan): Promise<RunningServer> {
  const numbersFile = join(plan.directory, 'numbers.csv')
  writeFileSync(numbersFile, plan.users.map((user) => `${user.phoneNumber};${user.sipUserName}\n`).join(''))
  const script = fileURLToPath(new URL('./floor.js', import.meta.url))
  const child = await startChild(process.execPath, [script, String(plan.port), numbersFile], plan.port, plan.directory)
  return { processId: child.processId, stop: child.stop, leftovers: async () => [] }
}
