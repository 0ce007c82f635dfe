/**
 * Filters and pages of live lists. A list changes while it is paged through: the cursor is the place of the last entry
 * shown, by order and id, so that nothing is shown twice and only what comes or goes meanwhile is missed.
 */

export interface ListQuery {
  /** Values by field: entries that have all of them. */
  readonly filter: Readonly<Record<string, string>>
  /** Part of what is shown of the entry, whatever its case; '' for any. */
  readonly text: string
  /** `next` of the page before; '' for the first. */
  readonly after: string
  readonly limit: number
}

/** What a query must know of the entries of a list. */
export interface ListSource<Entry> {
  readonly fields: readonly string[]
  readonly valuesOf: (entry: Entry, field: string) => readonly string[]
  readonly textOf: (entry: Entry) => string
  /** A number that grows with later entries; entries of the same number are ordered by their ids. */
  readonly orderOf: (entry: Entry) => number
}

/** Longest value in a query. */
const longestValue = 300

/** A query, `null` for none, or what is wrong with it. */
export function readListQuery(value: unknown, fields: readonly string[], most: number): ListQuery | null | string {
  if (value === null) return null
  if (typeof value !== 'object') return 'query is an object'
  const { filter, text, after, limit } = value as Partial<Record<keyof ListQuery, unknown>>
  if (typeof filter !== 'object' || filter === null) return 'query.filter is an object'
  const wanted: Record<string, string> = {}
  for (const [field, wish] of Object.entries(filter)) {
    if (!fields.includes(field)) return `query.filter knows ${fields.join(', ')}`
    if (typeof wish !== 'string' || wish.length > longestValue) return `query.filter.${field} is a short text`
    wanted[field] = wish
  }
  if (typeof text !== 'string' || text.length > longestValue) return 'query.text is a short text'
  if (typeof after !== 'string' || (after !== '' && readCursor(after) === null)) return 'query.after is a cursor'
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > most) {
    return `query.limit is a number from 1 to ${most}`
  }
  return { filter: wanted, text, after, limit }
}

interface Place {
  readonly order: number
  readonly id: string
}

function readCursor(text: string): Place | null {
  const match = /^(\d{1,15})\.([0-9A-Za-z_-]{1,100})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? null : { order: Number(match[1]), id: match[2] }
}

function isBefore(one: Place, other: Place): boolean {
  return one.order < other.order || (one.order === other.order && one.id < other.id)
}

interface Selected<Entry> extends Place {
  readonly entry: Entry
}

/** Picks one page out of a list that is shown to it entry by entry, in any order. Keeps no more than two pages. */
export class ListSelection<Entry extends { readonly id: string }> {
  readonly #query: ListQuery
  readonly #source: ListSource<Entry>
  readonly #after: Place | null
  readonly #fields: readonly [string, string][]
  readonly #text: string
  #selected: Selected<Entry>[] = []
  #total = 0
  #more = false

  constructor(query: ListQuery, source: ListSource<Entry>) {
    this.#query = query
    this.#source = source
    this.#after = readCursor(query.after)
    this.#fields = Object.entries(query.filter)
    this.#text = query.text.toLowerCase()
  }

  see(entry: Entry): void {
    if (!this.#fits(entry)) return
    this.#total++
    const place = { order: this.#source.orderOf(entry), id: entry.id, entry }
    if (this.#after !== null && !isBefore(this.#after, place)) return
    this.#selected.push(place)
    if (this.#selected.length >= 2 * this.#query.limit + 1) this.#cut()
  }

  /** The page, when everything was seen. */
  page(): { readonly items: readonly Entry[]; readonly next: string | null; readonly total: number } {
    this.#cut()
    const last = this.#selected.at(-1)
    const next = this.#more && last !== undefined ? `${last.order}.${last.id}` : null
    return { items: this.#selected.map(({ entry }) => entry), next, total: this.#total }
  }

  #fits(entry: Entry): boolean {
    for (const [field, value] of this.#fields) {
      if (!this.#source.valuesOf(entry, field).includes(value)) return false
    }
    return this.#text === '' || this.#source.textOf(entry).toLowerCase().includes(this.#text)
  }

  #cut(): void {
    this.#selected.sort((one, other) => (isBefore(one, other) ? -1 : 1))
    if (this.#selected.length > this.#query.limit) {
      this.#more = true
      this.#selected.length = this.#query.limit
    }
  }
}
