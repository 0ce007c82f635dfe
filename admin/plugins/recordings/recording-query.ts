/** Filters of recordings as requests write them, in queries and in bodies. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { limitParameter } from '../../http/pages.ts'
import { RequestRefused } from '../../http/problems.ts'
import { periodOf } from '../../http/times.ts'
import type { RecordingOrdering, RecordingPlace, SortField } from '../../recordings/catalogue.ts'
import { newestFirst, sortFields } from '../../recordings/catalogue.ts'
import type { RecordingFilter } from '../../recordings/recording-filter.ts'

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }))

const filterFields = {
  since: text('Only those that began from this time on, as 2026-03-01T18:30:00Z'),
  until: text('Only those that began up to this time'),
  user: text('Only those in which the user with this id took part, or that are his'),
  extension: text('Only those of this extension'),
  direction: Type.Optional(
    Type.Enum(['incoming', 'outgoing', 'internal'], { description: 'Write incoming, outgoing or internal' }),
  ),
  pbx: text('Only those of the PBX with this id'),
  site: text('Only those of the site with this id'),
  number: text('Only those in whose numbers this is found'),
  q: text('Only those in whose names or numbers this is found'),
  call: text('Only those of the call with this id'),
  state: Type.Optional(
    Type.Enum(['available', 'archived', 'retrieved'], { description: 'Write available, archived or retrieved' }),
  ),
}

const FilterBody = Type.Object(filterFields, { additionalProperties: false, description: 'Write a filter as in lists' })
export type FilterQuery = Static<typeof FilterBody>

/** Recordings by id, by filter, or all. */
export const chosenFields = {
  ids: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      minItems: 1,
      maxItems: 10_000,
      description: 'Write ids of recordings',
    }),
  ),
  filter: Type.Optional(FilterBody),
  all: Type.Optional(Type.Boolean({ description: 'Write true to mean every recording' })),
}

export interface Chosen {
  ids?: string[]
  filter?: FilterQuery
  all?: boolean
}

/** A page of a list: a filter, an order, and where the page begins. */
export const ListQuerySchema = Type.Object(
  {
    ...filterFields,
    sort: text(`One of ${sortFields.join(', ')}; with - before it the other way; default -startedAt`),
    limit: limitParameter,
    cursor: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,16}-[0-9]{1,16}$', description: '`next` of the page before' }),
    ),
  },
  { additionalProperties: false },
)
export type ListQuery = Static<typeof ListQuerySchema>

export function filterOf({ since, until, q, state, ...others }: FilterQuery): RecordingFilter {
  const states = { available: 'hot', archived: 'cold', retrieved: 'retrieved' } as const
  return {
    ...others,
    ...periodOf({ since, until }),
    ...(q === undefined ? {} : { text: q }),
    ...(state === undefined ? {} : { state: states[state] }),
  }
}

export function orderOf(sort: string | undefined): RecordingOrdering {
  if (sort === undefined) return newestFirst
  const descending = sort.startsWith('-')
  const field = sortFields.find((known) => known === sort.slice(descending ? 1 : 0)) as SortField | undefined
  if (field !== undefined) return { field, descending }
  throw new RequestRefused('invalid-request', `sort names no field to sort by: write one of ${sortFields.join(', ')}`)
}

export function placeOf(cursor: string | undefined): RecordingPlace | null {
  if (cursor === undefined) return null
  const [value = 0, number = 0] = cursor.split('-').map(Number)
  return { value, number }
}

export function cursorOf(place: RecordingPlace | null): string | null {
  return place === null ? null : `${Math.max(0, place.value)}-${place.number}`
}

/** @throws RequestRefused unless exactly one of ids, filter and all is there, and the filter is about something */
export function checkChosen({ ids, filter, all }: Chosen): void {
  const ways = [ids !== undefined, filter !== undefined, all === true].filter(Boolean).length
  if (ways !== 1) {
    throw new RequestRefused('invalid-request', 'Say which recordings: write one of ids, filter, or all: true')
  }
  if (filter !== undefined && Object.keys(filter).length === 0) {
    throw new RequestRefused(
      'invalid-request',
      'The filter is empty, and would mean every recording: write all: true for that',
    )
  }
}
