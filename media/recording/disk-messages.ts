/** What passes between the loop that relays and the thread that writes. */
import type { Law } from '../sound/g711.ts'
import type { FileEvent, RecordingEnd } from './recording-files.ts'
import type { RecordingOrder } from './recording-order.ts'

/** Most that a batch holds: pieces of many recordings, one after the other in one block of memory. */
export const batchLength = 256 * 1024

export interface DiskThreadData {
  readonly dataFolder: string
  /** Name of the media process. */
  readonly media: string
  /** How many media processes there are; left out: what others left is nobody's business here. */
  readonly processes?: number | undefined
}

/** A piece of a recording in a batch. */
export interface PieceInBatch {
  readonly recording: string
  /** In the sound of the recording. */
  readonly position: number
  readonly length: number
}

export type DiskOrder =
  /** It may be begun later: what there is of it already is left alone. */
  | { readonly order: 'expect'; readonly id: string }
  | { readonly order: 'begin'; readonly recording: RecordingOrder; readonly startedAt: number; readonly law: Law }
  | { readonly order: 'append'; readonly bytes: ArrayBuffer; readonly pieces: readonly PieceInBatch[] }
  | { readonly order: 'pause'; readonly id: string; readonly position: number; readonly at: number }
  | { readonly order: 'resume'; readonly id: string; readonly at: number }
  | { readonly order: 'describe'; readonly recording: RecordingOrder }
  | { readonly order: 'complete'; readonly id: string; readonly end: RecordingEnd }
  | { readonly order: 'close' }

export type DiskReport =
  | FileEvent
  /** The memory of a batch comes back. */
  | { readonly event: 'written'; readonly bytes: ArrayBuffer }
  /** No recording can be written at all. */
  | { readonly event: 'unusable'; readonly message: string }
  | { readonly event: 'closed' }
