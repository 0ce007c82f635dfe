import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { EntryKind, RecoveredEntries } from './entries.ts'
import { compact } from './journal-compaction.ts'
import { openJournal } from './journal-file.ts'
import { recoverJournal } from './journal-recovery.ts'

const silent = { info() {}, warn() {}, error() {} }
const kinds: readonly EntryKind[] = ['call', 'registration', 'obligation', 'trunk']

/** What the journal should hold, oldest first. */
class Model {
  readonly #entries = new Map<string, { kind: EntryKind; key: string; value: string }>()

  put(kind: EntryKind, key: string, value: string): void {
    this.remove(kind, key)
    this.#entries.set(`${kind} ${key}`, { kind, key, value })
  }

  remove(kind: EntryKind, key: string): void {
    this.#entries.delete(`${kind} ${key}`)
  }

  get entries(): RecoveredEntries['entries'] {
    return [...this.#entries.values()]
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

const operation = fc.record({
  kind: fc.constantFrom(...kinds),
  key: fc.integer({ min: 0, max: 12 }).map((n) => `key${n}`),
  value: fc.string({ unit: 'binary-ascii', maxLength: 120 }),
  does: fc.constantFrom('put', 'put', 'remove', 'flush', 'pause', 'restart'),
})

t.test('compaction while writing gives what a model says', async (t) => {
  const folder = join(t.testdir(), 'journal')
  let snapshots = 0
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 100, maxLength: 400 }), async (operations) => {
      rmSync(folder, { recursive: true, force: true })
      const log = { ...silent, error: (line: string) => t.fail(line) }
      const options = { log, segmentBytes: 300, compactAfterBytes: 600, syncEveryMilliseconds: 5 }
      const model = new Model()
      let opened = openJournal(folder, options)
      // Until the other thread is up; compaction then falls between any two of the operations.
      await pause(80)
      for (const { kind, key, value, does } of operations) {
        if (does === 'put') {
          model.put(kind, key, value)
          opened.journal.put(kind, key, value)
        } else if (does === 'remove') {
          model.remove(kind, key)
          opened.journal.remove(kind, key)
        } else if (does === 'flush') opened.flush()
        else if (does === 'pause') await pause(1)
        else if (value === '') {
          await opened.close()
          opened = openJournal(folder, options)
          t.same(opened.recovered, { entries: model.entries, damage: [] })
          opened.forgetRecovered()
          await pause(80)
        }
      }
      t.equal(opened.openEntries, model.entries.length)
      const count = () => readdirSync(folder).filter((name) => name.endsWith('.snapshot')).length
      // On a busy machine the other thread may not have got to one yet; closing would end it.
      for (let tries = 0; tries < 40 && snapshots + count() === 0; tries++) await pause(10)
      await opened.close()
      snapshots += count()
      t.same(recoverJournal(folder).recovered, { entries: model.entries, damage: [] })
    }),
    { numRuns: 20 },
  )
  t.ok(snapshots > 0, `${snapshots} runs ended with a snapshot`)
})

