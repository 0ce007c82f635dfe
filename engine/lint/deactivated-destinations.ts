import type { ConfigurationView, Kind } from '../config/entities/kind.ts'
import { kindDefinitions } from '../config/entities/kinds.ts'
import type { LintFinding } from './lint-finding.ts'

/** Kinds that name a user without sending him calls. */
const ownersOnly: ReadonlySet<Kind> = new Set<Kind>(['device', 'contact'])

/** Calls that are sent to users who are deactivated: they end there with 480. */
export function* deactivatedDestinations(configuration: ConfigurationView): Generator<LintFinding> {
  for (const definition of kindDefinitions()) {
    if (ownersOnly.has(definition.kind)) continue
    for (const body of configuration.all(definition.kind)) {
      for (const { kind, id, path } of definition.referencesOf(body)) {
        if (kind !== 'user' || configuration.get('user', id)?.['active'] !== false) continue
        yield {
          kind: definition.kind,
          id: definition.idOf(body),
          path,
          value: id,
          message: 'this user is deactivated: calls that are sent to him are not answered',
          cure: 'Activate the user, or send calls to somebody else',
        }
      }
    }
  }
}
