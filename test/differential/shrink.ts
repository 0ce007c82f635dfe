/** Makes a difference small enough to read: whatever can be left out of its configuration and facts is. */
import type { Difference, Script } from './compare.ts'
import { replay } from './compare.ts'

type Tree = { [key: string]: unknown } | unknown[]

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

/** The same without what lies at the end of the path. */
function without(tree: Tree, path: readonly string[]): Tree {
  const [key = '', ...rest] = path
  if (Array.isArray(tree)) {
    if (rest.length === 0) return tree.filter((_, index) => String(index) !== key)
    return tree.map((each, index) => (String(index) === key && isTree(each) ? without(each, rest) : each))
  }
  const { [key]: inner, ...others } = tree
  return rest.length > 0 && isTree(inner) ? { ...tree, [key]: without(inner, rest) } : others
}

function pathsOf(tree: Tree, to: readonly string[] = []): string[][] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = [...to, key]
    return [path, ...(isTree(value) ? pathsOf(value, path) : [])]
  })
}

/** What must stay, that types hold. */
const kept =
  /^(call|call\.(from|dials|trunk)|moments|moments\.\d+|moments\.\d+\.(now|after.*|live|live\.[a-zA-Z]+)|company(\.[a-zA-Z]+)?|.*\.extension)$/

/** Levels of a script down to the entries of a list in a rule. */
const deepest = 12

function tryReplay(script: Script): Difference | null {
  try {
    return replay(script)
  } catch {
    return null
  }
}

export function shrunk(difference: Difference): Difference {
  let best = difference
  for (let again = true; again; ) {
    again = false
    // Large parts first; each from its end, so that what is left out does not move what comes after.
    for (let depth = 2; depth <= deepest; depth++) {
      const paths = pathsOf({ company: best.company, call: best.call, moments: [...best.moments] })
      const removable = paths.filter((path) => path.length === depth && !kept.test(path.join('.')))
      for (const path of removable.reverse()) {
        const { company, call, moments } = best
        const smaller = tryReplay(without({ company, call, moments: [...moments] }, path) as unknown as Script)
        if (smaller === null) continue
        best = smaller
        again = true
      }
    }
  }
  return best
}
