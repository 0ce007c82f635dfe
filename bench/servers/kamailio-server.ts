/** Runs Debian's Kamailio with `kamailio.cfg`. */

import { fileURLToPath } from 'node:url'
import { programPath, startChild } from './child.ts'
import type { BenchServer, RunningServer, ServerPlan } from './server.ts'

// Timer B, F and H of transactions last 32 s, the wait timer of answered ones 5 s, ended dialogs are kept for 5 s.
const LINGER_SECONDS = 35
const SHARED_MEMORY_MEGABYTES = '2048'
const PRIVATE_MEMORY_MEGABYTES = '64'
// dist/bench/servers to bench/servers: the compiler copies no configuration.
const CONFIGURATION = fileURLToPath(new URL('../../../bench/servers/kamailio.cfg', import.meta.url))

export const kamailioServer: BenchServer = {
  name: 'kamailio',
  title: 'Kamailio',
  lingerSeconds: LINGER_SECONDS,
  missing: () =>
    programPath('kamailio') === null ? 'kamailio is not installed: apt-get install kamailio (Debian)' : null,
  start: startKamailio,
}

async function startKamailio(plan: ServerPlan): Promise<RunningServer> {
  const child = await startChild(
    programPath('kamailio') ?? 'kamailio',
    [
      ...['-f', CONFIGURATION, '-l', `udp:127.0.0.1:${plan.port}`, '-DD', '-E'],
      ...((plan.signIn ?? 'none') === 'none' ? [] : ['-A', 'WITH_DIGEST']),
      ...['-m', SHARED_MEMORY_MEGABYTES, '-M', PRIVATE_MEMORY_MEGABYTES, '-x', 'fm'],
      ...['-b', String(plan.bufferBytes), '-Y', plan.directory, '-w', plan.directory],
    ],
    plan.port,
    plan.directory,
  )
  return { processId: child.processId, stop: child.stop, leftovers: async () => [] }
}
