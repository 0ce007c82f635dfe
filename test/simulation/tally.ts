import type { EpisodeOptions } from './episode.ts'
import { runEpisode } from './episode.ts'

/** Some episodes with seeds in a row, all alike. */
export interface Batch extends Omit<EpisodeOptions, 'trace' | 'calls' | 'wide'> {
  /** Calls of all its episodes together. */
  readonly calls: number
  /** Of each episode; the last one may have fewer. */
  readonly episode: number
  /** It ends with the first violation. */
  readonly stopAtFirst: boolean
}

/** What was broken, and where. */
export interface FoundViolation {
  readonly seed: number
  /** Of its episode. */
  readonly calls: number
  readonly text: string
}

/** What came of some episodes. */
export interface Tally {
  calls: number
  answered: number
  messages: number
  restarts: number
  /** How often people did each thing with their calls. */
  readonly done: Record<string, number>
  readonly violations: FoundViolation[]
}

export function emptyTally(): Tally {
  return { calls: 0, answered: 0, messages: 0, restarts: 0, done: {}, violations: [] }
}

export function addTally(sum: Tally, part: Tally): void {
  sum.calls += part.calls
  sum.answered += part.answered
  sum.messages += part.messages
  sum.restarts += part.restarts
  addDone(sum, part.done)
  sum.violations.push(...part.violations)
}

function addDone(sum: Tally, done: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(done)) sum.done[what] = (sum.done[what] ?? 0) + count
}

/** @param trace takes the ladder of the first episode; `null`: nobody wants it */
export function runBatch(batch: Batch, trace: ((line: string) => void) | null): Tally {
  const { loss, duplicate, reorder, crash, features, lamps } = batch
  const tally = emptyTally()
  for (let seed = batch.seed; tally.calls < batch.calls; seed++) {
    const calls = Math.min(batch.episode, batch.calls - tally.calls)
    const ladder = seed === batch.seed ? trace : null
    const result = runEpisode({
      seed,
      calls,
      loss,
      duplicate,
      reorder,
      crash,
      features,
      lamps,
      wide: true,
      trace: ladder,
    })
    tally.calls += calls
    tally.answered += result.answered
    tally.messages += result.messages
    tally.restarts += result.restarts
    addDone(tally, result.done)
    if (result.violation === '') continue
    tally.violations.push({ seed, calls, text: result.violation })
    if (batch.stopAtFirst) break
  }
  return tally
}
