/** Words for a reference to something that is not there. */
import { closest } from './document-shape.ts'
import { builtInPlans } from './entities/calling-plan-name.ts'
import type { ConfigurationView, Kind, Reference } from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'
import type { Problem } from './problem.ts'

/** So many ids are looked through for one that may be meant: comparing is slow and lists may be long. */
const mostCompared = 2000
const mostListed = 10

export function missingReference(
  reference: Reference,
  configuration: ConfigurationView,
): Pick<Problem, 'message' | 'cure'> {
  const { label, collection } = kindDefinition(reference.kind)
  if (reference.kind === 'phoneNumber') {
    return {
      message: `this number is not in ${collection}`,
      cure: `Add it to ${collection}, or choose one that is there`,
    }
  }
  return { message: `there is no ${label} with this id`, cure: cureOf(reference, label, collection, configuration) }
}

function cureOf(reference: Reference, label: string, collection: string, configuration: ConfigurationView): string {
  const builtIn = reference.kind === 'callingPlan' ? `${builtInPlans.join(', ')} or ` : ''
  const use = `Use ${builtIn}${idOfKind(reference.kind)} of an entry under ${collection}`
  if (configuration.count(reference.kind) === 0)
    return `${use}; there is ${builtIn === '' ? `no ${label}` : 'none'} yet`
  const ids: string[] = []
  for (const body of configuration.all(reference.kind)) {
    ids.push(kindDefinition(reference.kind).idOf(body))
    if (ids.length >= mostCompared) break
  }
  if (ids.length <= mostListed) return `${use}: ${ids.join(', ')}`
  const near = closest(reference.id, ids)
  return near === '' ? use : `Did you mean ${near}? ${use}`
}

function idOfKind(kind: Kind): string {
  if (kind === 'user') return 'the id (or else the userName)'
  return kind === 'device' ? 'the id (or else the sipUserName)' : 'the id'
}
