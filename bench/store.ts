/**
 * What a change of the configuration costs, from the door to the disk: a document of many users at once, one user after
 * the other, lists, and loading everything.
 *
 * `npm run bench -- store [USERS]`, 10 000 where it is not given.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyDocument } from '../engine/config/apply-document.ts'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import type { ListOptions } from '../engine/config/store/configuration-store.ts'

const count = Number(process.argv[2] ?? 10_000)
const changes = 3000
const author = { actor: 'bench', address: '', source: 'command' } as const

function user(index: number, lines: number) {
  return {
    id: `user${index}`,
    userName: `user${index}`,
    firstName: `First ${index % 97}`,
    lastName: `Last ${index % 1013}`,
    email: `user${index}@example.com`,
    site: `site${index % 20}`,
    extension: String(100_000 + index),
    lines,
  }
}

function everything(): string {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return JSON.stringify({
    account: { name: 'Bench' },
    pbxs: [{ id: 'main', name: 'Main', domain: 'main.test', country: 'GB' }],
    sites: Array.from({ length: 20 }, (_, index) => ({
      id: `site${index}`,
      name: `Site ${index}`,
      pbx: 'main',
      timeZone: 'Europe/London',
    })),
    users: indexes.map((index) => user(index, 2)),
    devices: indexes.map((index) => ({
      id: `phone${index}`,
      user: `user${index}`,
      sipUserName: `phone${index}`,
      password: `secret of ${index}`,
    })),
  })
}

function row(name: string, milliseconds: number, note = ''): void {
  process.stdout.write(`${name.padEnd(44)}${milliseconds.toFixed(milliseconds < 10 ? 2 : 0).padStart(9)} ms  ${note}\n`)
}

/** Runs it and gives its time, and the longest time for which nothing else could run. */
async function timed(work: () => Promise<unknown>): Promise<{ whole: number; longest: number }> {
  let last = performance.now()
  let longest = 0
  const look = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(look, 1)
  const begin = performance.now()
  await work()
  look()
  clearInterval(timer)
  return { whole: performance.now() - begin, longest }
}

const folder = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
const writer = await openConfigurationWriter(folder)
const text = everything()
const apply = async () => {
  const result = await applyDocument(writer, text, 'bench.json', author, { prune: true })
  if (!result.ok) throw new Error(JSON.stringify(result))
}
const first = await timed(apply)
row(`a document of ${count} users and phones`, first.whole, `nothing else for up to ${first.longest.toFixed(0)} ms`)
row('the same again', (await timed(apply)).whole, 'nothing changes')

const times: number[] = []
for (let change = 0; change < changes; change++) {
  const body = user((change * 7919) % count, 1 + (change % 4))
  const begin = performance.now()
  const result = await writer.write([{ kind: 'user', id: body.id, body }], author)
  if (!result.ok) throw new Error(JSON.stringify(result))
  times.push(performance.now() - begin)
}
times.sort((one, other) => one - other)
const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0
row('one user changed, checked and committed', at(0.5), 'median')
row('', at(0.99), '99th percentile')
row('', at(1), 'longest: the log is put into the database')

const lists: Readonly<Record<string, ListOptions>> = {
  'first page by id': {},
  'first page by title': { sort: ['title'] },
  'first page by last name': { sort: ['lastName'] },
  'first page of a site': { filters: [{ field: 'site', value: 'site7' }] },
  'first page of a search': { q: 'last 77' },
}
for (const [name, options] of Object.entries(lists)) {
  const rounds = 20
  const { whole } = await timed(async () => {
    for (let round = 0; round < rounds; round++) await writer.store.entities.list('user', options)
  })
  row(name, whole / rounds)
}
await writer.close()

const opening = await timed(async () => {
  await (await openConfigurationWriter(folder)).close()
})
row('opening, loading and checking everything', opening.whole)
rmSync(folder, { recursive: true })
