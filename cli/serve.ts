import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { SampleRow } from '../engine/config/sample.ts'
import { engineLives } from '../engine/control/client.ts'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import { openLog } from '../engine/control/log-output.ts'
import type { FolderLock } from '../supervisor/data-folder.ts'
import { lockDataFolder, openDataFolder, StartError } from '../supervisor/data-folder.ts'
import { supervise } from '../supervisor/supervise.ts'
import { adminStart } from './admin-start.ts'
import type { DocumentSummary } from './document-summary.ts'
import { summarizeDocument } from './document-summary.ts'
import { welcome, writeEmpty, writeSample } from './first-start.ts'
import { chooseListeners, settingsReplaceListeners } from './listeners.ts'
import type { ReadSettings, Settings } from './settings.ts'

/** How long a supervisor that was killed may be outlived by its engine, in milliseconds. */
const engineGrace = 5000

/** Name of the document in the data folder. */
export const documentName = 'company.yaml'

/** Where the document is. */
export function documentPath(settings: Settings): string {
  return resolve(settings.config === '' ? join(settings.data, documentName) : settings.config)
}

/**
 * Runs the server until it is told to stop.
 * @param empty on a first start, write a company without anybody in it
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
  const document = documentPath(settings)
  const rows = firstDocument(settings, document, empty)
  const format = settings['log-format']
  const logFormat = format === 'auto' ? (process.stdout.isTTY === true ? 'text' : 'json') : format
  const admin = adminStart(settings, dataFolder, logFormat)
  const output = openLog('supervisor', settings['log-level'], logFormat)
  const { log } = output
  const summary = await summarizeDocument(document)
  if (!('listeners' in summary)) refuseMistakes(summary.problems, document, dataFolder)
  const documentListeners = 'listeners' in summary ? summary.listeners : []
  if (documentListeners.length > 0 && settingsReplaceListeners(read)) {
    log.warn({}, 'The listeners of the document give way to the settings')
  }
  const listeners = chooseListeners(read, documentListeners)
  refuseSample(summary, listeners, settings)
  await supervise({
    start: {
      dataFolder,
      document,
      logLevel: settings['log-level'],
      logFormat,
      drainSeconds: settings['drain-seconds'],
      recordDays: settings['record-days'],
      allowSample: settings['allow-sample'],
      tcpConnectionsPerSource: settings['tcp-per-source'],
      udpSocket: settings['udp-socket'],
    },
    admin,
    listeners,
    environment: process.env,
    log,
    bindPatience: lock.wasStale ? engineGrace : 0,
    onReady(ready) {
      for (const { transport, address, port } of ready) log.info({ transport, address, port }, 'Listening')
      if (rows !== null) process.stdout.write(welcome(rows, document, ready))
    },
  })
  output.flush()
}

/** Writes a document on the first start; its rows where that is the sample. */
function firstDocument(settings: Settings, document: string, empty: boolean): readonly SampleRow[] | null {
  if (existsSync(document)) return null
  if (settings.config !== '') {
    throw new StartError(`There is no document ${document}: write one, or leave --config out to begin with a sample`)
  }
  if (!empty) return writeSample(document)
  writeEmpty(document)
  return null
}

/** A document with mistakes is no reason to stay down if an earlier one can be served (engine/document-keeper.ts). */
function refuseMistakes(problems: readonly string[], document: string, dataFolder: string): void {
  if (existsSync(join(dataFolder, 'company.last-good.json'))) return
  const [first = '', ...others] = problems
  const more = others.length === 0 ? '' : ` (and ${others.length} more: "ringdown check ${document}" lists them)`
  throw new StartError(`${document}: ${first}${more}`)
}

/** docs/trust.md, First start: the sample company is for trying out on one machine. */
function refuseSample(summary: DocumentSummary, listeners: readonly ListenerSetting[], settings: Settings): void {
  if (!('sampleTrunk' in summary) || !summary.sampleTrunk || settings['allow-sample']) return
  const outside = listeners.find(({ address }) => address !== '::1' && !address.startsWith('127.'))
  if (outside === undefined) return
  throw new StartError(
    `The sample company's trunk must not be reached from other machines (bind ${outside.address}): ` +
      'take "trunks" out of the document, or say --allow-sample',
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
