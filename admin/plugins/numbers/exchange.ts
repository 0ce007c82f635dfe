/** Two who have phone numbers, and what has to be written so that each has those of the other. */
import type { EntityWrite } from '../../../engine/config/configuration-writer.ts'
import type { Body, ConfigurationView, EntityKey, Kind } from '../../../engine/config/entities/kind.ts'
import { kindDefinition } from '../../../engine/config/entities/kinds.ts'
import { serviceKinds } from '../../../engine/config/entities/targets.ts'
import type { Problem } from '../../../engine/config/problem.ts'

/** Kinds that phone numbers are assigned to; a number names its holder in a field of this name. */
export const holderKinds = ['user', ...serviceKinds] as const
export type HolderKind = (typeof holderKinds)[number]

/** `{ user: 'anna' }`, as a phone number names its holder. */
export type Holder = Partial<Record<HolderKind, string>>

export type Exchange =
  | { readonly ok: true; readonly writes: readonly EntityWrite[]; readonly numbers: readonly string[] }
  | { readonly ok: false; readonly problem: Problem }

/** All numbers of the one become those of the other. A user's primary number is then the one that the other had as his. */
export function exchangeOfNumbers(configuration: ConfigurationView, one: Holder, other: Holder): Exchange {
  const keys: EntityKey[] = []
  for (const [place, holder] of [
    ['one', one],
    ['other', other],
  ] as const) {
    const key = keyOf(holder)
    if (key === null) {
      const message = 'this names nobody, or more than one'
      const cure = `Write one of ${holderKinds.join(', ')} with its id`
      return refused(place, Object.keys(holder).join(', '), message, cure)
    }
    const { kind, id } = key
    if (configuration.get(kind, id) === undefined) {
      const message = `there is no ${kindDefinition(kind).label} with this id`
      return refused(`${place}.${kind}`, id, message, 'Choose one that is there')
    }
    keys.push(key)
  }
  const [left, right] = keys as [EntityKey, EntityKey]
  if (left.kind === right.kind && left.id === right.id) {
    return refused('other', left.id, 'these are the same', 'Name two of them')
  }
  const [ofLeft, ofRight] = [numbersOf(configuration, left), numbersOf(configuration, right)]
  if (ofLeft.length + ofRight.length === 0) {
    return refused('', '', 'neither of the two has a phone number', 'Assign one to one of them first')
  }
  const writes: EntityWrite[] = [...assigned(ofLeft, right), ...assigned(ofRight, left)]
  const [leftPrimary, rightPrimary] = [primaryOf(configuration, left), primaryOf(configuration, right)]
  writes.push(...withPrimary(configuration, left, leftPrimary, rightPrimary))
  writes.push(...withPrimary(configuration, right, rightPrimary, leftPrimary))
  return { ok: true, writes, numbers: [...ofLeft, ...ofRight].map(({ id }) => id) }
}

function keyOf(holder: Holder): EntityKey | null {
  const given = holderKinds.flatMap((kind) => {
    const id = holder[kind]
    return id === undefined ? [] : [{ kind, id }]
  })
  return given.length === 1 ? (given[0] ?? null) : null
}

interface Numbered {
  readonly id: string
  readonly body: Body
}

function numbersOf(configuration: ConfigurationView, { kind, id }: EntityKey): readonly Numbered[] {
  const found: Numbered[] = []
  for (const reference of configuration.referrersOf(kind, id)) {
    if (reference.kind !== 'phoneNumber' || reference.path !== kind) continue
    const body = configuration.get('phoneNumber', reference.id)
    if (body !== undefined) found.push({ id: reference.id, body })
  }
  return found
}

function assigned(numbers: readonly Numbered[], to: EntityKey): EntityWrite[] {
  return numbers.map(({ id, body }) => {
    const rest = Object.entries(body).filter(([field]) => !(holderKinds as readonly string[]).includes(field))
    return { kind: 'phoneNumber', id, body: { ...Object.fromEntries(rest), [to.kind]: to.id } }
  })
}

function primaryOf(configuration: ConfigurationView, { kind, id }: { kind: Kind; id: string }): string | undefined {
  const number = kind === 'user' ? configuration.get(kind, id)?.['primaryNumber'] : undefined
  return typeof number === 'string' ? number : undefined
}

/** The user with the other's primary number; where the other has chosen none, with none. */
function withPrimary(
  configuration: ConfigurationView,
  { kind, id }: EntityKey,
  before: string | undefined,
  after: string | undefined,
): EntityWrite[] {
  const body = configuration.get(kind, id)
  if (kind !== 'user' || body === undefined || before === after) return []
  const { primaryNumber, ...rest } = body
  return [{ kind, id, body: after === undefined ? rest : { ...rest, primaryNumber: after } }]
}

function refused(path: string, value: string, message: string, cure: string): Exchange {
  return { ok: false, problem: { path, value, message, cure } }
}
