/**
 * `npm run simulate -- --calls N --seed S` builds when needed and runs the simulator; `--help` lists the options, and
 * `--mutants` shows that it catches faults (test/simulation/mutants.ts).
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildWhenNeeded } from './build-when-needed.mjs'

await buildWhenNeeded()
const options = process.argv.slice(2)
const program = options.includes('--mutants') ? 'mutants' : 'simulate'
const script = fileURLToPath(new URL(`../dist/test/simulation/${program}.js`, import.meta.url))
// One thread a processor is at work: their garbage needs no threads of its own, and more room makes it seldom.
const memory = ['--single-threaded-gc', '--max-semi-space-size=32']
const child = spawn(process.execPath, [...memory, '--enable-source-maps', script, ...options], { stdio: 'inherit' })
// The terminal's interrupt reaches the child by itself; a signal to this process alone has to be passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (status) => {
  process.exitCode = status ?? 1
})
