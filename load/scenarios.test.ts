import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { scenarioPath, scenarios } from './scenarios.ts'
import { injectionFields } from './users/injection-files.ts'

t.test('each scenario has its files, and each file its scenario', async (t) => {
  const used = new Set(scenarios.flatMap(({ caller, phones }) => (phones === null ? [caller] : [caller, phones])))
  for (const file of used) t.ok(existsSync(scenarioPath(file)), file)
  t.same(readdirSync(scenarioPath('.')).sort(), [...used].sort())
  t.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length)
})

t.test('scenarios use no field that their lines do not have, and measure a delay', async (t) => {
  for (const { name, caller, lines } of scenarios) {
    const text = readFileSync(scenarioPath(caller), 'latin1')
    const fields = [...text.matchAll(/\[field(\d+)\]/g)].map(([, field]) => Number(field))
    t.ok(Math.max(...fields) < injectionFields[lines].length, name)
    t.match(text, /start_rtd="delay"/, name)
    t.match(text, / rtd="delay"/, name)
  }
})
