import { readFileSync } from 'node:fs'
import t from 'tap'
import { checkList } from './check-list.ts'
import { rows } from './rows.ts'
import { scenarioFaults, scenarioTable } from './table.ts'

const read = (file: string): string => readFileSync(file, 'utf8')

t.test('every name of the check list has a test that is there', async (t) => {
  t.same(scenarioFaults(rows, checkList, read), [])
})

t.test('a name without a test and a test that is gone are told', async (t) => {
  const gone = { names: ['b'], file: 'package.json', test: 'no such test', why: '' }
  t.same(scenarioFaults([{ area: 'A', file: 'x', played: [], referred: [gone] }], { A: ['a', 'b'] }, read), [
    'A: nothing plays a',
    'A: package.json has no test "no such test"',
  ])
})

t.test('docs/sip-scenarios.md says what is so (npm run sip-scenarios writes it)', async (t) => {
  t.equal(read('docs/sip-scenarios.md'), scenarioTable(rows))
})
