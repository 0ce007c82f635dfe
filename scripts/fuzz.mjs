/**
 * `npm run fuzz -- --seconds N --seed S` builds when needed and sends spoilt messages; `--help` lists the options
 * (test/torture/fuzz.ts).
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildWhenNeeded } from './build-when-needed.mjs'

await buildWhenNeeded()
const options = process.argv.slice(2)
const script = fileURLToPath(new URL('../dist/test/torture/fuzz.js', import.meta.url))
const child = spawn(process.execPath, ['--enable-source-maps', script, ...options], { stdio: 'inherit' })
// The terminal's interrupt reaches the child by itself; a signal to this process alone has to be passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (status) => {
  process.exitCode = status ?? 1
})
