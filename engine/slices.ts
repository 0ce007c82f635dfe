/** How long work may hold up calls at a time, in milliseconds; what it does between two pauses comes on top. */
const longestSlice = 1

/**
 * Does work that pauses often, in slices between other events.
 *
 * @param now milliseconds from any moment on, never going back
 * @returns what the work gives; rejects with what it throws
 */
export function inSlices<T>(work: Generator<void, T>, now: () => number): Promise<T> {
  return new Promise((resolve, reject) => {
    const slice = () => {
      const end = now() + longestSlice
      try {
        do {
          const step = work.next()
          if (step.done === true) {
            resolve(step.value)
            return
          }
        } while (now() < end)
      } catch (error) {
        reject(error)
        return
      }
      // Runs after whatever has come in meanwhile.
      setImmediate(slice)
    }
    slice()
  })
}
