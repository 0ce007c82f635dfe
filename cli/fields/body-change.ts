/** Changes within the body of an entity, by paths of fields. Bodies given are left as they are. */
import { isDeepStrictEqual } from 'node:util'

export type Fields = Readonly<Record<string, unknown>>

/** The body with a value at `forwarding.busy.to.user`; groups on the way are made where there are none. */
export function withValue(body: Fields, path: string, value: unknown): Fields {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...body, [name]: value }
  return { ...body, [name]: withValue(groupAt(body, name), rest.join('.'), value) }
}

/** The body without a field; groups that are empty afterwards go too. */
export function withoutValue(body: Fields, path: string): Fields {
  const [name = '', ...rest] = path.split('.')
  const { [name]: inner, ...others } = body
  if (rest.length === 0 || inner === undefined) return others
  const left = withoutValue(groupAt(body, name), rest.join('.'))
  return Object.keys(left).length === 0 ? others : { ...body, [name]: left }
}

/** What stands at a path; `undefined` where nothing does. */
export function valueAt(body: Fields, path: string): unknown {
  let value: unknown = body
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Fields)[name]
  }
  return value
}

function groupAt(body: Fields, name: string): Fields {
  const value = body[name]
  return isGroup(value) ? value : {}
}

/** The merge patch (RFC 7396) that makes one body the other. */
export function mergePatchBetween(before: Fields, after: Fields): Fields {
  const patch: Record<string, unknown> = {}
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) patch[name] = null
  for (const [name, value] of Object.entries(after)) {
    const was = before[name]
    if (isDeepStrictEqual(was, value)) continue
    patch[name] = isGroup(was) && isGroup(value) ? mergePatchBetween(was, value) : value
  }
  return patch
}

function isGroup(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
