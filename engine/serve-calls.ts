/**
 * Puts the rooms of the engine together, for one life of serving calls.
 *
 * The order after a crash: journal, calls, sockets, registrations and lamps, then the configuration, which another thread
 * reads meanwhile: so requests inside dialogs are served even where a large one takes long, or where phones are many. Every line before the sockets is
 * part of the gap that callers see (docs/decisions/0004-standby-engine.md).
 */
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CallGate } from './call-gate.ts'
import { CallServer } from './calls/call-server.ts'
import { carryOutOrder } from './calls/control/call-control.ts'
import { orderRecording } from './calls/ordered-recording.ts'
import type { RegistrationView } from './calls/registration-view.ts'
import type { Snapshot, TrunkHost } from './config/snapshot.ts'
import type { ConfigurationLoader } from './configuration-loader.ts'
import type { ConfigurationReader } from './configuration-reader.ts'
import { Alerts } from './control/alerts.ts'
import type { EngineReport, EngineStart, ServingOrder } from './control/engine-start.ts'
import { goFirst } from './control/give-way.ts'
import type { LogOutput } from './control/log-output.ts'
import { PhoneChangeOrders } from './control/phone-changes.ts'
import type { EngineStatus, RegistrationEntry, SubscriptionEntry } from './control/protocol.ts'
import { ControlServer } from './control/server.ts'
import { MetricsReader } from './engine-metrics.ts'
import { keepingBeginnings } from './kept-messages.ts'
import { MessageLadders } from './ladder/message-ladders.ts'
import { MessageRing } from './ladder/message-ring.ts'
import { keyOfSlot } from './lamps/lamp-dialog.ts'
import type { SubscriptionView } from './lamps/subscription-view.ts'
import { liveEvents } from './live-events.ts'
import { liveFacts } from './live-facts.ts'
import { MediaServer } from './media-client/media-server.ts'
import { Addresses, exemptSources, isLoopback } from './net/addresses.ts'
import { SystemClock } from './net/clock.ts'
import { DnsServerLocator } from './net/names.ts'
import { SocketNetwork } from './net/network.ts'
import { SystemRandom } from './net/random.ts'
import { defaultStreamLimits } from './net/stream-connection.ts'
import { nonceKey } from './nonce-key.ts'
import { packageVersion } from './package-version.ts'
import { openJournal } from './records/journal-file.ts'
import { recordsDatabaseName } from './records/records-file.ts'
import { tollKeyOfAccount } from './router/toll-fraud.ts'
import { createFraming } from './sip/framing.ts'
import { bracketed } from './sip/uri.ts'
import { soundFiles } from './sound-files.ts'

/** What reads the configuration and what compiles it; one on standby has done so already. */
export interface PreparedConfiguration {
  readonly reader: ConfigurationReader
  readonly loader: ConfigurationLoader
}

/** How often a draining engine looks whether its last call has ended, in milliseconds. */
const drainLook = 100

/**
 * Serves calls until it is told to stop; then the process ends.
 *
 * @param tell reports to the supervisor
 * @param prepared what a standby engine knows of the configuration
 * @returns what carries out the supervisor's orders
 * @throws Error with one line for people where it cannot start
 */
