/**
 * Uploaded sounds become those of telephones: WAV and AU by code of our own, in a thread; MP3 and Ogg by ffmpeg, in a child
 * with limits. One after the other, so that what they take is bounded.
 */
import { Worker } from 'node:worker_threads'
import { ChildFailedError, ffmpegInput, isInstalled, runLimited } from '../recordings/limited-child.ts'

export interface ConversionTask {
  readonly bytes: ArrayBuffer
  readonly mostSeconds: number
}

export type ConversionAnswer =
  | { readonly ok: true; readonly container: 'wav' | 'au'; readonly wav: Uint8Array }
  | { readonly ok: false; readonly message: string }

export type Converted =
  | { readonly ok: true; readonly format: 'wav' | 'au' | 'mp3' | 'ogg'; readonly wav: Uint8Array }
  | { readonly ok: false; readonly message: string }
  /** Others wait already. */
  | { readonly ok: false; readonly message: string; readonly busy: true }

/** Longest sound, in seconds: half an hour. */
export const longestSound = 1800
/** Longest file, in bytes. */
export const longestUpload = 64 * 1024 * 1024
/** Uploads that may wait while another is converted: each holds its file in memory. */
const mostWaiting = 2
/** Longest run, in seconds. */
const patience = 60

export class Conversions {
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()
  #worker: Worker | null = null

  async convert(bytes: Uint8Array): Promise<Converted> {
    if (this.#waiting > mostWaiting)
      return { ok: false, message: 'Other sounds are being converted: come again', busy: true }
    this.#waiting++
    const turn = this.#last.then(() => this.#convert(bytes)).finally(() => this.#waiting--)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #convert(bytes: Uint8Array): Promise<Converted> {
    const packed = packedFormOf(bytes)
    if (packed === null) {
      const answer = await this.#inThread(bytes)
      return answer.ok ? { ok: true, format: answer.container, wav: answer.wav } : answer
    }
    if (!isInstalled('ffmpeg')) {
      const message = `${packed === 'mp3' ? 'MP3' : 'Ogg'} can be taken only where ffmpeg is installed: send WAV or AU`
      return { ok: false, message }
    }
    try {
      const answer = await this.#inThread(await unpacked(bytes, packed))
      return answer.ok ? { ok: true, format: packed, wav: answer.wav } : answer
    } catch (error) {
      if (error instanceof ChildFailedError) return { ok: false, message: `it cannot be read: ${error.message}` }
      throw error
    }
  }

  #inThread(bytes: Uint8Array): Promise<ConversionAnswer> {
    return new Promise((resolve, reject) => {
      const copy = bytes.slice().buffer
      const task: ConversionTask = { bytes: copy, mostSeconds: longestSound }
      const worker = new Worker(new URL('./convert-thread.js', import.meta.url), {
        workerData: task,
        transferList: [copy],
        resourceLimits: { maxOldGenerationSizeMb: 256 },
      })
      this.#worker = worker
      const late = setTimeout(() => void worker.terminate(), patience * 1000)
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => {
        clearTimeout(late)
        resolve({ ok: false, message: 'it takes too long to read' })
      })
    })
  }
}

/** What needs a decoder, by its first bytes. */
function packedFormOf(bytes: Uint8Array): 'mp3' | 'ogg' | null {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes
  if (first === 0x4f && second === 0x67 && third === 0x67 && fourth === 0x53) return 'ogg'
  // A tag (ID3), or the beginning of a frame of MPEG layer 3.
  const isTagged = first === 0x49 && second === 0x44 && third === 0x33
  return isTagged || (first === 0xff && (second & 0xe6) === 0xe2) ? 'mp3' : null
}

/** As a WAV file of 8000 Hz. */
async function unpacked(bytes: Uint8Array, form: 'mp3' | 'ogg'): Promise<Uint8Array> {
  // One second more than is taken, so that who sends more is told.
  const length = ['-t', String(longestSound + 1)]
  const output = [
    '-map',
    '0:a:0',
    '-vn',
    '-sn',
    '-dn',
    '-ar',
    '8000',
    '-ac',
    '1',
    '-c:a',
    'pcm_s16le',
    '-f',
    'wav',
    'pipe:1',
  ]
  const limits = { seconds: patience, megabytes: 1024, outputBytes: (longestSound + 2) * 16_000 }
  const pieces: Buffer[] = []
  for await (const piece of runLimited('ffmpeg', [...ffmpegInput(form), ...length, ...output], whole(bytes), limits)) {
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
