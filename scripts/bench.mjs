/**
 * `npm run bench -- NAME [options]` builds when needed and runs a benchmark; without a name it lists them.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildWhenNeeded } from './build-when-needed.mjs'

const benchmarks = {
  calls: 'processor time per call: Ringdown, a bare two-leg script and Kamailio (sipp and kamailio needed)',
  register: 'processor time per registration by digest: Ringdown and Kamailio (sipp and kamailio needed)',
  compile: 'the snapshot: compiling everything and one change, memory of a user, looking somebody up',
  overload: 'calls at once, twice and three times of what can be served, and an emergency call (sipp needed)',
  route: 'decisions a second by 100 to 1 000 000 users, memory of a user, compiling everything and one change',
  core: 'what the core costs a call without sockets, beside the budgets',
  udp: 'what a datagram costs, by the batching socket and by node:dgram',
  media: 'what a relayed packet of sound costs: bare echoes, Ringdown and rtpengine (cc needed)',
  store: 'a change of the configuration, checked and committed; a large document; lists',
  changes: 'a change by the API: how soon calls go by it, and whether calls wait for it (sipp needed)',
  whatif: 'a change tried on calls of the past: how long, and whether calls wait for it (sipp needed)',
  load: 'from the database to the snapshot in force, and how long that holds calls up',
  lamps: 'memory of a subscription, and what a change of a lamp costs with a hundred watchers',
  journal: 'what the journal costs a turn, beside a bare write',
  memory: 'what a registered phone and a call in progress take in memory, and whether that grows',
}

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || !Object.hasOwn(benchmarks, name)) {
  const list = Object.entries(benchmarks).map(([known, what]) => `  ${known.padEnd(9)}${what}\n`)
  const output = name === undefined ? process.stdout : process.stderr
  if (name !== undefined) output.write(`bench: there is no benchmark "${name}"\n`)
  output.write(`Usage: npm run bench -- NAME [options], with --help for the options\n\n${list.join('')}`)
  process.exitCode = name === undefined ? 0 : 1
} else {
  await buildWhenNeeded()
  const script = fileURLToPath(new URL(`../dist/bench/${name}.js`, import.meta.url))
  const child = spawn(process.execPath, [script, ...rest], { stdio: 'inherit' })
  // The terminal's interrupt reaches the child by itself; a signal to this process alone has to be passed on.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (status) => {
    process.exitCode = status ?? 1
  })
}
