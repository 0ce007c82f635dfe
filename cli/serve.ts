import { resolve } from 'node:path'
import type { Logger } from 'pino'
import { engineLives } from '../engine/control/client.ts'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { openLog } from '../engine/control/log-output.ts'
import { readCertificate } from '../engine/net/certificates/certificate.ts'
import type { FolderLock } from '../supervisor/data-folder.ts'
import { lockDataFolder, openDataFolder, StartError } from '../supervisor/data-folder.ts'
import { supervise } from '../supervisor/supervise.ts'
import { adminStart } from './admin-start.ts'
import { emptyCompany, sampleCompany, welcome } from './first-start.ts'
import { chooseListeners, settingsReplaceListeners } from './listeners.ts'
import { mediaStarts } from './media-starts.ts'
import type { ConfigurationReport } from './prepare-configuration.ts'
import { prepareConfiguration } from './prepare-configuration.ts'
import type { ReadSettings } from './settings.ts'

/** How long a supervisor that was killed may be outlived by its engine, in milliseconds. */
const engineGrace = 5000

/**
 * Runs the server until it is told to stop.
 * @param empty on a first start, begin with a company without anybody in it
 * @throws StartError with one line for people
 */
export async function serve(read: ReadSettings, empty: boolean): Promise<void> {
  const { settings } = read
  const dataFolder = resolve(settings.data)
  openDataFolder(dataFolder)
  const lock = lockDataFolder(dataFolder)
  try {
    if (lock.wasStale) await lastEngineGone(dataFolder)
    await serveFolder(read, dataFolder, lock, empty)
  } finally {
    lock.release()
  }
}

async function serveFolder(read: ReadSettings, dataFolder: string, lock: FolderLock, empty: boolean): Promise<void> {
  const { settings } = read
  const format = settings['log-format']
  const logFormat = format === 'auto' ? (process.stdout.isTTY === true ? 'text' : 'json') : format
  const admin = adminStart(settings, dataFolder, logFormat)
  const output = openLog('supervisor', settings['log-level'], logFormat)
  const { log } = output
  const document = settings.config === '' ? '' : resolve(settings.config)
  const beginning = empty ? emptyCompany : sampleCompany()
  const configuration = await prepareConfiguration({
    dataFolder,
    document,
    initial: beginning.text,
    outsideAddress: '',
  })
  if (!configuration.ok) throw nothingToServe(configuration.problems, configuration.isStore ? '' : document)
  logConfiguration(log, document, configuration)
  if (configuration.listeners.length > 0 && settingsReplaceListeners(read)) {
    log.warn({}, 'The listeners of the configuration give way to the settings')
  }
  const listeners = chooseListeners(read, configuration.listeners)
  await checkCertificates(listeners)
  const outsideAddress = settings['allow-sample'] ? '' : outsideAddressOf(listeners)
  if (configuration.sampleTrunk && outsideAddress !== '') throw sampleRefused(outsideAddress)
  const media = mediaStarts(settings, dataFolder, listeners, logFormat)
  await supervise({
    start: {
      dataFolder,
      logLevel: settings['log-level'],
      logFormat,
      drainSeconds: settings['drain-seconds'],
      recordDays: settings['record-days'],
      allowSample: settings['allow-sample'],
      tcpConnectionsPerSource: settings['tcp-per-source'],
      nameServers: settings['name-servers'],
      media: media.length > 0,
      ladderBytes: settings['ladder-mb'] === 'off' ? 0 : settings['ladder-mb'] * 1024 * 1024,
      collector:
        settings['hep-collector'] === null ? null : { ...settings['hep-collector'], captureId: settings['hep-id'] },
      udpSocket: settings['udp-socket'],
      callRate: settings['call-rate'] === 'off' ? 0 : settings['call-rate'],
      sourceRate: settings['source-rate'] === 'off' ? 0 : settings['source-rate'],
      scanners: settings.scanners,
      testNetworks: settings['test-nets'],
    },
    admin,
    media,
    listeners,
    environment: process.env,
    log,
    bindPatience: lock.wasStale ? engineGrace : 0,
    async reload() {
      if (document === '') {
        log.info({}, 'There is no document to read again (--config): what is stored is in force')
        return
      }
      const report = await prepareConfiguration({ dataFolder, document, initial: '', outsideAddress })
      logConfiguration(log, document, report)
    },
    onReady(ready) {
      for (const { transport, address, port } of ready) log.info({ transport, address, port }, 'Listening')
      if (configuration.begun === 'initial' && beginning.rows.length > 0) {
        process.stdout.write(welcome(beginning.rows, dataFolder, ready))
      }
    },
  })
  output.flush()
}

/** Says what came of the document. One with mistakes is no reason to stay down: what was stored before is served. */
function logConfiguration(log: Logger, document: string, report: ConfigurationReport): void {
  for (const problem of report.problems) log.error({ document }, problem)
  if (!report.ok) return
  const { revision } = report
  if (report.problems.length > 0)
    log.error({ revision }, 'The document was not taken: the configuration stays as it was')
  for (const warning of report.warnings) log.warn({ document }, warning)
  if (report.begun === 'former') {
    log.warn({ revision }, 'company.yaml was taken over into config.db; it is not read any more (docs/store.md)')
  } else if (report.changed && report.begun === 'not') log.info({ revision, document }, 'The document was applied')
}

function nothingToServe(problems: readonly string[], document: string): StartError {
  const [first = '', ...others] = problems
  const more = others.length === 0 ? '' : ` (and ${others.length} more: "ringdown check ${document}" lists them)`
  return new StartError(`${document === '' || first.includes(document) ? '' : `${document}: `}${first}${more}`)
}

/**
 * Whoever starts the server is there to mend a wrong path. Later nobody may be: an engine that is started again serves
 * without, and one that serves keeps what it has.
 */
async function checkCertificates(listeners: readonly ListenerSetting[]): Promise<void> {
  for (const { certificateFiles } of listeners) {
    if (certificateFiles === undefined) continue
    const reading = await readCertificate(certificateFiles)
    if (!reading.ok) throw new StartError(reading.problem)
  }
}

function outsideAddressOf(listeners: readonly ListenerSetting[]): string {
  return listeners.find(({ address }) => address !== '::1' && !address.startsWith('127.'))?.address ?? ''
}

/** docs/trust.md, First start: the sample company is for trying out on one machine. */
function sampleRefused(address: string): StartError {
  return new StartError(
    `The sample company's trunk must not be reached from other machines (bind ${address}): delete the trunk, ` +
      'or say --allow-sample',
  )
}

/** After kill -9 of a supervisor its engine ends within a second; two must not write one journal. */
async function lastEngineGone(dataFolder: string): Promise<void> {
  const deadline = performance.now() + engineGrace
  while (await engineLives(dataFolder)) {
    if (performance.now() > deadline) {
      throw new StartError(`An engine of an earlier start still serves ${dataFolder}: end it and try again`)
    }
    await new Promise((resolvePause) => setTimeout(resolvePause, 20))
  }
}
