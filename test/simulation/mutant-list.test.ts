import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { mutants, mutate } from './mutant-list.ts'

for (const mutant of mutants) {
  t.test(`"${mutant.name}" can still be put into the engine`, async (t) => {
    const compiled = readFileSync(fileURLToPath(new URL(`../../${mutant.file}`, import.meta.url)), 'utf8')
    t.not(mutate(compiled, mutant), compiled)
  })
}
