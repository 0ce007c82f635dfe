/**
 * The thread that reads the configuration for the engine. It only reads, and hands over what it has read in parts, each
 * when it is asked for.
 */
import { parentPort } from 'node:worker_threads'
import type { Body, Kind } from './config/entities/kind.ts'
import type { ConfigurationStore } from './config/store/configuration-store.ts'
import { openStore } from './config/store/open-store.ts'
import type { ReadingOrder, ReadingReport, ReadPart } from './configuration-reader.ts'
import { stepAside } from './control/give-way.ts'

/** Entities of a kind in one part, and characters after which it ends: a fraction of a millisecond to take over. */
const partEntities = 200
const partLength = 128 * 1024
/** How often it looks whether somebody has written, in milliseconds: whoever writes says so, but may have died before. */
const lookEvery = 1000

interface Stored {
  readonly kind: Kind
  readonly id: string
  readonly body: Body | null
}

let dataFolder = ''
let store: ConfigurationStore | null = null
let lastVersion = -1
let steppedAside = false
let parts: Iterator<ReadPart> | null = null
let end: ReadingReport | null = null

function report(message: ReadingReport): void {
  parentPort?.postMessage(message)
}

async function read(since: number | null): Promise<void> {
  store ??= await openStore(dataFolder, { readOnly: true })
  // Before what is read: whatever is written meanwhile counts as a change again.
  lastVersion = store.dataVersion()
  // A database that is older than what was read of it has been put in the place of another.
  const whole = since === null || store.revision() < since
  // At the start calls wait for what is read. From then on what is small is not read here (configuration-loader.ts).
  if (since !== null && !steppedAside) {
    steppedAside = true
    stepAside()
  }
  const { revision, entities } = whole ? await store.load() : await store.changesSince(since)
  parts = partsOf(entities)
  end = { report: 'end', revision, whole }
  // One ahead of what is asked for: while one is unpacked the next is being made.
  sendPart()
  sendPart()
}

function sendPart(): void {
  const part = parts?.next()
  if (part !== undefined && part.done !== true) {
    report({ report: 'part', ...part.value })
    return
  }
  parts = null
  if (end !== null) report(end)
  end = null
}

function* partsOf(entities: readonly Stored[]): Generator<ReadPart> {
  let begin = 0
  for (;;) {
    const kind = entities[begin]?.kind
    if (kind === undefined) return
    const ids: string[] = []
    const ends: number[] = []
    let text = ''
    for (const entity of entities.slice(begin, begin + partEntities)) {
      if (entity.kind !== kind || text.length >= partLength) break
      text += JSON.stringify(entity.body)
      ids.push(entity.id)
      ends.push(text.length)
    }
    yield { kind, ids, text, ends }
    begin += ids.length
  }
}

async function fail(error: unknown): Promise<void> {
  parts = null
  end = null
  const broken = store
  store = null
  report({ report: 'failed', message: error instanceof Error ? error.message : String(error) })
  await broken?.close()
}

/** While it cannot be read at all, it counts as changed when it can be again. */
async function look(): Promise<void> {
  if (dataFolder === '') return
  try {
    store ??= await openStore(dataFolder, { readOnly: true })
    const version = store.dataVersion()
    if (version === lastVersion) return
    lastVersion = version
    report({ report: 'changed' })
  } catch {
    // Whoever asks for it is told why.
    const broken = store
    store = null
    lastVersion = -1
    await broken?.close()
  }
}

// One after the other: looking and reading use the same connection.
let last: Promise<void> = Promise.resolve()

parentPort?.on('message', (order: ReadingOrder) => {
  switch (order.order) {
    case 'open':
      dataFolder = order.dataFolder
      setInterval(() => {
        last = last.then(look)
      }, lookEvery)
      return
    case 'read':
      last = last.then(() => read(order.since)).catch(fail)
      return
    case 'more':
      sendPart()
      return
    default:
      order satisfies never
  }
})