export async function serveCalls(
  start: EngineStart,
  output: LogOutput,
  tell: (report: EngineReport) => void,
  { reader, loader: configuration }: PreparedConfiguration,
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
  const ring = start.ladderBytes === 0 ? null : new MessageRing(start.ladderBytes, clock)
  const network = new SocketNetwork({
    listeners: start.listeners,
    addresses,
    framing: createFraming,
    streamLimits: { ...defaultStreamLimits, connectionsPerSource: start.tcpConnectionsPerSource },
    udpSocket: start.udpSocket,
    keeper: ring,
    beforeSend: () => journalFile.flush(),
    log,
  })
  const phoneChanges = new PhoneChangeOrders()
  const isExempt = exemptSources(start.testNetworks)
  const media: MediaServer | null = start.media
    ? new MediaServer({
        addresses,
        now: () => performance.now(),
        reported: (report) => server.sounds.reported(report),
        log,
      })
    : null
  const { listeners, collector } = start
  const ladders = ring === null ? null : new MessageLadders({ memory: ring.memory, listeners, collector })
  const server = new CallServer({
    network,
    clock,
    random,
    journal: journalFile.journal,
    events: ring === null ? journalFile.events : keepingBeginnings(journalFile.events, ring),
    messageEvents: journalFile.messageEvents,
    log,
    snapshot: null,
    nonceKey: nonceKey(start.dataFolder),
    isOwnHost: (host) => addresses.isOwnHost(host),
    isExempt,
    locator: new DnsServerLocator({ nameServers: start.nameServers, log }),
    ...(media === null ? {} : { sound: { media, ...soundFiles(start.dataFolder) } }),
    userChanges: phoneChanges,
  })
  const { callRate, sourceRate, scanners } = start
  const gate = new CallGate({ callRate, sourceRate, scanners, isExempt, server, network, random, log, ring })
  let snapshot: Snapshot | null = null
  let phonesAreBack = false
  reader.open(start.dataFolder, () => void configuration.refresh())
  configuration.serveFor({
    log,
    refuse: (next) => refuseSample(start, next),
    inForce(next) {
      snapshot = next
      if (phonesAreBack) server.replaceSnapshot(next)
    },
  })
  // The other thread reads while this one takes up journal and sockets.
  const loaded = configuration.refresh()
  server.restore(journalFile.recovered)
  // Before calls come: the media process is waiting to hear of the sessions that go on.
  await media?.listen(start.dataFolder)
  await network.open(gate)
  // Requests within dialogs are served meanwhile; whatever needs to know a phone waits for the configuration.
  for (const _ of server.restorePhones(journalFile.recovered)) await nextTurn()
  journalFile.forgetRecovered()
  phonesAreBack = true
  if (snapshot !== null) server.replaceSnapshot(snapshot)
  log.info(
    network.udpSocket.kind === 'dgram' ? { why: network.udpSocket.why } : {},
    udpSocketLine(network.udpSocket.kind),
  )

  let draining = false
  const status = (): EngineStatus => ({
    pid: process.pid,
    version: packageVersion(),
    startedAt,
    revision: configuration.revision,
    documentProblems: configuration.problems,
    calls: server.callsInProgress,
    registrations: server.bindings.size,
    connections: network.connections,
    draining,
    journalHealthy: journalFile.healthy,
    listeners: start.listeners.map(({ transport, address, port }) => `${transport} ${bracketed(address)}:${port}`),
  })
  const entryOf = (view: RegistrationView) => withUser(view, snapshot)
  const events = liveEvents(server, entryOf)
  const alerts = new Alerts()
  server.tollUse.teller = (reached) => alerts.tell({ event: 'toll-fraud-limit', ...reached })
  const metrics = new MetricsReader({
    startedAt,
    server,
    network,
    gate,
    journal: journalFile,
    events,
    configuration: () => configuration,
  })
  const control = new ControlServer(
    {
      status,
      metrics: () => metrics.read(),
      bans: () => server.signIns.bans(clock.now()),
      liftBan(source) {
        const lifted = server.signIns.lift(source, clock.now())
        if (lifted) log.info({ source }, 'A ban was lifted')
        return lifted
      },
      recordCall: (call, action) => orderRecording(server.calls, log, call, action),
      *registrations() {
        for (const view of server.registrationViews()) yield entryOf(view)
      },
      calls: () => server.callViews(),
      *subscriptions() {
        for (const view of server.subscriptions.views()) yield withWatcher(view, snapshot)
      },
      trunks: () => server.trunkViews(),
      *tollUse() {
        for (const view of server.tollUse.views()) yield { ...view, name: nameOf(view.key, snapshot) }
      },
      parked: () => server.parking.views(),
      callOrder(order) {
        const result =
          snapshot === null
            ? ({ done: false, problem: 'conflict', why: 'The server is still starting: try again' } as const)
            : carryOutOrder(server, order)
        log.info({ ...order, done: result.done }, 'An order about calls')
        return result
      },
      ladder: (call) => ladders?.messagesOf(call) ?? Promise.resolve(null),
      facts: (users, trunks) => liveFacts(snapshot, server.usage, users, trunks),
      bringIntoForce: (revision, changes) => configuration.bringIntoForce(revision, changes),
      events,
      phoneChanges,
      alerts,
    },
    log,
  )
  await control.listen(start.dataFolder)
  await loaded

  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    gate.close()
    await Promise.all([network.close(), control.close(), reader.close(), media?.stop(), ladders?.close()])
    await journalFile.close()
    log.info({ callsLeft: server.callsInProgress }, 'Engine ends')
    output.flush()
    process.exit(0)
  }
  /** As short as a death, but nothing that is ready to leave is kept back. */
  const giveWay = () => {
    network.flush()
    log.info({ calls: server.callsInProgress }, 'Engine gives way to the next')
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
  goFirst()
  tell({ report: 'ready' })
  return (order) => {
    switch (order.order) {
      case 'drain':
        drain()
        return
      case 'stop':
        void end()
        return
      case 'giveWay':
        giveWay()
        return
      case 'reload':
        void configuration.refresh()
        void network.lookAtCertificates()
        return
      default:
        order satisfies never
    }
  }
}

