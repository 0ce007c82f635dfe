/** Where a session hands sound to a recorder, and takes sound from a player: types only. */
import type { MediaFormat, MediaRecording, RecordingChanged, SoundSource } from './protocol.ts'
import type { RecorderMemory } from './recording/recorder-memory.ts'

/** Makes sound, a frame of 20 ms at a time: linear, 8000 Hz, one channel, 16 bits. */
export interface FrameSource {
  /**
   * Fills all 160 samples of `frame`, with silence behind the end. Never waits: what has not been read from the disk yet
   * is silence, and is not skipped.
   * @returns false when nothing is left, and this frame holds nothing
   */
  next(frame: Int16Array): boolean
  /** Why it ended before its end, for people; '' where it did not. */
  readonly fault: string
  /** Once; gives back files and memory. */
  close(): void
}

/** Makes a source of what the engine orders. Never throws: a file that is missing shows as a source with a fault. */
export type OpenSource = (source: SoundSource, loop: boolean) => FrameSource

/** One recording of a session. Never throws and never waits; a failed write is reported and the rest is dropped. */
export interface SessionRecorder {
  /**
   * A packet that a side sent, as it came: out of order, doubled and lost ones are the recorder's business.
   * @param channel 0: the first side, on the left; 1: the second
   * @param timestamp of RTP, in units of the format's clock rate; wraps at 2^32
   * @param sequence of RTP; wraps at 2^16
   * @param payload valid only during the call
   * @param arrival milliseconds, of a clock that never goes back
   */
  packet(
    channel: 0 | 1,
    format: MediaFormat,
    timestamp: number,
    sequence: number,
    payload: Uint8Array,
    arrival: number,
  ): void
  /**
   * The number of the memory into which the native code may lay packets of this format by itself, until something else is
   * ordered or told of the channel; -1: each is to be told to `packet`.
   */
  tapFor(format: MediaFormat): number
  /** Another peer sends on the channel, or the same began anew: timestamps have nothing to do with those before. */
  sourceChanged(channel: 0 | 1): void
  /** Paused, resumed, or with another description. The `id` stays. */
  change(recording: MediaRecording, arrival: number): void
  /**
   * Takes back what a side said in the last moments: a tone that turned out to be a key, which may be part of a card's
   * number.
   */
  erase(channel: 0 | 1, since: number, until: number): void
  /** A few times a second while the session lives, so that silence is kept too and files are written. */
  tick(arrival: number): void
  /** No more comes. `complete` or `failed` is reported once the files are closed. */
  end(arrival: number): void
}

/**
 * Begins a recording, or goes on with one whose files are there (after a crash of this process): the gap is marked.
 * @param memory for its use until `end` returns; `null`: it has its own
 * @param report told of every change; the caller adds the session's name
 */
export type OpenRecorder = (
  recording: MediaRecording,
  arrival: number,
  memory: RecorderMemory | null,
  report: (change: Omit<RecordingChanged, 'report' | 'session'>) => void,
) => SessionRecorder
