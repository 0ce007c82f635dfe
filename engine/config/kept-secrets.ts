/** What becomes of secrets that nobody wrote: clients never see them, so they cannot send them back. */
import type { Finding, UncheckedWrite } from './configuration.ts'
import type { Body, ConfigurationView, EntityChange, EntityKey } from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'
import { isSecretMark } from './store/secrets.ts'

/** The write with the secrets that it leaves out as they are now, and without those that it takes away by `null`. */
export function keepSecrets(configuration: ConfigurationView, write: UncheckedWrite): UncheckedWrite {
  const { kind, body } = write
  const { secrets } = kindDefinition(kind)
  if (secrets.length === 0 || typeof body !== 'object' || body === null || Array.isArray(body)) return write
  const id = write.id ?? idOf(write)
  const current = id === undefined ? undefined : configuration.get(kind, id)
  const whole: Record<string, unknown> = { ...body }
  for (const field of secrets) {
    if (whole[field] === null) delete whole[field]
    else if (whole[field] === undefined && current?.[field] !== undefined) whole[field] = current[field]
  }
  return { ...write, body: whole }
}

/** The id that a body without one would get; `undefined` where the body does not fit its kind. */
function idOf({ kind, body }: UncheckedWrite): string | undefined {
  try {
    const { id } = body as Body
    return typeof id === 'string' ? id : kindDefinition(kind).idOf(body as Body)
  } catch {
    return undefined
  }
}

/** A value for a secret of an entity to be restored. */
export interface GivenSecret extends EntityKey {
  readonly field: string
  readonly value: string
}

export type RestoringWrites =
  | { readonly writes: readonly UncheckedWrite[]; readonly missing: readonly [] }
  /** What needs a new secret: nothing can be written. */
  | { readonly writes: readonly []; readonly missing: readonly Finding[] }

/** How many entities are handled between two pauses: well under a millisecond. */
const entitiesBetweenPauses = 50

/**
 * Writes that bring entities back as they were, made with pauses. A secret is never brought back: an entity that is still
 * there keeps the one it has, and one that is gone needs a new one.
 *
 * @param changes from now to then, with marks in place of secrets
 */
export function* restoringWrites(
  configuration: ConfigurationView,
  changes: readonly EntityChange[],
  given: readonly GivenSecret[],
): Generator<void, RestoringWrites> {
  const missing: Finding[] = []
  const writes: UncheckedWrite[] = []
  const values = new Map(given.map(({ kind, id, field, value }) => [JSON.stringify([kind, id, field]), value]))
  for (const [write, { kind, id, after }] of changes.entries()) {
    if (write % entitiesBetweenPauses === 0) yield
    if (after === null) {
      writes.push({ kind, id, body: null })
      continue
    }
    const current = configuration.get(kind, id)
    const body: Record<string, unknown> = { ...after }
    for (const field of kindDefinition(kind).secrets) {
      const found = values.size === 0 ? undefined : values.get(JSON.stringify([kind, id, field]))
      const value = found ?? (isSecretMark(after[field]) ? current?.[field] : undefined)
      if (value !== undefined) body[field] = value
      else if (current === undefined && isSecretMark(after[field])) {
        const { label } = kindDefinition(kind)
        const message = `the ${label} ${id} is to come back, and its ${field} is gone: secrets are never brought back`
        const cure = `Give a new ${field} for it with the order to restore`
        missing.push({ kind, id, write, path: field, value: '', message, cure })
      } else body[field] = null
    }
    writes.push({ kind, id, body })
  }
  return missing.length > 0 ? { writes: [], missing } : { writes, missing: [] }
}
