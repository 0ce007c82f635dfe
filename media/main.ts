/**
 * A media process. It is started by the supervisor and by nobody else (supervisor/kept-process.ts), moves sound as the
 * engine orders, and ends with the supervisor. Calls go on without it, and their sound as soon as another is there.
 */
import type { KeptReport } from '../engine/control/kept-start.ts'
import { isKeptOrder } from '../engine/control/kept-start.ts'
import { openLog } from '../engine/control/log-output.ts'
import type { MediaStart } from '../engine/control/media-start.ts'
import type { ServedMedia } from './serve-media.ts'
import { serveMedia } from './serve-media.ts'

if (process.send === undefined) {
  process.stderr.write('A media process is started by `ringdown serve`\n')
  process.exit(64)
}
if (!process.connected) process.exit(0)
process.on('disconnect', () => process.exit(0))
// A terminal or service manager signals every process of the group: the supervisor decides for all.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

let served: ServedMedia | null = null

process.on('message', (order) => {
  if (!isKeptOrder<MediaStart>(order)) return
  if (order.order === 'serve') served ??= serve(order.start)
  else void stop()
})

/** What is being recorded is completed first. */
async function stop(): Promise<void> {
  await served?.close()
  process.exit(0)
}

function serve(start: MediaStart): ServedMedia | null {
  const output = openLog(`media ${start.process}`, start.logLevel, start.logFormat)
  process.on('uncaughtException', (error) => {
    output.log.fatal({ err: error }, 'A fault in the program: the media process ends and is started again')
    output.flush()
    process.exit(70)
  })
  try {
    const media = serveMedia(start, output.log)
    tell({ report: 'ready' })
    return media
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    output.flush()
    tell({ report: 'failed', message }, () => process.exit(78))
    return null
  }
}

function tell(report: KeptReport, told: () => void = () => undefined): void {
  // The supervisor may be gone already; 'disconnect' sees to that.
  process.send?.(report, told)
}
