import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import t from 'tap'

const module = new URL('./give-way.js', import.meta.url).href

/** What a thread's line in /proc says after it called one of the functions: niceness and scheduling policy (proc(5)). */
function threadAfter(call: 'stepAside' | 'giveWay' | 'goFirst'): Promise<{ niceness: number; policy: number }> {
  const code = `
    import(${JSON.stringify(module)}).then((way) => {
      way.${call}()
      const line = require('node:fs').readFileSync('/proc/thread-self/stat', 'latin1')
      require('node:worker_threads').parentPort.postMessage(line)
    })`
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true })
    worker.once('error', reject)
    worker.once('message', (line: string) => {
      const fields = line.slice(line.lastIndexOf(') ') + 2).split(' ')
      resolve({ niceness: Number(fields[16]), policy: Number(fields[38]) })
    })
  })
}

function hasChrt(): boolean {
  try {
    execFileSync('chrt', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const linux = { skip: process.platform === 'linux' ? false : 'threads have no priorities of their own here' }

t.test('one thread steps aside, and the others stay where they are', linux, async (t) => {
  const before = getPriority()
  t.equal((await threadAfter('stepAside')).niceness, Math.max(5, before))
  t.equal(getPriority(), before)
})

const root = { skip: linux.skip || (process.getuid?.() === 0 ? false : 'only root may go before others') }

t.test('one goes first, and the others stay where they are', root, async (t) => {
  const before = getPriority()
  t.equal((await threadAfter('goFirst')).niceness, -10)
  t.equal(getPriority(), before)
})

const idle = { skip: linux.skip || (hasChrt() ? false : 'chrt (util-linux) is not here') }

t.test('one gives way to everybody', idle, async (t) => {
  const SCHED_IDLE = 5
  t.same(await threadAfter('giveWay'), { niceness: 19, policy: SCHED_IDLE })
  const own = readFileSync('/proc/self/stat', 'latin1')
  t.not(Number(own.slice(own.lastIndexOf(') ') + 2).split(' ')[38]), SCHED_IDLE)
})
