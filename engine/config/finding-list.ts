/** What checks find, with the entity it concerns, up to a limit: the rest is counted. */
import type { EntityKey } from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'
import type { Problem } from './problem.ts'
import { problemLimit, shownValue } from './problem.ts'

/** A problem or warning of one entity; its `path` is relative to it. */
export interface Finding extends Problem, EntityKey {
  /** Which of the writes it is about; -1 where the entity was not written but depends on what was. */
  readonly write: number
}

/** What was found, and how much more was not listed. */
export interface FoundAll {
  readonly findings: readonly Finding[]
  readonly unlisted: number
}

export class FindingList implements FoundAll {
  readonly findings: Finding[] = []
  unlisted = 0

  get full(): boolean {
    return this.findings.length >= problemLimit
  }

  get isEmpty(): boolean {
    return this.findings.length === 0
  }

  add(finding: Finding): void {
    if (this.full) this.unlisted++
    else this.findings.push(finding)
  }
}

/** A problem of an entity; what may be a secret is not shown, because problems are logged. */
export function problemOf(entity: EntityKey, path: string, value: unknown, message: string, cure: string): Problem {
  return { path, value: mayShow(entity, path) ? shownValue(value) : '', message, cure }
}

/** Where a kind has secrets, only its other fields are shown: a secret may stand under a misspelt name. */
function mayShow({ kind }: EntityKey, path: string): boolean {
  const { secrets, schema } = kindDefinition(kind)
  if (secrets.length === 0) return true
  const field = /^[^.[]*/.exec(path)?.[0] ?? ''
  return Object.hasOwn(schema.properties, field) && !secrets.includes(field)
}

/** `users[anna].extension`: where a finding stands, for those who know no position in a list. */
export function pathOfFinding(finding: Finding): string {
  const { collection } = kindDefinition(finding.kind)
  const place = finding.kind === 'account' ? 'account' : `${collection}[${finding.id}]`
  return joinPath(place, finding.path)
}

export function joinPath(place: string, path: string): string {
  if (path === '') return place
  return path.startsWith('[') || place === '' ? place + path : `${place}.${path}`
}

/** Plain problems; the last one says how many more there are. `pathOf` gives the place of each. */
export function problemsOf(found: FoundAll, pathOf: (finding: Finding) => string = pathOfFinding): Problem[] {
  const problems = found.findings.map((finding): Problem => {
    const { value, message, cure } = finding
    return { path: pathOf(finding), value, message, cure }
  })
  if (found.unlisted === 0) return problems
  const message = `${found.unlisted} more problems are not listed`
  return [...problems, { path: '', value: '', message, cure: 'Mend the ones above and check again' }]
}
