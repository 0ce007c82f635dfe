import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

/** How long work goes on at a stretch, in milliseconds; what it does between two of its pauses comes on top. */
const longestSlice = 1

/** Does work that pauses, without a pause. */
export function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

/**
 * Does work that pauses often, a millisecond at a time. In between this thread answers others; with a rest the processor is
 * left to other threads and processes too: none of them waits for it longer than a slice lasts.
 *
 * @param rest milliseconds between two slices, or who says before each how many; 0 where somebody waits for the work
 * @param afterRest how long a slice may last that follows a rest, in milliseconds
 * @returns what the work gives; rejects with what it throws
 */
export async function finishInSlices<Result>(
  work: Generator<void, Result>,
  rest: number | (() => number),
  afterRest = longestSlice,
): Promise<Result> {
  let length = longestSlice
  for (;;) {
    const end = performance.now() + length
    do {
      const step = work.next()
      if (step.done === true) return step.value
    } while (performance.now() < end)
    const milliseconds = typeof rest === 'number' ? rest : rest()
    if (milliseconds > 0) await pause(milliseconds)
    else await nextTurn()
    length = milliseconds > 0 ? afterRest : longestSlice
  }
}
