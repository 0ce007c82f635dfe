/** The recorder of one session: packets go into the recorder, its pieces to the disk, and what becomes of it is reported. */
import type { MediaFormat, MediaRecording, RecordingChanged } from '../protocol.ts'
import type { OpenRecorder, SessionRecorder } from '../session-sound.ts'
import { ConversationRecorder, payload } from './conversation-recorder.ts'
import type { RecorderMemory } from './recorder-memory.ts'
import { ownMemory } from './recorder-memory.ts'
import type { RecordingDisk } from './recording-disk.ts'
import type { RecordingDescription, RecordingOrder } from './recording-order.ts'

type Report = (change: Omit<RecordingChanged, 'report' | 'session'>) => void

/** Payload types by name; what is not here is counted as not decoded. */
const kinds: Readonly<Record<string, number>> = { PCMU: payload.pcmu, PCMA: payload.pcma, G722: payload.g722 }
/** What is no sound, or says that there is none. */
const noSound: ReadonlySet<string> = new Set(['TELEPHONE-EVENT', 'CN'])
const notDecoded = -1

/** @param wallClock milliseconds since the epoch */
export function recorderOpener(disk: RecordingDisk, wallClock: () => number): OpenRecorder {
  return (recording, arrival, memory, report) =>
    new DiskRecorder(disk, wallClock, recording, arrival, memory ?? ownMemory(), report)
}

class DiskRecorder implements SessionRecorder {
  readonly #disk: RecordingDisk
  readonly #wallClock: () => number
  readonly #report: Report
  readonly #recorder: ConversationRecorder
  #recording: MediaRecording
  /** Milliseconds since the epoch, of the first sample; NaN before the first packet. */
  #startedAt = Number.NaN
  #begun = false
  #length = 0
  readonly #formats: [MediaFormat | null, MediaFormat | null] = [null, null]
  readonly #kinds: [number, number] = [notDecoded, notDecoded]

  constructor(
    disk: RecordingDisk,
    wallClock: () => number,
    recording: MediaRecording,
    arrival: number,
    memory: RecorderMemory,
    report: Report,
  ) {
    this.#disk = disk
    this.#wallClock = wallClock
    this.#recording = recording
    this.#report = report
    this.#recorder = new ConversationRecorder({ append: (position, bytes) => this.#append(position, bytes) }, memory)
    disk.expect(recording.id, {
      failed: (fault) => this.#tell('failed', fault),
      recovered: () => this.#tell('on'),
      complete: (description) => this.#complete(description),
      empty: () => this.#tell('complete'),
    })
    if (recording.state === 'paused') this.#recorder.pause(arrival)
    this.#tell(recording.state)
  }

  packet(
    channel: 0 | 1,
    format: MediaFormat,
    timestamp: number,
    _sequence: number,
    sound: Uint8Array,
    arrival: number,
  ): void {
    // The same object comes again and again: names are not looked up for each packet.
    if (format !== this.#formats[channel]) {
      if (noSound.has(format.name)) return
      this.#formats[channel] = format
      this.#kinds[channel] = kinds[format.name] ?? notDecoded
    }
    this.#recorder.packet(channel, this.#kinds[channel], sound, timestamp, arrival)
    if (Number.isNaN(this.#startedAt) && this.#recorder.law !== null) {
      this.#startedAt = this.#wallClock() - this.#recorder.milliseconds(arrival)
    }
  }

  tapFor({ name }: MediaFormat): number {
    return this.#recorder.tapFor(kinds[name] ?? notDecoded)
  }

  sourceChanged(channel: 0 | 1): void {
    this.#recorder.sourceChanged(channel)
  }

  change(recording: MediaRecording, arrival: number): void {
    const { state, description } = this.#recording
    this.#recording = recording
    if (recording.description !== description && this.#begun) this.#disk.describe(orderOf(recording))
    if (recording.state === state) return
    if (recording.state === 'paused') {
      this.#recorder.pause(arrival)
      if (this.#begun) this.#disk.pause(recording.id, this.#length, this.#wallClock())
    } else {
      this.#recorder.resume(arrival)
      if (this.#begun) this.#disk.resume(recording.id, this.#wallClock())
    }
    this.#tell(recording.state)
  }

  tick(arrival: number): void {
    this.#recorder.tick(arrival)
  }

  /** Takes back what a side said in the last moments: a tone that turned out to be a key. */
  erase(channel: 0 | 1, since: number, until: number): void {
    this.#recorder.erase(channel, since, until)
  }

  end(arrival: number): void {
    this.#recorder.finish(arrival)
    const { late, undecoded, tooLong } = this.#recorder
    this.#disk.complete(this.#recording.id, {
      length: this.#begun ? this.#length : null,
      endedAt: this.#wallClock(),
      late: [...late],
      undecoded: [...undecoded],
      cutShort: tooLong ? 'too-long' : null,
    })
  }

  #append(position: number, bytes: Uint8Array): void {
    const { law } = this.#recorder
    if (!this.#begun && law !== null) {
      this.#begun = true
      this.#disk.begin(orderOf(this.#recording), this.#startedAt, law)
    }
    this.#disk.append(this.#recording.id, position, bytes)
    this.#length = position + bytes.length
  }

  #complete({ file, bytes, milliseconds, sha256 }: RecordingDescription): void {
    this.#tell('complete', '', { file, bytes, milliseconds, sha256 })
  }

  #tell(
    state: RecordingChanged['state'],
    fault = '',
    whole = { file: '', bytes: 0, milliseconds: 0, sha256: '' },
  ): void {
    this.#report({ recording: this.#recording.id, state, at: this.#wallClock(), ...whole, fault })
  }
}

/** Who ordered it wrote the description (recording-order.ts); it is checked by whoever reads it from the file. */
function orderOf({ id, description }: MediaRecording): RecordingOrder {
  return { ...description, id } as unknown as RecordingOrder
}
