/**
 * What a recorder knows of its two sides, and the sound that may still change: words and a ring that the native code can
 * reach (engine/net/batching-socket/port-tap.c), so that most packets are laid into them without asking. Both change them in
 * turn, on one thread.
 */

/** Stereo samples of the ring: a power of two, longer than horizon, what may stand ahead, a packet and a piece (7248). */
export const ringSamples = 8192
export const ringBytes = ringSamples * 2

/** Words by their place. Time at which position 0 stands, in milliseconds, moved on by pauses; NaN before the first packet. */
export const origin = 0
/** Samples before which everything has left. */
export const left = 1
/** Samples before which nothing may be put any more. */
export const floor = 2
/** 1: nothing is kept. */
export const paused = 3
/** Where the words of the two sides begin, which side-timeline.ts describes. */
export const firstSide = 8
export const sideWords = 8
export const memoryWords = 24

export interface RecorderMemory {
  /** By which the native code knows it; -1: it does not. */
  readonly number: number
  readonly words: Float64Array
  readonly ring: Uint8Array
}

/** Memory that nobody else writes into. */
export function ownMemory(): RecorderMemory {
  return { number: -1, words: new Float64Array(memoryWords), ring: new Uint8Array(ringBytes) }
}
