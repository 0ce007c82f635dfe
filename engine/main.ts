/**
 * The engine's process. It is started by the supervisor and by nobody else (supervisor/supervise.ts), loads its modules
 * and waits for the order to serve. The spare one of two waits until the other dies
 * (docs/decisions/0004-standby-engine.md); meanwhile it keeps the configuration compiled
 * (docs/decisions/0053-a-standby-that-knows-the-configuration.md) and has nothing else opened.
 */
import type { EngineReport, EngineStart, ServingOrder } from './control/engine-start.ts'
import { isEngineOrder } from './control/engine-start.ts'
import { HugePages } from './huge-pages/huge-pages.ts'

if (process.send === undefined) {
  process.stderr.write('The engine is started by `ringdown serve`\n')
  process.exit(64)
}
if (!process.connected) process.exit(0)
// The supervisor is gone, and with it whoever would start us again and hold the sockets.
process.on('disconnect', () => process.exit(0))
// A terminal or service manager signals every process of the group: the supervisor decides for all.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

// Before the heap grows.
const hugePages = new HugePages()

/**
 * What it serves with. Loaded only now: it takes long enough for a signal to come in between. The reader's thread loads its
 * modules too, so that a standby engine has them.
 */
const loading = Promise.all([
  import('./control/log-output.ts'),
  import('./serve-calls.ts'),
  Promise.all([import('./configuration-reader.ts'), import('./configuration-loader.ts')]).then(
    ([{ ConfigurationReader }, { ConfigurationLoader }]) => {
      const reader = new ConfigurationReader()
      const compiledWhole = () => hugePages.sweepSoon()
      return {
        reader,
        loader: new ConfigurationLoader({ source: reader, now: () => performance.now(), compiledWhole }),
      }
    },
  ),
])

// A program that cannot load its modules ends by that; the supervisor sees it.
void loading.then(() => {
  if (serving === null) tell({ report: 'waiting' })
})

/** Settles when it serves; orders that come before wait for that. */
let serving: Promise<(order: ServingOrder) => void> | null = null

// Listening is also what keeps a waiting process alive.
process.on('message', (order) => {
  if (!isEngineOrder(order)) return
  if (order.order === 'serve') serving ??= serve(order.start)
  else if (order.order === 'prepare') void prepare(order.dataFolder)
  else
    serving?.then(
      (carryOut) => carryOut(order),
      () => undefined,
    )
})

/** Whatever is wrong with the configuration is told when it is to be served. */
async function prepare(dataFolder: string): Promise<void> {
  const [, , { reader, loader }] = await loading
  if (serving !== null) return
  reader.open(dataFolder, () => void loader.refresh())
  await loader.refresh()
}

async function serve(start: EngineStart): Promise<(order: ServingOrder) => void> {
  const [{ openLog }, { serveCalls }, configuration] = await loading
  const output = openLog('engine', start.logLevel, start.logFormat)
  // A bug: the state in memory may be half changed. What the journal holds is whole, so a new engine goes on from there.
  process.on('uncaughtException', (error) => {
    output.log.fatal({ err: error }, 'A fault in the program: the engine ends and is started again')
    output.flush()
    process.exit(70)
  })
  try {
    return await serveCalls(start, output, tell, configuration)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    output.log.fatal({}, message)
    output.flush()
    tell({ report: 'failed', message }, () => process.exit(78))
    return () => undefined
  }
}

function tell(report: EngineReport, told: () => void = () => undefined): void {
  // The supervisor may be gone already; 'disconnect' sees to that.
  process.send?.(report, told)
}
