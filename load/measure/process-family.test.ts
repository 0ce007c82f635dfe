import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { ProcessFamily } from './process-family.ts'

// A parent whose child spins for a while and whose own thread rests.
const SPIN =
  'const used = () => { const { user, system } = process.cpuUsage(); return user + system }; ' +
  'while (used() < 300_000); console.log("done"); setInterval(() => {}, 1000)'
const PARENT = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(SPIN)}], { stdio: "inherit" })`

t.test('time of children counts, and what has ended is not forgotten', async (t) => {
  const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
  const family = new ProcessFamily(parent.pid!)
  await once(parent.stdout, 'data')
  const alive = family.sample()
  t.equal(alive.processIds.length, 2)
  t.ok(alive.processIds.includes(parent.pid!))
  t.ok(alive.memoryBytes > 10_000_000)
  t.ok(alive.processorNanoseconds > 250_000_000, `${alive.processorNanoseconds} ns`)

  const child = alive.processIds.find((processId) => processId !== parent.pid)!
  process.kill(child)
  parent.kill()
  await once(parent, 'exit')
  const ended = family.sample()
  t.strictSame(ended.processIds, [])
  t.ok(ended.processorNanoseconds >= alive.processorNanoseconds)
})
