/** What lists that are read page by page have in common. */
import type { TSchema } from 'typebox'
import Type from 'typebox'

/** Parameter of the query. */
export const limitParameter = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 1000, description: 'Entries on a page, 1 to 1000; default 100' }),
)

/** Parameters of the query, for lists whose cursors are numbers. */
export const pageParameters = {
  limit: limitParameter,
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: '`next` of the page before' })),
}

export interface PageQuery {
  limit?: number
  cursor?: string
}

/** @param title of the schema, unique */
export function pageSchema(item: TSchema, title: string): TSchema {
  return Type.Object(
    {
      items: Type.Array(item),
      next: Type.Union([Type.String(), Type.Null()], {
        description: '`cursor` of the next page; null where this is the last',
      }),
    },
    { title },
  )
}
