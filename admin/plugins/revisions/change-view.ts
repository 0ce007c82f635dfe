/** Changes of the configuration as the API shows them: before and after, without secrets. */
import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { Body, EntityChange } from '../../../engine/config/entities/kind.ts'
import { kindDefinition } from '../../../engine/config/entities/kinds.ts'

const AnyFields = (description: string): TSchema =>
  ({ anyOf: [{ type: 'object', additionalProperties: true }, { type: 'null' }], description }) as unknown as TSchema

export const ChangeSchema = Type.Object(
  {
    kind: Type.String({ description: 'Kind of the entity', examples: ['user'] }),
    id: Type.String({ description: 'Its id', examples: ['anna'] }),
    before: AnyFields('As it was; null where it was not there'),
    after: AnyFields('As it is then; null where it is not there any more'),
    secretsChanged: Type.Array(Type.String(), {
      description: 'Secret fields whose value is another; the values are not shown',
    }),
  },
  { title: 'Change' },
)

export interface ChangeView {
  readonly kind: string
  readonly id: string
  readonly before: Body | null
  readonly after: Body | null
  readonly secretsChanged: readonly string[]
}

/** @param change with secrets as `{ secret: number }` or as plain values: neither is shown */
export function viewOfChange({ kind, id, before, after }: EntityChange): ChangeView {
  const { secrets } = kindDefinition(kind)
  const secretsChanged = secrets.filter((field) => JSON.stringify(before?.[field]) !== JSON.stringify(after?.[field]))
  return { kind, id, before: withoutSecrets(before, secrets), after: withoutSecrets(after, secrets), secretsChanged }
}

function withoutSecrets(body: Body | null, secrets: readonly string[]): Body | null {
  if (body === null || secrets.length === 0) return body
  return Object.fromEntries(Object.entries(body).filter(([field]) => !secrets.includes(field)))
}
