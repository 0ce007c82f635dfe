/**
 * Puts the rooms of the engine together, for one life of serving calls.
 *
 * The order after a crash: journal, registrations and calls, sockets, then the configuration: so requests inside
 * dialogs are served even where a changed document takes long to check. Every line before the sockets is part of the gap that callers
 * see (docs/decisions/0004-standby-engine.md).
 */
import { join } from 'node:path'
import type { RegistrationView } from './calls/call-server.ts'
import { CallServer } from './calls/call-server.ts'
import type { Document } from './config/document.ts'
import type { Snapshot } from './config/snapshot.ts'
import type { EngineReport, EngineStart, ServingOrder } from './control/engine-start.ts'
import type { LogOutput } from './control/log-output.ts'
import type { EngineStatus, RegistrationEntry } from './control/protocol.ts'
import { ControlServer } from './control/server.ts'
import { DocumentKeeper } from './document-keeper.ts'
import { MetricsReader } from './engine-metrics.ts'
import { liveEvents } from './live-events.ts'
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
import { recordsDatabaseName } from './records/records-file.ts'
import { createFraming } from './sip/framing.ts'

/** How often a draining engine looks whether its last call has ended, in milliseconds. */
const drainLook = 100

/**
 * Serves calls until it is told to stop; then the process ends.
 *
 * @param tell reports to the supervisor
 * @returns what carries out the supervisor's orders
 * @throws Error with one line for people where it cannot start
 */
export async function serveCalls(
  start: EngineStart,
  output: LogOutput,
  tell: (report: EngineReport) => void,
): Promise<(order: ServingOrder) => void> {
  const { log } = output
  const startedAt = Date.now()
  const clock = new SystemClock()
  const random = new SystemRandom()
  const journalFile = openJournal(join(start.dataFolder, 'journal'), {
    records: { path: join(start.dataFolder, recordsDatabaseName), days: start.recordDays },
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
    udpSocket: start.udpSocket,
    beforeSend: () => journalFile.flush(),
    log,
  })
  const server = new CallServer({
    network,
    clock,
    random,
    journal: journalFile.journal,
    events: journalFile.events,
    log,
    snapshot: null,
    nonceKey: nonceKey(start.dataFolder),
    isOwnHost: (host) => addresses.isOwnHost(host),
  })
  server.restore(journalFile.recovered)
  await network.open(server)
  log.info(
    network.udpSocket.kind === 'dgram' ? { why: network.udpSocket.why } : {},
    udpSocketLine(network.udpSocket.kind),
  )

  let snapshot: Snapshot | null = null
  const documents = new DocumentKeeper({
    dataFolder: start.dataFolder,
    path: start.document,
    log,
    refuse: (document) => refuseSample(start, document),
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
    registrations: server.bindings.size,
    connections: network.connections,
    draining,
    journalHealthy: journalFile.healthy,
    listeners: start.listeners.map(({ transport, address, port }) => `${transport} ${bracketed(address)}:${port}`),
  })
  const entryOf = (view: RegistrationView) => withUser(view, snapshot)
  const events = liveEvents(server, entryOf)
  const metrics = new MetricsReader({
    startedAt,
    server,
    network,
    journal: journalFile,
    events,
    configuration: () => ({ revision: documents.revision, compileMilliseconds: documents.compileMilliseconds }),
  })
  const control = new ControlServer(
    {
      status,
      metrics: () => metrics.read(),
      *registrations() {
        for (const view of server.registrationViews()) yield entryOf(view)
      },
      calls: () => server.callViews(),
      facts: (users, trunks) => liveFacts(snapshot, server.usage, users, trunks),
      async bringIntoForce(revision) {
        const inForce = documents.revision >= revision
        return { inForce, revision: documents.revision, problems: documents.problems }
      },
      events,
    },
    log,
  )
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
  tell({ report: 'ready' })
  return (order) => {
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
  }
}

function udpSocketLine(kind: 'batching' | 'dgram'): string {
  return kind === 'batching' ? 'UDP by the batching socket' : 'UDP by node:dgram, datagram by datagram'
}

function withUser(view: RegistrationView, snapshot: Snapshot | null): RegistrationEntry {
  const device = snapshot?.devicesBySipUserName.get(view.sipUserName)
  const user = device === undefined ? undefined : snapshot?.users.get(device.userId)
  return { ...view, userId: user?.id ?? '', user: user?.displayName ?? '', extension: user?.extension ?? '' }
}

/** docs/trust.md, First start: the sample company is for trying out on one machine. */
function refuseSample(start: EngineStart, document: Document): string | null {
  const trunks = document.trunks?.length ?? 0
  const outside = start.listeners.find((listener) => !isLoopback(listener.address))
  if (document.sample !== true || trunks === 0 || outside === undefined || start.allowSample) return null
  return `The sample company's trunk must not be reached at ${outside.address}: take it out of the document`
}
