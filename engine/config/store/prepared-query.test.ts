import { test } from 'tap'
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'

test('a prepared query is the one that would be built', async (t) => {
  const build = (kind: string, id: string, limit: number) =>
    queries
      .selectFrom('entity')
      .select(['id', 'body'])
      .where('kind', '=', kind)
      .where('title', '!=', 'fixed')
      .where('id', '>', id)
      .limit(limit)
  const prepared = preparedQuery(build)
  const cases: [string, string, number][] = [
    ['user', "'; DROP TABLE entity; --", 3],
    ['site', 'value 0 of a prepared query', 0],
  ]
  for (const values of cases) {
    const { sql, parameters } = prepared(...values).compile()
    const anew = build(...values).compile()
    t.equal(sql, anew.sql)
    t.same(parameters, anew.parameters)
  }
})

test('values are put in wherever they stand, also where there is none', async (t) => {
  const insert = preparedQuery((revision: number, id: string, before: string | null) =>
    queries.insertInto('change').values({ revision, kind: 'user', id, before, after: id }),
  )
  const { sql, parameters } = insert(7, 'anna', null).compile()
  t.match(sql, /^insert into "change" \("revision", "kind", "id", "before", "after"\) values \(\?, \?, \?, \?, \?\)$/)
  t.same(parameters, [7, 'user', 'anna', null, 'anna'])
})
