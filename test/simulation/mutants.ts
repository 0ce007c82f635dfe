/**
 * `npm run simulate -- --mutants`: puts one known fault after the other into a copy of the compiled engine and shows
 * after how many calls the simulator notices; words behind it choose among them. A simulator that finds nothing proves nothing until it finds these.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant-list.ts'
import { mutants, mutate } from './mutant-list.ts'

const mostCalls = 10_000

/** Words of which a mutant's name has to contain one; none: all of them are tried. */
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const wanted = mutants.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))

const built = fileURLToPath(new URL('../../', import.meta.url))
const packages = join(dirname(createRequire(import.meta.url).resolve('yaml/package.json')), '..')

/** A copy of everything the simulator needs. */
function copyProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-mutants-'))
  for (const part of ['engine', 'test/simulation', 'test/wire']) {
    cpSync(join(built, part), join(folder, part), { recursive: true })
  }
  symlinkSync(packages, join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  return folder
}

/** Makes calls with the fault in. @returns the first violation as it was printed, or '' */
function firstViolation(folder: string, mutant: Mutant): string {
  const path = join(folder, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutate(original, mutant))
  const script = join(folder, 'test/simulation/simulate.js')
  const run = spawnSync(
    process.execPath,
    [
      script,
      ...['--calls', String(mostCalls), '--crash', '0.1', '--lamps', '0.5', '--threads', '1'],
      ...(mutant.options ?? []),
    ],
    {
      encoding: 'utf8',
    },
  )
  writeFileSync(path, original)
  if (run.status === 0) return ''
  const first = run.stdout.split('\n').find((line) => line.startsWith('Seed '))
  if (first === undefined) throw new Error(`Mutant "${mutant.name}" does not run:\n${run.stdout}${run.stderr}`)
  return first
}

const folder = copyProgram()
let missed = 0
try {
  for (const mutant of wanted) {
    const violation = firstViolation(folder, mutant)
    if (violation === '') missed++
    const calls = /within (\d+) calls/.exec(violation)?.[1] ?? ''
    const verdict = violation === '' ? `NOT CAUGHT within ${mostCalls} calls` : `caught within ${calls} calls`
    const what = violation.slice(violation.indexOf(': ') + 2, 160)
    console.log(`${mutant.name}: ${verdict}${violation === '' ? '' : `\n    ${what}`}`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`${wanted.length - missed} of ${wanted.length} mutants caught`)
process.exitCode = missed === 0 ? 0 : 1
