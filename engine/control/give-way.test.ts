import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import t from 'tap'

const module = new URL('./give-way.js', import.meta.url).href

interface Thread {
  readonly niceness: number
  readonly policy: number
}

/** What a thread's line in /proc says after it called one of the functions: niceness and scheduling policy (proc(5)). */
async function threadAfter(call: 'stepAside' | 'giveWay' | 'goFirst' | 'goSecond'): Promise<Thread> {
  const [thread] = await threadIn(`way.${call}(); look()`)
  if (thread === undefined) throw new Error('The thread did not look')
  return thread
}

/** What a thread that runs this code, in which the functions are `way`, saw whenever it called `look`. */
function threadIn(code: string): Promise<Thread[]> {
  const whole = `
    const lines = []
    const look = () => lines.push(require('node:fs').readFileSync('/proc/thread-self/stat', 'latin1'))
    import(${JSON.stringify(module)})
      .then(async (way) => { ${code} })
      .then(() => require('node:worker_threads').parentPort.postMessage(lines))`
  return new Promise((resolve, reject) => {
    const worker = new Worker(whole, { eval: true })
    worker.once('error', reject)
    worker.once('message', (lines: string[]) =>
      resolve(
        lines.map((line) => {
          const fields = line.slice(line.lastIndexOf(') ') + 2).split(' ')
          return { niceness: Number(fields[16]), policy: Number(fields[38]) }
        }),
      ),
    )
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

t.test('one goes second, and steps aside while it does what takes long', root, async (t) => {
  const seen = await threadIn(`
    way.goSecond()
    look()
    let end
    const first = way.steppingAside(() => new Promise((resolve) => { end = resolve }))
    const failed = way.steppingAside(async () => { throw new Error('no') }).catch(() => undefined)
    await failed
    look()
    end()
    await first
    look()`)
  t.same(
    seen.map(({ niceness }) => niceness),
    [-5, 5, -5],
  )
})

t.test('whoever did not go second stays where he is', linux, async (t) => {
  const [thread] = await threadIn('await way.steppingAside(async () => look())')
  t.equal(thread?.niceness, getPriority())
})

const idle = { skip: linux.skip || (hasChrt() ? false : 'chrt (util-linux) is not here') }

t.test('one gives way to everybody', idle, async (t) => {
  const SCHED_IDLE = 5
  t.same(await threadAfter('giveWay'), { niceness: 19, policy: SCHED_IDLE })
  const own = readFileSync('/proc/self/stat', 'latin1')
  t.not(Number(own.slice(own.lastIndexOf(') ') + 2).split(' ')[38]), SCHED_IDLE)
})
