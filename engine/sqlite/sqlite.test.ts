import t from 'tap'
import { firstUsable, Sqlite, sqlitePackages } from './sqlite.ts'

t.test('which package serves which Node.js', (t) => {
  t.same(sqlitePackages('20.20.2'), ['better-sqlite3'])
  t.same(sqlitePackages('22.0.0'), ['better-sqlite3-13', 'better-sqlite3'])
  t.same(sqlitePackages('26.4.1'), ['better-sqlite3-13', 'better-sqlite3'])
  t.end()
})

t.test('the first that works is taken', (t) => {
  const asked: string[] = []
  const found = firstUsable(['first', 'second', 'third'], (name) => {
    asked.push(name)
    if (name === 'first') throw new Error(`Cannot find module 'first'\nRequire stack:\n- somewhere`)
    return Sqlite
  })
  t.equal(found, Sqlite)
  t.same(asked, ['first', 'second'])
  t.end()
})

t.test('where none works, the error says why and what to do', (t) => {
  const load = (name: string) => {
    throw new Error(`Cannot find module '${name}'\nRequire stack:\n- somewhere`)
  }
  t.throws(() => firstUsable(['first', 'second'], load), {
    message: /^SQLite cannot be used \(first: Cannot find module 'first'; second: Cannot .*npm rebuild better-sqlite3/,
  })
  t.end()
})

t.test('SQLite runs', (t) => {
  const connection = new Sqlite(':memory:')
  t.same(connection.prepare('select 1 + 1 as sum').get(), { sum: 2 })
  connection.close()
  t.end()
})
