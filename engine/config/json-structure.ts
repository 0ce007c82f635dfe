/** Deeper than anything of ours; what is deeper is no mistake but an attack on programs that recurse. */
export const deepestNesting = 32

/** What a JSON text would become, in numbers. */
export interface JsonStructure {
  /** How deep lists and objects stand in each other. */
  readonly depth: number
  /** Lists, objects and commas: about as many values as it has. */
  readonly values: number
}

/**
 * Measures a JSON text without recursion and without making anything of it, so that one can be refused that would take all
 * memory: no limit reaches into `JSON.parse`. Text that is no JSON gives numbers too.
 */
export function jsonStructure(text: string): JsonStructure {
  let depth = 0
  let most = 0
  let values = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (quoted) {
      if (code === 0x5c) index++
      else if (code === 0x22) quoted = false
    } else if (code === 0x22) quoted = true
    else if (code === 0x2c) values++
    else if (code === 0x5b || code === 0x7b) {
      values++
      most = Math.max(most, ++depth)
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return { depth: most, values }
}
