/**
 * From the database to the snapshot in force, as the engine does it: another thread reads, this one unpacks and compiles
 * in slices. Prints how long that takes, how long calls would be held up at most, and how soon a change is in force.
 *
 * `npm run bench -- load [USERS]`, 10 000 where it is not given.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entitiesOf } from '../engine/config/compile/compile-document.ts'
import type { Document } from '../engine/config/document.ts'
import type { Body, EntityChange } from '../engine/config/entities/kind.ts'
import { openStore } from '../engine/config/store/open-store.ts'
import { ConfigurationLoader } from '../engine/configuration-loader.ts'
import { ConfigurationReader } from '../engine/configuration-reader.ts'
import { benchUsers } from './population.ts'
import { ringdownDocument } from './servers/ringdown-document.ts'

const count = Number(process.argv[2] ?? 10_000)
const singleChanges = 200
const author = { actor: 'bench', address: '', source: 'command' } as const
const row = (name: string, milliseconds: number, note = '') =>
  process.stdout.write(`${name.padEnd(52)}${milliseconds.toFixed(1).padStart(8)} ms  ${note}\n`)

/** Turns of the event loop that took longest, from `begin` until `end`. */
class LoopWatch {
  #longest: number[] = []
  #last = 0
  #running = false

  begin(): void {
    this.#longest = []
    this.#last = performance.now()
    this.#running = true
    const turn = () => {
      const now = performance.now()
      this.#longest.push(now - this.#last)
      this.#last = now
      if (this.#running) setImmediate(turn)
    }
    setImmediate(turn)
  }

  end(): { readonly longest: number; readonly above: number } {
    this.#running = false
    return {
      longest: Math.max(...this.#longest.slice(-100_000)),
      above: this.#longest.filter((time) => time > 2).length,
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
try {
  const store = await openStore(folder)
  const entities = [...entitiesOf(ringdownDocument(benchUsers(count), 5090) as Document)]
  const changes = entities.map(({ kind, id, after }): EntityChange => ({ kind, id, before: null, after }))
  await store.commit(0, changes, author, 'everything')

  const watch = new LoopWatch()
  const reader = new ConfigurationReader()
  const loader = new ConfigurationLoader({ source: reader, now: () => performance.now() })
  loader.serveFor({
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (_fields, message) => void process.stderr.write(message),
    },
    refuse: () => null,
    inForce: () => undefined,
  })
  // The standby engine has started its thread long before it is ordered to serve.
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const begin = performance.now()
  watch.begin()
  reader.open(folder, () => undefined)
  await loader.bringIntoForce(1)
  const loop = watch.end()
  row(`${count} users in force after the order to serve`, performance.now() - begin)
  row('of it compiling, pauses included', loader.compileMilliseconds)
  row('longest turn of the main thread meanwhile', loop.longest, `${loop.above} turns above 2 ms`)

  const users = entities.filter(({ kind }) => kind === 'user')
  const taken: number[] = []
  for (let index = 0; index < singleChanges; index++) {
    const { kind, id, after: before } = users[(index * 7919) % users.length] ?? {}
    if (kind === undefined || id === undefined || before === undefined) continue
    const after: Body = { ...before, ringSeconds: 20 + (index % 50) }
    const result = await store.commit(store.revision(), [{ kind, id, before, after }], author, 'one user')
    const committed = performance.now()
    if (!result.ok || !(await loader.bringIntoForce(result.revision)).inForce) throw new Error('It is not in force')
    taken.push(performance.now() - committed)
  }
  taken.sort((a, b) => a - b)
  row('one changed user, from committed to in force: median', taken[singleChanges >> 1] ?? 0)
  row('99 of 100 below', taken[Math.floor(singleChanges * 0.99)] ?? 0)

  const imported = users.slice(0, 10_000).map(({ kind, id, after }): EntityChange => {
    return { kind, id, before: after, after: { ...after, ringSeconds: 11 } }
  })
  const bulk = await store.commit(store.revision(), imported, author, 'many users')
  const committed = performance.now()
  watch.begin()
  if (bulk.ok) await loader.bringIntoForce(bulk.revision)
  const bulkLoop = watch.end()
  row(`${imported.length} changed users at once in force`, performance.now() - committed)
  row('longest turn of the main thread meanwhile', bulkLoop.longest, `${bulkLoop.above} turns above 2 ms`)
  await reader.close()
  await store.close()
} finally {
  rmSync(folder, { recursive: true })
}
