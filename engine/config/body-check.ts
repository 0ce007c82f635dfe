/** Checks the form of one entity's body by its kind's schema. */
import type { Validator } from 'typebox/compile'
import { Compile } from 'typebox/compile'
import type { Problems, Shape } from './document-shape.ts'
import { checkShape } from './document-shape.ts'
import type { Body, Kind } from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'
import { idPattern } from './entities/values.ts'

const validators = new Map<Kind, Validator>()

/** Compiled when first needed: compiling all kinds takes a while that a short command need not wait for. */
function validatorOf(kind: Kind): Validator {
  let validator = validators.get(kind)
  if (validator === undefined) {
    validator = Compile(kindDefinition(kind).schema)
    validators.set(kind, validator)
  }
  return validator
}

/** Adds every misfit to `problems`, with paths relative to the body. */
export function checkBody(kind: Kind, body: unknown, problems: Problems): Shape {
  return checkShape(body, kindDefinition(kind).schema, validatorOf(kind), problems)
}

/** Whether a body of this kind has a field for its id, or is named by another field. */
export function hasIdField(kind: Kind): boolean {
  return Object.hasOwn(kindDefinition(kind).schema.properties, 'id')
}

/** Whether a body fits, without words for what does not: those cost a thousand times more. */
export function isSound(kind: Kind, body: unknown): boolean {
  return validatorOf(kind).Check(body)
}

/** The id that is written in a body, or else the one that its kind makes of it. The body must be readable. */
export function idOfBody(kind: Kind, body: Body): string {
  const written = hasIdField(kind) ? body['id'] : undefined
  return typeof written === 'string' ? written : kindDefinition(kind).idOf(body)
}

/** The body with its id written, first, where its kind has a field for it and the body none. */
export function withId(kind: Kind, body: unknown, id: string): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return hasIdField(kind) && !Object.hasOwn(body, 'id') ? { id, ...body } : body
}

const idForm = new RegExp(idPattern)

/** Whether what a kind makes of a body can stand in its field `id`. */
export function canBeId(kind: Kind, id: string): boolean {
  return !hasIdField(kind) || idForm.test(id)
}
