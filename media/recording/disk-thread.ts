/** The thread that writes recordings: orders are carried out one after the other; only the ends of files wait for the disk. */
import { mkdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { DiskOrder, DiskReport, DiskThreadData } from './disk-messages.ts'
import type { RecordingEnd } from './recording-files.ts'
import { RecordingFiles } from './recording-files.ts'
import { recordingsName } from './recording-folder.ts'
import { readRecordingKeys } from './recording-keys.ts'

/** How long a recording that a crash interrupted waits for its conversation to go on, in milliseconds. */
const graceTime = 15_000
/** A description that could not be written is tried again after this, in milliseconds. */
const retryTime = 5000

if (parentPort === null) throw new Error('This is the thread that writes recordings: media starts it')
const port = parentPort
const { dataFolder, media, processes } = workerData as DiskThreadData
const tell = (report: DiskReport) => port.postMessage(report)
/** Ends of files under way. */
const completing = new Set<Promise<void>>()
let closing = false

const files = openFiles()
const sweep = setTimeout(() => void completeUnfinished(), graceTime)
port.on('message', (order: DiskOrder) => carryOut(order))

function openFiles(): RecordingFiles | null {
  try {
    const root = join(dataFolder, recordingsName)
    mkdirSync(root, { recursive: true, mode: 0o700 })
    const keys = readRecordingKeys(dataFolder)
    return new RecordingFiles({ root, media, processes, keys, write: writeSync, clock: Date.now }, tell)
  } catch (error) {
    tell({ event: 'unusable', message: error instanceof Error ? error.message : String(error) })
    return null
  }
}

function carryOut(order: DiskOrder): void {
  switch (order.order) {
    case 'expect':
      files?.expect(order.id)
      break
    case 'begin':
      files?.begin(order.recording, order.startedAt, order.law)
      break
    case 'append': {
      let at = 0
      for (const { recording, position, length } of order.pieces) {
        files?.append(recording, position, new Uint8Array(order.bytes, at, length))
        at += length
      }
      port.postMessage({ event: 'written', bytes: order.bytes } satisfies DiskReport, [order.bytes])
      break
    }
    case 'pause':
      files?.pause(order.id, order.position, order.at)
      break
    case 'resume':
      files?.resume(order.id, order.at)
      break
    case 'describe':
      files?.describe(order.recording)
      break
    case 'complete':
      void keepTrack(complete(order.id, order.end))
      break
    case 'close':
      void close()
      break
  }
}

function keepTrack(work: Promise<void>): Promise<void> {
  completing.add(work)
  return work.finally(() => completing.delete(work))
}

/** Until the disk takes it; a thread that closes leaves it to the next start. */
async function complete(id: string, end: RecordingEnd): Promise<void> {
  while (files !== null && !(await files.complete(id, end)) && !closing) {
    await new Promise<void>((resolve) => setTimeout(resolve, retryTime))
  }
}

async function completeUnfinished(): Promise<void> {
  for (const id of files?.unfinished() ?? []) {
    if (closing) return
    if (files !== null) await keepTrack(files.completeUnfinished(id).then(() => undefined))
  }
}

async function close(): Promise<void> {
  closing = true
  clearTimeout(sweep)
  await Promise.all(completing)
  tell({ event: 'closed' })
  port.close()
}
