import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { removeStaleOutput } from './stale-output.mjs'

t.test('output lives only as long as its source', async (t) => {
  const root = t.testdir({
    engine: { 'kept.ts': '' },
    dist: { engine: { 'kept.js': '', 'kept.js.map': '', 'gone.test.js': '', 'gone.test.js.map': '' } },
  })
  t.same(removeStaleOutput(root).sort(), ['engine/gone.test.js', 'engine/gone.test.js.map'])
  t.ok(existsSync(join(root, 'dist/engine/kept.js')))
  t.notOk(existsSync(join(root, 'dist/engine/gone.test.js')))
})

t.test('a tree that was never built has nothing stale', async (t) => {
  const root = t.testdir({})
  mkdirSync(join(root, 'engine'))
  writeFileSync(join(root, 'engine/a.ts'), '')
  t.same(removeStaleOutput(root), [])
})
