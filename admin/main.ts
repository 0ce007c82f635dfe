/**
 * The admin process. It is started by the supervisor and by nobody else (supervisor/kept-process.ts), serves the API
 * when it is ordered to, and ends with the supervisor. Calls do not depend on it.
 */
import type { AdminStart } from '../engine/control/admin-start.ts'
import type { KeptReport } from '../engine/control/kept-start.ts'
import { isKeptOrder } from '../engine/control/kept-start.ts'
import { openLog } from '../engine/control/log-output.ts'
import type { ServedAdmin } from './serve-admin.ts'
import { serveAdmin } from './serve-admin.ts'

if (process.send === undefined) {
  process.stderr.write('The admin process is started by `ringdown serve`\n')
  process.exit(64)
}
if (!process.connected) process.exit(0)
// The supervisor is gone. What was being written is whole or not there: every write is one transaction.
process.on('disconnect', () => process.exit(0))
// A terminal or service manager signals every process of the group: the supervisor decides for all.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

let serving: Promise<ServedAdmin | null> | null = null

process.on('message', (order) => {
  if (!isKeptOrder<AdminStart>(order)) return
  if (order.order === 'serve') serving ??= serve(order.start)
  else void stop()
})

async function serve(start: AdminStart): Promise<ServedAdmin | null> {
  const output = openLog('admin', start.logLevel, start.logFormat)
  process.on('uncaughtException', (error) => {
    output.log.fatal({ err: error }, 'A fault in the program: the admin process ends and is started again')
    output.flush()
    process.exit(70)
  })
  try {
    const served = await serveAdmin(start, output.log)
    tell({ report: 'ready' })
    return served
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    output.flush()
    tell({ report: 'failed', message }, () => process.exit(78))
    return null
  }
}

/** What is being written is finished first. */
async function stop(): Promise<void> {
  const served = await serving
  await served?.close()
  process.exit(0)
}

function tell(report: KeptReport, told: () => void = () => undefined): void {
  // The supervisor may be gone already; 'disconnect' sees to that.
  process.send?.(report, told)
}
