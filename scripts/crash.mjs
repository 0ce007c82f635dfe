/**
 * `npm run crash -- --calls N --users N` builds when needed, kills the engine while many calls are in progress, and looks
 * at what becomes of them (test/crash/many-calls); `--help` lists the options.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildWhenNeeded } from './build-when-needed.mjs'

await buildWhenNeeded()
const script = fileURLToPath(new URL('../dist/test/crash/many-calls/many-calls.js', import.meta.url))
const child = spawn(process.execPath, ['--enable-source-maps', script, ...process.argv.slice(2)], { stdio: 'inherit' })
// The terminal's interrupt reaches the child by itself; a signal to this process alone has to be passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (status) => {
  process.exitCode = status ?? 1
})
