/** Applies the document to the store, if there is one to apply, and says what there is to serve. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { applyDocument, documentHash } from '../engine/config/apply-document.ts'
import type { EntityWrite } from '../engine/config/configuration.ts'
import type { ConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import type { Body, Kind } from '../engine/config/entities/kind.ts'
import type { ListenerBody } from '../engine/config/entities/listener.ts'
import type { Problem } from '../engine/config/problem.ts'
import { formatProblem } from '../engine/config/problem.ts'
import { hasSampleTrunk } from '../engine/config/sample-trunk.ts'
import type { Author, ConfigurationStore } from '../engine/config/store/configuration-store.ts'
import { openStore } from '../engine/config/store/open-store.ts'
import { StoreError } from '../engine/config/store/store-error.ts'
import type { ConfigurationReport, ConfigurationTask } from './prepare-configuration.ts'

/** Where versions without a store kept the document, in the data folder. */
const formerDocument = 'company.yaml'

/** Name in the store's `meta`: which text of which file was applied last. */
const appliedDocument = 'applied document'

/** Entities read at once. */
const pageLength = 1000

/** What to apply. */
interface Source {
  readonly text: string
  readonly path: string
  readonly is: 'document' | 'initial' | 'former'
}

interface Outcome {
  readonly changed: boolean
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

async function prepare(task: ConfigurationTask): Promise<ConfigurationReport> {
  let writer: ConfigurationWriter
  try {
    const unchanged = await reportUnchanged(task)
    if (unchanged !== null) return unchanged
    writer = await openConfigurationWriter(task.dataFolder)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { ok: false, problems: [error.message], isStore: true }
  }
  try {
    return await prepareWith(writer, task)
  } finally {
    await writer.close()
  }
}

/**
 * The report where there is nothing to apply, else `null`. Calls may be waiting for the engine of a supervisor that was
 * killed, so nothing is read but what the report holds: a large configuration takes seconds to be read and checked.
 */
async function reportUnchanged(task: ConfigurationTask): Promise<ConfigurationReport | null> {
  const store = await openStore(task.dataFolder)
  try {
    const revision = store.revision()
    if (revision === 0) return null
    if (task.document !== '' && (await store.meta.get(appliedDocument)) !== markOf(task.document)) return null
    const [accounts, listeners, trunks] = await Promise.all([
      bodiesOf(store, 'account'),
      bodiesOf(store, 'listener'),
      bodiesOf(store, 'trunk'),
    ])
    return {
      ok: true,
      revision,
      ...failed(),
      begun: 'not',
      listeners: listeners as unknown as ListenerBody[],
      sampleTrunk: hasSampleTrunk(accounts, trunks),
    }
  } finally {
    await store.close()
  }
}

/** Which text of which file; '' where it cannot be read. */
function markOf(path: string): string {
  try {
    return appliedMark(path, readFileSync(path, 'utf8'))
  } catch {
    return ''
  }
}

function appliedMark(path: string, text: string): string {
  return JSON.stringify({ path, sha256: documentHash(text) })
}

async function bodiesOf(store: ConfigurationStore, kind: Kind): Promise<Body[]> {
  const bodies: Body[] = []
  let cursor: string | undefined
  do {
    const page = await store.entities.list(kind, { limit: pageLength, ...(cursor === undefined ? {} : { cursor }) })
    if (!page.ok) throw new Error(page.problems.map(formatProblem).join('\n'))
    bodies.push(...page.entities.map(({ body }) => body))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return bodies
}

async function prepareWith(writer: ConfigurationWriter, task: ConfigurationTask): Promise<ConfigurationReport> {
  const isEmpty = writer.revision === 0
  const source = findSource(task, isEmpty)
  const outcome = 'problem' in source ? failed(source.problem) : await apply(writer, source, task)
  const { revision, configuration } = writer
  if (revision === 0) return { ok: false, problems: outcome.problems, isStore: false }
  const is = isEmpty && 'is' in source ? source.is : 'document'
  return {
    ok: true,
    revision,
    ...outcome,
    begun: is === 'document' ? 'not' : is,
    listeners: [...configuration.all('listener')] as unknown as ListenerBody[],
    sampleTrunk: hasSampleTrunk(configuration.all('account'), configuration.all('trunk')),
  }
}

/** The document to apply, or why there is none; the problem is '' where there need not be one. */
function findSource(task: ConfigurationTask, isEmpty: boolean): Source | { readonly problem: string } {
  const former = join(task.dataFolder, formerDocument)
  const takeOver = task.document === '' && isEmpty && existsSync(former)
  const path = takeOver ? former : task.document
  if (path === '') {
    return isEmpty ? { text: task.initial, path: 'initial.yaml', is: 'initial' } : { problem: '' }
  }
  try {
    return { text: readFileSync(path, 'utf8'), path, is: takeOver ? 'former' : 'document' }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') return { problem: message }
    return { problem: `There is no document ${path}: write one, or leave --config out` }
  }
}

async function apply(writer: ConfigurationWriter, source: Source, task: ConfigurationTask): Promise<Outcome> {
  const { meta } = writer.store
  const mark = appliedMark(source.path, source.text)
  if (writer.revision > 0 && (await meta.get(appliedDocument)) === mark) return failed()
  const author: Author = {
    actor: 'ringdown serve',
    address: '',
    source: source.is === 'initial' ? 'start' : 'document',
  }
  const result = await applyDocument(writer, source.text, source.path, author, {
    prune: true,
    summary: source.is === 'initial' ? 'first start' : `document ${source.path}`,
    refuse: (writes) => (task.outsideAddress === '' ? null : refuseSample(writes, task.outsideAddress)),
  })
  if (!result.ok) {
    switch (result.reason) {
      case 'problems':
        return failed(...result.shownProblems.map(formatProblem))
      case 'store':
        return failed(result.error.message)
      case 'conflict':
        return failed('Others change the configuration all the time: try again')
      default:
        return result satisfies never
    }
  }
  await meta.set(appliedDocument, source.is === 'document' ? mark : null)
  return { changed: result.changes.length > 0, problems: [], warnings: result.shownWarnings.map(formatProblem) }
}

function failed(...problems: string[]): Outcome {
  return { changed: false, problems: problems.filter((problem) => problem !== ''), warnings: [] }
}

function refuseSample(writes: readonly EntityWrite[], outsideAddress: string): Problem | null {
  const bodiesOf = (kind: Kind): Body[] =>
    writes.flatMap((write) => (write.kind === kind && write.body !== null ? [write.body] : []))
  if (!hasSampleTrunk(bodiesOf('account'), bodiesOf('trunk'))) return null
  return {
    path: 'trunks',
    value: '',
    message: `the sample company's trunk must not be reached at ${outsideAddress}`,
    cure: 'Take it out of the document',
  }
}

parentPort?.postMessage(await prepare(workerData as ConfigurationTask))
