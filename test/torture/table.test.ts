import { readFileSync } from 'node:fs'
import t from 'tap'
import { torturePage } from './table.ts'

t.test('docs/torture.md says what is so (npm run torture-table writes it)', async (t) => {
  t.equal(readFileSync('docs/torture.md', 'utf8'), torturePage())
})
