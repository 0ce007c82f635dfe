/** What is wrong with a configuration document, in words for the person who wrote it. */
export interface Problem {
  /** Where in the document: `users[3].extension`; '' is the document itself. */
  readonly path: string
  /** What stands there, as text; '' where nothing does. */
  readonly value: string
  /** What is wrong. */
  readonly message: string
  /** What to do. */
  readonly cure: string
}

/** Problems beyond this number are counted, not described. */
export const problemLimit = 100

/** One line for people. */
export function formatProblem(problem: Problem): string {
  const place = problem.path === '' ? 'document' : problem.path
  const value = problem.value === '' ? '' : ` (${problem.value})`
  return `${place}${value}: ${problem.message}. ${problem.cure}.`
}

/** Collects problems up to the limit and counts the rest. */
export class ProblemList {
  readonly problems: Problem[] = []
  #unlisted = 0

  add(path: string, value: unknown, message: string, cure: string): void {
    const shown = isSecret(path) ? '' : shownValue(value)
    if (this.problems.length < problemLimit) this.problems.push({ path, value: shown, message, cure })
    else this.#unlisted++
  }

  /** All that was found; the last entry says how many more there are. */
  all(): Problem[] {
    if (this.#unlisted === 0) return this.problems
    const message = `${this.#unlisted} more problems are not listed`
    return [...this.problems, { path: '', value: '', message, cure: 'Mend the ones above and check again' }]
  }
}

/** Passwords, also under a misspelt name: problems are logged. */
function isSecret(path: string): boolean {
  return path.startsWith('devices') && !/\.(id|user|sipUserName)$/.test(path)
}

/** A value as problems show it: '' for none, cut where it is long. */
export function shownValue(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : jsonText(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** '' for what JSON cannot hold: an alias in YAML may stand inside what it names, and nesting may be too deep. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
