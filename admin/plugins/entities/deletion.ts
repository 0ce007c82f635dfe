/** Deleting an entity, and what points at it. */
import type { FastifyRequest } from 'fastify'
import type { EntityWrite } from '../../../engine/config/configuration-writer.ts'
import type {
  Body,
  ConfigurationView,
  EntityKey,
  KindDefinition,
  Reference,
} from '../../../engine/config/entities/kind.ts'
import { kindDefinition } from '../../../engine/config/entities/kinds.ts'
import type { Committed } from '../../http/changes.ts'
import { commit } from '../../http/changes.ts'
import { checkIfMatch } from '../../http/etags.ts'
import type { Referrer } from '../../http/problems.ts'
import { RequestRefused } from '../../http/problems.ts'
import type { AdminServices } from '../../plugin.ts'
import { pathOf } from './entity-schemas.ts'
import { withoutField } from './field-removal.ts'
import { storedEntity } from './stored.ts'

/** Referrers that are named in a refusal. */
const mostNamed = 100

/** @param clear takes the fields away that point at it, where they may be missing */
export async function deleteEntity(
  services: AdminServices,
  request: FastifyRequest,
  definition: KindDefinition,
  id: string,
  clear: boolean,
): Promise<Committed> {
  const key: EntityKey = { kind: definition.kind, id }
  const { revision } = await storedEntity(services, definition, id)
  checkIfMatch(request, revision)
  const options = request.headers['if-match'] === undefined ? {} : { entityRevisions: [{ ...key, revision }] }
  const writes = (configuration: ConfigurationView): readonly EntityWrite[] => {
    const references = referencesTo(configuration, key)
    if (references.length === 0) return [{ ...key, body: null }]
    if (!clear) throw inUse(definition, id, references, configuration)
    return [...clearedReferrers(definition, id, references, configuration), { ...key, body: null }]
  }
  return commit(services, request, writes, options, key)
}

/** What points at an entity, itself left out. */
export function referencesTo(configuration: ConfigurationView, { kind, id }: EntityKey): readonly Reference[] {
  const found: Reference[] = []
  for (const reference of configuration.referrersOf(kind, id)) {
    if (reference.kind !== kind || reference.id !== id) found.push(reference)
  }
  return found
}

function clearedReferrers(
  definition: KindDefinition,
  id: string,
  references: readonly Reference[],
  configuration: ConfigurationView,
): readonly EntityWrite[] {
  const bodies = new Map<string, { key: EntityKey; body: Body }>()
  const stuck: Reference[] = []
  // From behind, so that places in lists before the one that goes stay what they are.
  for (const reference of [...references].sort((left, right) => comparePaths(right.path, left.path))) {
    const name = `${reference.kind} ${reference.id}`
    const body = bodies.get(name)?.body ?? configuration.get(reference.kind, reference.id)
    if (body === undefined) continue
    const cleared = withoutField(body, reference.path, kindDefinition(reference.kind).schema)
    if (cleared === null) stuck.push(reference)
    else bodies.set(name, { key: { kind: reference.kind, id: reference.id }, body: cleared })
  }
  if (stuck.length > 0) throw inUse(definition, id, stuck, configuration)
  return [...bodies.values()].map(({ key, body }) => ({ ...key, body }))
}

/** Numbers in them compare as numbers. */
function comparePaths(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true })
}

function inUse(
  definition: KindDefinition,
  id: string,
  references: readonly Reference[],
  configuration: ConfigurationView,
): RequestRefused {
  const referrers = references.slice(0, mostNamed).map((reference) => referrerOf(reference, configuration))
  const [first] = referrers
  const others = references.length > 1 ? ` and ${references.length - 1} more` : ''
  return new RequestRefused(
    'in-use',
    `${definition.label} ${id} is needed by ${first?.kind} ${first?.id} (${first?.path})${others}: change those first, ` +
      'or add ?references=clear where those fields may be missing',
    { referrers },
  )
}

/** For people. */
export function referrerOf({ kind, id, path }: Reference, configuration: ConfigurationView): Referrer {
  const definition = kindDefinition(kind)
  const body = configuration.get(kind, id)
  const href = kind === 'account' ? '/v1/account' : `/v1/${pathOf(definition)}/${encodeURIComponent(id)}`
  return { kind, id, path, title: body === undefined ? id : definition.titleOf(body), href }
}
