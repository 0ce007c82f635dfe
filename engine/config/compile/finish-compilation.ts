import type { Snapshot } from '../snapshot.ts'

/** Compiles without pauses, for those who have nothing else to do meanwhile. */
export function finishCompilation(compilation: Generator<void, Snapshot>): Snapshot {
  for (;;) {
    const step = compilation.next()
    if (step.done === true) return step.value
  }
}
