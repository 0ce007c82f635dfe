import type { EntityChange } from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'

/** One line for people: `user anna changed`; `user: 10 made, 2 changed; device: 1 deleted`. */
export function changeSummary(changes: readonly EntityChange[]): string {
  const [only] = changes
  if (only !== undefined && changes.length === 1) return `${kindDefinition(only.kind).label} ${only.id} ${verb(only)}`
  const counts = new Map<string, Map<string, number>>()
  for (const change of changes) {
    const { label } = kindDefinition(change.kind)
    const verbs = counts.get(label) ?? new Map<string, number>()
    verbs.set(verb(change), (verbs.get(verb(change)) ?? 0) + 1)
    counts.set(label, verbs)
  }
  const parts = [...counts].map(
    ([label, verbs]) => `${label}: ${[...verbs].map(([how, n]) => `${n} ${how}`).join(', ')}`,
  )
  return parts.join('; ')
}

function verb({ before, after }: EntityChange): string {
  if (before === null) return 'made'
  return after === null ? 'deleted' : 'changed'
}
