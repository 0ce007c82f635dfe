import type { MediaReport } from './protocol.ts'
import type { DiskNews } from './recording/recording-disk.ts'
import { RecordingDisk } from './recording/recording-disk.ts'
import { mediaName } from './recording/recording-folder.ts'
import { recorderOpener } from './recording/session-recorder.ts'
import type { OpenRecorder } from './session-sound.ts'

/** How long after the start what an earlier process left is repaired, in milliseconds: calls that come back go first. */
const repairDelay = 2000

export interface RecordedSoundOptions {
  readonly dataFolder: string
  /** Which of the media processes. */
  readonly process: number
  /** How many there are. */
  readonly processes: number
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly report: (report: MediaReport) => void
}

/** Recordings of this process. The thread that writes them is there from the first one on, or after a moment. */
export class RecordedSound {
  readonly #options: RecordedSoundOptions
  #disk: RecordingDisk | null = null
  #open: OpenRecorder | null = null
  readonly #timer: NodeJS.Timeout

  constructor(options: RecordedSoundOptions) {
    this.#options = options
    this.#timer = setTimeout(() => this.#opener(), repairDelay)
  }

  readonly open: OpenRecorder = (recording, arrival, memory, report) =>
    this.#opener()(recording, arrival, memory, report)

  /** Completes what is under way. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#disk?.close()
  }

  #opener(): OpenRecorder {
    if (this.#open !== null) return this.#open
    clearTimeout(this.#timer)
    const { dataFolder, process, processes, log, report } = this.#options
    const news: DiskNews = {
      unusable: (why) => log.warn({ why }, 'Nothing can be recorded'),
      failed: (recording, why) => log.warn({ recording, why }, 'A recording of an earlier process cannot be repaired'),
      repaired: ({ id, endedAt, file, bytes, milliseconds, sha256 }) => {
        log.info({ recording: id }, 'A recording that a crash had cut short is whole')
        const change = { recording: id, state: 'complete', at: endedAt, file, bytes, milliseconds, sha256 } as const
        report({ report: 'recording', session: '', ...change, fault: '' })
      },
    }
    this.#disk = new RecordingDisk({ dataFolder, media: mediaName(process), processes }, news)
    this.#open = recorderOpener(this.#disk, () => Date.now())
    return this.#open
  }
}
