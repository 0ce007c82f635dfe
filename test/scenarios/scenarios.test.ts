/** Plays every scenario of this folder, and holds the table of rules to them. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { play } from './play-scenario.ts'
import { pageWithTable, readAllScenarios, readRules, scenarioPage } from './scenario-page.ts'

const files = readAllScenarios()
const rules = [...readRules().values()].flatMap((each) => [...each.keys()])

for (const [fileName, file] of files) {
  t.test(`${fileName}: ${file.title}`, async (t) => {
    for (const scenario of file.scenarios) t.equal(play(file, scenario).join('\n'), '', scenario.name)
  })
}

t.test('a scenario has a name of its own and shows rules that there are', async (t) => {
  const names = [...files.values()].flatMap(({ scenarios }) => scenarios.map(({ name }) => name))
  t.same(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
  const covered = [...files.values()].flatMap(({ scenarios }) => scenarios.flatMap(({ covers }) => covers))
  t.same(
    covered.filter((id) => !rules.includes(id)),
    [],
  )
  t.same(
    rules.filter((id, index) => rules.indexOf(id) !== index),
    [],
    'no rule has the id of another',
  )
  t.same(
    rules.filter((id) => !covered.includes(id)),
    [],
    'every rule is shown by a scenario',
  )
})

t.test('the table of the page is that of the scenarios', async (t) => {
  const page = readFileSync(scenarioPage, 'utf8')
  t.equal(page, pageWithTable(page), 'npm run router-scenarios writes it anew')
})

t.test('a scenario that expects something else fails', async (t) => {
  const [file] = files.values()
  const [scenario] = file?.scenarios ?? []
  if (file === undefined || scenario === undefined) throw new Error('There are no scenarios')
  t.match(play(file, { ...scenario, expect: { refuse: '999' } }).join('\n'), /999 is expected/)
  t.match(play(file, { ...scenario, expect: {} }).join('\n'), /nothing is expected/)
  t.match(
    play(file, { ...scenario, expect: { ...scenario.expect, because: [{ trunk: 'fails' }] } }).join('\n'),
    /no step/,
  )
})
