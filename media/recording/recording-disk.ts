/**
 * The way from the loop that relays to the thread that writes recordings. Pieces of all recordings leave together a few
 * times a second; what waits is bounded, and what finds no room is left out: the thread sees by the positions that it is
 * missing, and marks the gap.
 */
import { Worker } from 'node:worker_threads'
import type { Law } from '../sound/g711.ts'
import type { DiskOrder, DiskReport, DiskThreadData, PieceInBatch } from './disk-messages.ts'
import { batchLength } from './disk-messages.ts'
import type { RecordingEnd } from './recording-files.ts'
import type { RecordingDescription, RecordingOrder } from './recording-order.ts'

/** Bytes that may be under way: eight seconds of 500 calls. */
const mostWaiting = 64 * 1024 * 1024
/** Batches whose memory is kept for later ones. */
const mostSpare = 16
/** How long pieces gather, in milliseconds. */
const gatherTime = 100

/** What is told of one recording. */
export interface DiskListener {
  failed(message: string): void
  recovered(): void
  complete(description: RecordingDescription): void
  /** It is over, and nobody ever sent any sound. */
  empty(): void
}

/** Nothing of it is about one recording that somebody here asked for. */
export interface DiskNews {
  /** One line for people. */
  unusable(message: string): void
  /** A recording of an earlier life of this process is complete. */
  repaired(description: RecordingDescription): void
  failed(id: string, message: string): void
}

export class RecordingDisk {
  readonly #worker: Worker
  readonly #news: DiskNews
  readonly #listeners = new Map<string, DiskListener>()
  readonly #spare: ArrayBuffer[] = []
  #bytes = new Uint8Array(batchLength)
  #length = 0
  #pieces: PieceInBatch[] = []
  #waiting = 0
  #lostBytes = 0
  readonly #timer: NodeJS.Timeout
  #closed: (() => void) | null = null

  constructor(data: DiskThreadData, news: DiskNews) {
    this.#news = news
    this.#worker = new Worker(new URL('./disk-thread.js', import.meta.url), { workerData: data })
    this.#worker.on('message', (report: DiskReport) => this.#take(report))
    this.#worker.on('error', (error) => {
      news.unusable(error.message)
      for (const listener of this.#listeners.values()) listener.failed(error.message)
      this.#listeners.clear()
    })
    this.#worker.once('exit', () => this.#closed?.())
    this.#timer = setInterval(() => this.flush(), gatherTime)
    this.#timer.unref()
  }

  /** Bytes of sound that found no room, since the start. */
  get lostBytes(): number {
    return this.#lostBytes
  }

  /** Something will be told of this recording, and perhaps it begins. */
  expect(id: string, listener: DiskListener): void {
    this.#listeners.set(id, listener)
    this.#order({ order: 'expect', id })
  }

  /** @param startedAt milliseconds since the epoch, of the first byte */
  begin(recording: RecordingOrder, startedAt: number, law: Law): void {
    this.#order({ order: 'begin', recording, startedAt, law })
  }

  /** Copies the bytes. */
  append(recording: string, position: number, bytes: Uint8Array): void {
    if (this.#length + bytes.length > batchLength) this.flush()
    if (this.#waiting >= mostWaiting) {
      this.#lostBytes += bytes.length
      return
    }
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    this.#pieces.push({ recording, position, length: bytes.length })
  }

  pause(id: string, position: number, at: number): void {
    this.#order({ order: 'pause', id, position, at })
  }

  resume(id: string, at: number): void {
    this.#order({ order: 'resume', id, at })
  }

  describe(recording: RecordingOrder): void {
    this.#order({ order: 'describe', recording })
  }

  complete(id: string, end: RecordingEnd): void {
    this.#order({ order: 'complete', id, end })
  }

  /** Hands over what has gathered. */
  flush(): void {
    if (this.#pieces.length === 0) return
    // Many orders at once make many small batches: their memory is no more than they need.
    const isSmall = this.#length < batchLength / 4
    const bytes = isSmall ? this.#bytes.slice(0, this.#length).buffer : this.#bytes.buffer
    this.#waiting += bytes.byteLength
    this.#worker.postMessage({ order: 'append', bytes, pieces: this.#pieces } satisfies DiskOrder, [bytes])
    if (!isSmall) this.#bytes = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(batchLength))
    this.#length = 0
    this.#pieces = []
  }

  /** Completes what is ordered, and ends the thread. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve
    })
    this.#order({ order: 'close' })
    await closed
  }

  /** Orders and pieces keep their order. */
  #order(order: DiskOrder): void {
    this.flush()
    this.#worker.postMessage(order)
  }

  #take(report: DiskReport): void {
    switch (report.event) {
      case 'written':
        this.#waiting -= report.bytes.byteLength
        if (report.bytes.byteLength === batchLength && this.#spare.length < mostSpare) this.#spare.push(report.bytes)
        break
      case 'failed': {
        const listener = this.#listeners.get(report.id)
        if (listener === undefined) this.#news.failed(report.id, report.message)
        else listener.failed(report.message)
        break
      }
      case 'recovered':
        this.#listeners.get(report.id)?.recovered()
        break
      case 'complete': {
        const listener = this.#listeners.get(report.description.id)
        this.#listeners.delete(report.description.id)
        if (listener === undefined) this.#news.repaired(report.description)
        else listener.complete(report.description)
        break
      }
      case 'empty':
        this.#listeners.get(report.id)?.empty()
        this.#listeners.delete(report.id)
        break
      case 'unusable':
        this.#news.unusable(report.message)
        break
      case 'closed':
        break
    }
  }
}
