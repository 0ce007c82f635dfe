import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readInput } from './read-input.ts'
import { UsageError } from './usage-error.ts'

t.test('a file is read as UTF-8, and refused where it is something else', async (t) => {
  const file = join(t.testdir(), 'company.yaml')
  writeFileSync(file, 'name: Zoë')
  t.equal(readInput(file), 'name: Zoë')
  writeFileSync(file, 'name: Zoë', 'latin1')
  t.throws(() => readInput(file), new UsageError(`${file} is not UTF-8: save it in that encoding`))
  t.throws(() => readInput(`${file}.not`), /company\.yaml\.not cannot be read: ENOENT/)
})
