/**
 * The engine's process: puts the rooms together and lives until its last call has ended or it is told to stop.
 * It is started by the supervisor and by nobody else (supervisor/supervise.ts).
 *
 * The order after a crash: journal, registrations and calls, sockets, then the configuration: so requests inside
 * dialogs and REGISTER are served before new calls can be.
 */
import { join } from 'node:path'
import type { RegistrationView } from './calls/call-server.ts'
import { CallServer } from './calls/call-server.ts'
import type { Document } from './config/document.ts'
import type { Snapshot } from './config/snapshot.ts'
import type { EngineReport, EngineStart } from './control/engine-start.ts'
import { engineStartVariable, isEngineOrder } from './control/engine-start.ts'
import { openLog } from './control/log-output.ts'
import type { EngineStatus, RegistrationEntry } from './control/protocol.ts'
import { ControlServer } from './control/server.ts'
import { DocumentKeeper } from './document-keeper.ts'
import { liveFacts } from './live-facts.ts'
import { Addresses, isLoopback } from './net/addresses.ts'
import { SystemClock } from './net/clock.ts'
import { bracketed } from './net/listener.ts'
import { SocketNetwork } from './net/network.ts'
import { SystemRandom } from './net/random.ts'
import { defaultStreamLimits } from './net/tcp-connection.ts'
import { nonceKey } from './nonce-key.ts'
import { packageVersion } from './package-version.ts'
import { openJournal } from './records/journal-file.ts'
import { createFraming } from './sip/framing.ts'

/** How often a draining engine looks whether its last call has ended, in milliseconds. */
const drainLook = 100

const start = readStart()
if (process.connected !== true) process.exit(0)
const output = openLog('engine', start.logLevel, start.logFormat)
const { log } = output

// A bug: the state in memory may be half changed. What the journal holds is whole, so a new engine goes on from there.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'A fault in the program: the engine ends and is started again')
  output.flush()
  process.exit(70)
})
// The supervisor is gone, and with it whoever would start us again and hold the sockets.
process.on('disconnect', () => process.exit(0))
// A terminal or service manager signals every process of the group: the supervisor decides for both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

await run().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  const report: EngineReport = { report: 'failed', message }
  log.fatal({}, message)
  output.flush()
  process.send?.(report, () => process.exit(78))
})

async function run(): Promise<void> {
  const startedAt = Date.now()
  const clock = new SystemClock()
  const random = new SystemRandom()
  const journalFile = openJournal(join(start.dataFolder, 'journal'), {
    log: {
      info: (message) => log.info(message),
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
  })
  for (const line of journalFile.recovered.damage) log.warn({}, line)
  const addresses = new Addresses(start.listeners)
  const network = new SocketNetwork({
    listeners: start.listeners,
    addresses,
    framing: createFraming,
    streamLimits: { ...defaultStreamLimits, connectionsPerSource: start.tcpConnectionsPerSource },
    beforeSend: () => journalFile.flush(),
    log,
  })
  const server = new CallServer({
    network,
    clock,
    random,
    journal: journalFile.journal,
    log,
    snapshot: null,
    nonceKey: nonceKey(start.dataFolder),
    isOwnHost: (host) => addresses.isOwnHost(host),
  })
  server.restore(journalFile.recovered)
  await network.open(server)

  let snapshot: Snapshot | null = null
  const documents = new DocumentKeeper({
    dataFolder: start.dataFolder,
    path: start.document,
    log,
    refuse: refuseSample,
    inForce(next) {
      snapshot = next
      server.replaceSnapshot(next)
    },
  })
  let draining = false
  const status = (): EngineStatus => ({
    pid: process.pid,
    version: packageVersion(),
    startedAt,
    revision: documents.revision,
    documentProblems: documents.problems,
    calls: server.callsInProgress,
    registrations: server.registrationViews().length,
    connections: network.connections,
    draining,
    journalHealthy: journalFile.healthy,
    listeners: start.listeners.map(({ transport, address, port }) => `${transport} ${bracketed(address)}:${port}`),
  })
  const control = new ControlServer({
    status,
    registrations: () => server.registrationViews().map((view) => withUser(view, snapshot)),
    calls: () => server.callViews(),
    facts: (users, trunks) => liveFacts(snapshot, server.usage, users, trunks),
  })
  await control.listen(start.dataFolder)
  await documents.start()

  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await Promise.all([network.close(), control.close()])
    await journalFile.close()
    log.info({ callsLeft: server.callsInProgress }, 'Engine ends')
    output.flush()
    process.exit(0)
  }
  const drain = () => {
    if (draining) return
    draining = true
    server.drain()
    tell({ report: 'draining', calls: server.callsInProgress })
    const deadline = performance.now() + start.drainSeconds * 1000
    const look = setInterval(() => {
      if (server.callsInProgress > 0 && performance.now() < deadline) return
      clearInterval(look)
      void end()
    }, drainLook)
  }
  process.on('message', (order) => {
    if (!isEngineOrder(order)) return
    switch (order.order) {
      case 'drain':
        drain()
        return
      case 'stop':
        void end()
        return
      case 'reload':
        void documents.reload()
        return
      default:
        order satisfies never
    }
  })
  tell({ report: 'ready' })
}

function withUser(view: RegistrationView, snapshot: Snapshot | null): RegistrationEntry {
  const user = snapshot?.devicesBySipUserName.get(view.sipUserName)?.user
  return { ...view, userId: user?.id ?? '', user: user?.displayName ?? '', extension: user?.extension ?? '' }
}

function tell(report: EngineReport): void {
  // The supervisor may be gone already; 'disconnect' sees to that.
  process.send?.(report, () => undefined)
}

function readStart(): EngineStart {
  const text = process.env[engineStartVariable]
  if (text === undefined) {
    process.stderr.write('The engine is started by `ringdown serve`\n')
    process.exit(64)
  }
  return JSON.parse(text) as EngineStart
}

/** docs/trust.md, First start: the sample company is for trying out on one machine. */
function refuseSample(document: Document): string | null {
  const trunks = document.trunks?.length ?? 0
  const outside = start.listeners.find((listener) => !isLoopback(listener.address))
  if (document.sample !== true || trunks === 0 || outside === undefined || start.allowSample) return null
  return `The sample company's trunk must not be reached at ${outside.address}: take it out of the document`
}