function udpSocketLine(kind: 'batching' | 'dgram'): string {
  return kind === 'batching' ? 'UDP by the batching socket' : 'UDP by node:dgram, datagram by datagram'
}

/** Whose key this is, for people. */
function nameOf(key: string, snapshot: Snapshot | null): string {
  const callee = snapshot?.users.get(key) ?? snapshot?.ringGroups.get(key)
  if (callee !== undefined) return callee.displayName
  return snapshot?.accounts.find(({ id }) => tollKeyOfAccount(id) === key)?.name ?? ''
}

function withUser(view: RegistrationView, snapshot: Snapshot | null): RegistrationEntry {
  return { ...view, ...ownerOf(view.sipUserName, snapshot) }
}

function withWatcher(view: SubscriptionView, snapshot: Snapshot | null): SubscriptionEntry {
  const watchedName = nameOfWatched(view.watched, snapshot)
  return { ...view, ...ownerOf(view.sipUserName, snapshot), watchedName }
}

/** Whose a device is, as lists show it; '' for what is not there any more. */
function ownerOf(
  sipUserName: string,
  snapshot: Snapshot | null,
): Pick<RegistrationEntry, 'userId' | 'user' | 'extension'> {
  const device = snapshot?.devicesBySipUserName.get(sipUserName)
  const user = device === undefined ? undefined : snapshot?.users.get(device.userId)
  return { userId: user?.id ?? '', user: user?.displayName ?? '', extension: user?.extension ?? '' }
}

/** Of a user or park slot (`LampSource` says what keys are); '' for what is not there any more. */
function nameOfWatched(key: string, snapshot: Snapshot | null): string {
  const user = snapshot?.users.get(key)
  if (user !== undefined) return user.displayName
  for (const slots of snapshot?.parkSlots.values() ?? []) {
    for (const { id, name } of slots) if (keyOfSlot(id) === key) return name
  }
  return ''
}

/** docs/trust.md, First start: the sample company's trunk trusts a port of this machine, whoever uses it. */
function refuseSample(start: EngineStart, { accounts, trunks }: Snapshot): string | null {
  const outside = start.listeners.find((listener) => !isLoopback(listener.address))
  if (outside === undefined || start.allowSample) return null
  const isHere = ({ host }: TrunkHost) => host === 'localhost' || isLoopback(host)
  if (!accounts.some((account) => account.isSample) || !trunks.some(({ hosts }) => hosts.some(isHere))) return null
  return `The sample company's trunk must not be reached at ${outside.address}: delete the trunk`
}
