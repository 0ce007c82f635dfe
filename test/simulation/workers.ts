import { Worker } from 'node:worker_threads'
import type { Batch, Tally } from './tally.ts'
import { addTally, emptyTally, runBatch } from './tally.ts'

/** Calls of one batch: some tenths of a second, so that threads seldom wait and a violation is soon known. */
const batchCalls = 500

/** The parts of `all` that are run one after the other, or side by side. */
function* partsOf(all: Batch): Generator<Batch, undefined> {
  const each = Math.max(all.episode, Math.floor(batchCalls / all.episode) * all.episode)
  for (let begun = 0; begun < all.calls; begun += each) {
    yield { ...all, seed: all.seed + begun / all.episode, calls: Math.min(each, all.calls - begun) }
  }
}

/**
 * The same in this thread alone.
 * @param trace takes the ladder of the first episode; `null`: nobody wants it
 */
export function runAlone(all: Batch, trace: ((line: string) => void) | null, progress: (sum: Tally) => void): Tally {
  const sum = emptyTally()
  for (const batch of partsOf(all)) {
    addTally(sum, runBatch(batch, batch.seed === all.seed ? trace : null))
    progress(sum)
    if (all.stopAtFirst && sum.violations.length > 0) break
  }
  return sum
}

/**
 * Runs the episodes of `all` in several threads at once. Each episode is the same as it would be alone; with
 * `stopAtFirst` those under way when one breaks an invariant are finished, and the violation with the lowest seed stands
 * first.
 * @param progress told the sum after each batch
 */
export async function runInThreads(all: Batch, threads: number, progress: (sum: Tally) => void): Promise<Tally> {
  const sum = emptyTally()
  const parts = partsOf(all)
  const next = (): Batch | null => (all.stopAtFirst && sum.violations.length > 0 ? null : (parts.next().value ?? null))
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL('./worker.js', import.meta.url))
      try {
        for (let batch = next(); batch !== null; batch = next()) {
          addTally(sum, await runIn(worker, batch))
          progress(sum)
        }
      } finally {
        await worker.terminate()
      }
    }),
  )
  sum.violations.sort((one, other) => one.seed - other.seed)
  return sum
}

function runIn(worker: Worker, batch: Batch): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (tally: Tally) => {
      worker.off('error', reject)
      resolve(tally)
    })
    worker.postMessage(batch)
  })
}
