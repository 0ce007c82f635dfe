/**
 * `npm run mutate`: puts faults into a copy of the compiled transaction machines, one at a time, and sees whether their
 * unit tests or, after these, some simulated calls notice. Prints the faults that nobody notices, and the score: the
 * share of those that are noticed. `--help` lists the options; decision 0018 says why it is a script of our own.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildWhenNeeded } from './build-when-needed.mjs'
import { mutantsOf } from './mutants-of.mjs'

/** By compiled file. */
const maps = new Map()

const root = fileURLToPath(new URL('..', import.meta.url))
const machines = 'engine/sip/transaction'
/**
 * A mutant that does not come to an end is noticed too: the whole takes a second without it. Of the processor (s), so that
 * a busy machine, or one that was stopped meanwhile, makes no mutant look noticed; one that waits for ever ends by the clock
 * (ms).
 */
const processorLimit = 30
const timeLimit = 600_000
/** The goal, in percent. */
const goal = 80

const usage = `npm run mutate -- [options]
  --only WORD    files whose name contains it (default: all of ${machines})
  --part K/N     the Kth of N equal parts, so that a long run can be divided (default 1/1)
  --jobs N       mutants at once (default 2)
  --calls N      simulated calls for a mutant that the unit tests do not notice (default 300)
  --list         print the mutants, run nothing`

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      part: { type: 'string', default: '1/1' },
      jobs: { type: 'string', default: '2' },
      calls: { type: 'string', default: '300' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(values.part) ?? []
  if (part === undefined || Number(part) < 1 || Number(part) > Number(parts)) {
    throw new RangeError(`--part takes K/N with K from 1 to N, not ${values.part}`)
  }
  const count = (name) => {
    const value = Number(values[name])
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} takes a number from 1 up`)
    return value
  }
  return { ...values, part: Number(part), parts: Number(parts), jobs: count('jobs'), calls: count('calls') }
}

/** Everything that the tests of the machines and the simulator need, to be changed at will. */
function copyProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-mutate-'))
  for (const part of ['engine', 'test/simulation', 'test/wire']) {
    cpSync(join(root, 'dist', part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  return folder
}

/** @returns whether it ended well; a run that takes too long did not */
function succeeds(folder, args) {
  return new Promise((resolve) => {
    const command = ['-c', `ulimit -t ${processorLimit}; exec "$0" "$@"`, process.execPath, ...args]
    const child = spawn('/bin/sh', command, {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, TAP_BAIL: '1' },
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), timeLimit)
    child.once('exit', (code) => {
      clearTimeout(limit)
      resolve(code === 0)
    })
  })
}

/** All tests of the machines in one process, those of the mutated file first. */
function testsFor(folder, file) {
  const tests = readdirSync(join(folder, machines)).filter((name) => name.endsWith('.test.js'))
  const own = basename(file).replace('.js', '.test.js')
  tests.sort((one, other) => Number(other === own) - Number(one === own))
  return ['--input-type=module', '-e', tests.map((name) => `await import('./${machines}/${name}')`).join('\n')]
}

function simulation(calls) {
  return ['test/simulation/simulate.js', '--threads', '1', '--crash', '0.1', '--calls', String(calls)]
}

/** @returns by what it was noticed, or '' */
async function noticedBy(folder, mutant, calls) {
  const path = join(folder, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutant.apply(original))
  try {
    if (!(await succeeds(folder, testsFor(folder, mutant.file)))) return 'unit tests'
    return (await succeeds(folder, simulation(calls))) ? '' : 'simulation'
  } finally {
    writeFileSync(path, original)
  }
}

function allMutants(only) {
  return readdirSync(join(root, 'dist', machines))
    .filter((name) => name.endsWith('.js') && !name.endsWith('.test.js') && name.includes(only))
    .flatMap((name) => {
      const file = `${machines}/${name}`
      return mutantsOf(file, readFileSync(join(root, 'dist', file), 'utf8'))
    })
}

/** With the place in the source that the mutated code was compiled from. */
function describe(mutant) {
  let map = maps.get(mutant.file)
  if (map === undefined) {
    map = new SourceMap(JSON.parse(readFileSync(join(root, 'dist', `${mutant.file}.map`), 'utf8')))
    maps.set(mutant.file, map)
  }
  const { originalLine = 0 } = map.findEntry(mutant.line - 1, mutant.column)
  return `${mutant.file.replace('.js', '.ts')}:${originalLine + 1} ${mutant.kind}: ${mutant.text}`
}

async function run(options) {
  await buildWhenNeeded()
  const mutants = allMutants(options.only).filter((_, index) => index % options.parts === options.part - 1)
  if (options.list) {
    for (const mutant of mutants) console.log(describe(mutant))
    console.log(`${mutants.length} mutants`)
    return true
  }
  const noticed = { 'unit tests': 0, simulation: 0, '': 0 }
  const waiting = [...mutants]
  const work = async () => {
    const folder = copyProgram()
    try {
      if (!(await succeeds(folder, testsFor(folder, '')))) throw new Error('The tests fail without any mutant')
      if (!(await succeeds(folder, simulation(options.calls))))
        throw new Error('Simulated calls fail without any mutant')
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const by = await noticedBy(folder, mutant, options.calls)
        noticed[by]++
        if (by === '') console.log(`SURVIVES ${describe(mutant)}`)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.jobs, mutants.length) }, work))
  const caught = noticed['unit tests'] + noticed.simulation
  const score = (caught * 100) / Math.max(1, mutants.length)
  console.log(
    `${mutants.length} mutants: ${noticed['unit tests']} noticed by the unit tests, ${noticed.simulation} more by ` +
      `${options.calls} simulated calls, ${noticed['']} by nobody: score ${score.toFixed(1)} % (goal ${goal} %)`,
  )
  return score >= goal
}

const options = readOptions()
if (options.help) console.log(usage)
else process.exitCode = (await run(options)) ? 0 : 1