t.test('a crash at any step of a compaction changes nothing', async (t) => {
  const folder = t.testdir({ start: {}, crashed: {} })
  const start = join(folder, 'start')
  const crashed = join(folder, 'crashed')
  const opened = openJournal(start, { log: silent, segmentBytes: 2000, compactAfterBytes: Number.POSITIVE_INFINITY })
  for (let n = 0; n < 300; n++) {
    opened.journal.put(kinds[n % kinds.length] ?? 'call', `key${n % 41}`, `${'x'.repeat(n % 50)}:${n}`)
    if (n % 7 === 0) opened.journal.remove(kinds[n % kinds.length] ?? 'call', `key${n % 41}`)
    opened.flush()
  }
  await opened.close()
  const { recovered, identity, highestNumber } = recoverJournal(start)
  t.ok(highestNumber > 6)
  // An older snapshot is there too, as it is in all compactions but the first.
  let step = compact(start, identity, 3)
  while (step.next().done !== true);
  t.same(recoverJournal(start).recovered, recovered)

  let steps = 0
  for (let isDone = false; !isDone; steps++) {
    rmSync(crashed, { recursive: true })
    cpSync(start, crashed, { recursive: true })
    step = compact(crashed, identity, highestNumber - 1)
    let last = ''
    for (let taken = 0; taken <= steps && !isDone; taken++) {
      const next = step.next()
      isDone = next.done === true
      last = typeof next.value === 'string' ? next.value : 'finished'
    }
    t.same(recoverJournal(crashed).recovered, recovered, `crash when it had ${last.replace(folder, '')}`)
    // And the compaction after the crash gets through.
    const repeated = compact(crashed, identity, highestNumber - 1)
    while (repeated.next().done !== true);
    t.same(recoverJournal(crashed).recovered, recovered)
    t.same(readdirSync(crashed).sort(), [
      `${String(highestNumber - 1).padStart(10, '0')}.snapshot`,
      `${String(highestNumber).padStart(10, '0')}.log`,
    ])
  }
  t.ok(steps > 12)
})

t.test('a crash in the middle of writing the snapshot', async (t) => {
  const folder = t.testdir()
  const opened = openJournal(folder, { log: silent })
  opened.journal.put('call', 'a', 'value')
  await opened.close()
  writeFileSync(join(folder, '0000000001.snapshot.partial'), 'half a sn')
  t.same(recoverJournal(folder).recovered.entries, [{ kind: 'call', key: 'a', value: 'value' }])
  t.same(readdirSync(folder), ['0000000001.log'])
})

t.test('the space on disk stays bounded under load', async (t) => {
  const folder = t.testdir()
  const segmentBytes = 200_000
  const opened = openJournal(folder, { log: silent, segmentBytes })
  const value = 'x'.repeat(500)
  let written = 0
  let most = 0
  const bytesUsed = () => {
    let used = 0
    for (const name of readdirSync(folder)) used += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
    return used
  }
  for (let turn = 0; turn < 400; turn++) {
    for (let n = 0; n < 60; n++) {
      const id = turn * 60 + n
      opened.journal.put('call', `call${id}`, value)
      if (id >= 200) opened.journal.remove('call', `call${id - 200}`)
      written += value.length
    }
    opened.flush()
    await pause(1)
    most = Math.max(most, bytesUsed())
  }
  t.equal(opened.openEntries, 200)
  // How far the other thread is behind depends on the machine; when it is through, this is what may be left.
  const bound = 5 * segmentBytes
  for (let i = 0; i < 200 && bytesUsed() > bound; i++) await pause(25)
  t.ok(bytesUsed() <= bound, `${bytesUsed()} bytes are left`)
  await opened.close()
  t.comment(`${written} bytes of values, at most ${most} bytes on disk`)
  t.equal(recoverJournal(folder).recovered.entries.length, 200)
})

t.test('after damage the files are compacted, so that the next start does not report it again', async (t) => {
  const folder = t.testdir()
  const first = openJournal(folder, { log: silent })
  for (let n = 0; n < 5; n++) {
    first.journal.put('call', `key${n}`, 'value')
    first.flush()
  }
  await first.close()
  const path = join(folder, '0000000001.log')
  const bytes = readFileSync(path)
  bytes[100] = (bytes[100] ?? 0) ^ 0xff
  writeFileSync(path, bytes)
  const lines: string[] = []
  const log = { info: silent.info, warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) }
  const second = openJournal(folder, { log })
  t.equal(second.recovered.damage.length, 1)
  t.equal(second.openEntries, 4)
  second.forgetRecovered()
  for (let i = 0; i < 200 && !readdirSync(folder).includes('0000000001.snapshot'); i++) {
    await pause(20)
  }
  await second.close()
  t.same(lines, [])
  const { recovered } = recoverJournal(folder)
  t.equal(recovered.entries.length, 4)
  t.same(recovered.damage, [])
})
