import fc from 'fast-check'
import t from 'tap'
import type { ListSource } from './list-query.ts'
import { ListSelection } from './list-query.ts'

interface Thing {
  readonly id: string
  readonly order: number
}

const things: ListSource<Thing> = {
  fields: ['id'],
  valuesOf: (thing) => [thing.id],
  textOf: (thing) => thing.id,
  orderOf: (thing) => thing.order,
}

t.test('pages put together are the whole list in order, whatever order it is seen in', async (t) => {
  const thing = fc.record({ id: fc.stringMatching(/^[a-z]{1,3}$/), order: fc.integer({ min: 0, max: 5 }) })
  const list = fc.uniqueArray(thing, { selector: ({ id }) => id, maxLength: 60 })
  const property = fc.property(list, fc.integer({ min: 1, max: 7 }), (entries, limit) => {
    const sorted = entries.toSorted((one, other) => one.order - other.order || (one.id < other.id ? -1 : 1))
    const paged: Thing[] = []
    let after = ''
    for (;;) {
      const selection = new ListSelection({ filter: {}, text: '', after, limit }, things)
      for (const entry of entries) selection.see(entry)
      const page = selection.page()
      if (page.total !== entries.length || page.items.length > limit) return false
      paged.push(...page.items)
      if (page.next === null) break
      after = page.next
    }
    return JSON.stringify(paged) === JSON.stringify(sorted)
  })
  t.doesNotThrow(() => fc.assert(property))
})
