import { execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { openJournal } from './journal-file.ts'

function collectingLog() {
  const lines: string[] = []
  const push = (line: string) => lines.push(line)
  return { lines, info: push, warn: push, error: push }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await pause(25)
}

t.test('what is put is there after the next start, what is removed is not', async (t) => {
  const folder = join(t.testdir(), 'made', 'when needed')
  const log = collectingLog()
  const first = openJournal(folder, { log })
  t.same(first.recovered, { entries: [], damage: [] })
  const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
  first.journal.put('call', 'a', 'one')
  first.journal.put('call', 'b', everyByte)
  first.journal.put('registration', 'a', 'another kind, the same key')
  first.journal.put('obligation', everyByte, '')
  first.flush()
  first.journal.put('call', 'a', 'two')
  first.journal.remove('registration', 'a')
  first.journal.remove('registration', 'never put')
  t.equal(first.openEntries, 3)
  t.equal(first.healthy, true)
  await first.close()
  await first.close()

  const second = openJournal(folder, { log })
  t.same(second.recovered.entries, [
    { kind: 'call', key: 'b', value: everyByte },
    { kind: 'obligation', key: everyByte, value: '' },
    { kind: 'call', key: 'a', value: 'two' },
  ])
  t.same(second.recovered.damage, [])
  t.equal(second.openEntries, 3)
  second.journal.remove('call', 'b')
  second.journal.remove('obligation', everyByte)
  second.journal.remove('call', 'a')
  await second.close()

  const third = openJournal(folder, { log })
  t.same(third.recovered.entries, [])
  await third.close()
  t.same(log.lines, [])
})

t.test('what no turn flushes is written all the same, a little later', async (t) => {
  const folder = t.testdir()
  const opened = openJournal(folder, { log: collectingLog() })
  const path = join(folder, '0000000001.log')
  const empty = statSync(path).size
  opened.journal.put('call', 'a', 'value')
  t.equal(statSync(path).size, empty)
  await until(() => statSync(path).size > empty)
  t.ok(statSync(path).size > empty)
  await opened.close()
})

t.test('an entry too long for a record is refused with a log line', async (t) => {
  const log = collectingLog()
  const opened = openJournal(t.testdir(), { log })
  opened.journal.put('call', 'a', 'x'.repeat(17 * 1024 * 1024))
  t.equal(opened.openEntries, 0)
  t.match(log.lines, [/too long/])
  await opened.close()
})

t.test('a journal of a newer version is refused and left as it is', async (t) => {
  const folder = t.testdir()
  const log = collectingLog()
  const opened = openJournal(folder, { log })
  opened.journal.put('call', 'a', 'value')
  await opened.close()
  const path = join(folder, '0000000001.log')
  const bytes = readFileSync(path)
  for (const copy of [0, 32]) {
    bytes.writeUInt32LE(3, copy + 8)
    bytes.writeUInt32LE(crc32(bytes.subarray(copy, copy + 20)), copy + 20)
  }
  writeFileSync(path, bytes)
  t.throws(() => openJournal(folder, { log }), { message: /newer version.*format 3/ })
  t.same(readdirSync(folder), ['0000000001.log'])
  t.same(readFileSync(path), bytes)
})

t.test('a file of another journal is refused', async (t) => {
  const folder = t.testdir({ one: {}, other: {} })
  const log = collectingLog()
  await openJournal(join(folder, 'one'), { log }).close()
  await openJournal(join(folder, 'other'), { log }).close()
  writeFileSync(join(folder, 'one', '0000000002.log'), readFileSync(join(folder, 'other', '0000000001.log')))
  t.throws(() => openJournal(join(folder, 'one'), { log }), { message: /another journal/ })
})

t.test('a folder that cannot be one is an error at once', async (t) => {
  const folder = t.testdir({ file: 'not a folder' })
  t.throws(() => openJournal(join(folder, 'file'), { log: collectingLog() }))
  t.throws(() => openJournal(join(folder, 'file', 'below'), { log: collectingLog() }))
})

t.test('100 000 entries', async (t) => {
  const folder = t.testdir()
  const log = collectingLog()
  const first = openJournal(folder, { log })
  const value = 'v'.repeat(400)
  for (let i = 0; i < 100_000; i++) {
    first.journal.put('registration', `user${i}@pbx.example`, value)
    if (i % 10 === 9) first.flush()
  }
  await first.close()
  const before = process.hrtime.bigint()
  const second = openJournal(folder, { log })
  t.comment(`recovered in ${(process.hrtime.bigint() - before) / 1_000_000n} ms`)
  t.equal(second.recovered.entries.length, 100_000)
  t.equal(second.recovered.entries[99_999]?.key, 'user99999@pbx.example')
  await second.close()
})

t.test('kill -9 loses nothing that was flushed', async (t) => {
  const parent = t.testdir()
  const folder = join(parent, 'journal')
  const module = new URL('./journal-file.js', import.meta.url).href
  // Small segments, so that the kill also falls into rolling and compaction. Each round says what is written already.
  const program = `
    import { writeSync } from 'node:fs'
    import { openJournal } from ${JSON.stringify(module)}
    const log = { info() {}, warn() {}, error() {} }
    const opened = openJournal(${JSON.stringify(folder)}, { log, segmentBytes: 20000, compactAfterBytes: 40000 })
    let n = Number(process.argv[1])
    const turn = () => {
      for (let i = 0; i < 50; i++) {
        n += 1
        opened.journal.put('call', 'call' + (n % 97), 'x'.repeat(n % 300) + ':' + n)
        opened.journal.put('registration', 'user' + (n % 31), String(n))
        if (n % 5 === 0) opened.journal.remove('registration', 'user' + (n % 31))
        opened.flush()
        writeSync(1, n + '\\n')
      }
      setImmediate(turn)
    }
    turn()`
  let last = 0
  for (let round = 0; round < 12; round++) {
    const said = join(parent, 'said')
    const output = openSync(said, 'w')
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, String(last)], {
      stdio: ['ignore', output, 'inherit'],
    })
    closeSync(output)
    await until(() => statSync(said).size > 10_000 + round * 2003)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    t.equal(child.signalCode, 'SIGKILL')
    const lines = readFileSync(said, 'latin1').split('\n')
    const saidLast = Number(lines.at(-2))
    const opened = openJournal(folder, { log: collectingLog() })
    await opened.close()
    t.same(opened.recovered.damage, [])
    const found = new Map(opened.recovered.entries.map((entry) => [`${entry.kind} ${entry.key}`, entry.value]))
    // The child may have flushed one more than it could say.
    const newest =
      Number(found.get(`call call${(saidLast + 1) % 97}`)?.split(':')[1]) === saidLast + 1 ? saidLast + 1 : saidLast
    let wrong = 0
    for (let n = newest; n > newest - 97 && n > 0; n--) {
      if (found.get(`call call${n % 97}`) !== `${'x'.repeat(n % 300)}:${n}`) wrong += 1
    }
    for (let n = newest; n > newest - 31 && n > 0; n--) {
      if (found.get(`registration user${n % 31}`) !== (n % 5 === 0 ? undefined : String(n))) wrong += 1
    }
    t.equal(wrong, 0, `round ${round}: everything up to ${newest} is there`)
    last = newest
  }
})

t.test('no new log can be begun (stand-in for a full disk: /dev/full): the old one is used on', async (t) => {
  const folder = t.testdir()
  const log = collectingLog()
  const next = join(folder, '0000000002.log')
  const options = { log, segmentBytes: 1000 }
  const opened = openJournal(folder, options)
  symlinkSync('/dev/full', next)
  const put = (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      opened.journal.put('call', `call${n}`, 'x'.repeat(50))
      opened.flush()
    }
  }
  put(0, 50)
  t.equal(opened.healthy, true)
  t.ok(statSync(join(folder, '0000000001.log')).size > 3000)
  rmSync(next)
  put(50, 100)
  t.ok(statSync(next).isFile())
  await opened.close()
  const again = openJournal(folder, options)
  t.equal(again.recovered.entries.length, 100)
  t.same(again.recovered.damage, [])
  await again.close()
  t.same(log.lines, [])
})

function canMount(target: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'ringdown-test', target], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

t.test('a full disk (a small tmpfs)', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-journal-'))
  t.teardown(() => rmdirSync(folder))
  if (!canMount(folder)) {
    t.comment('not allowed to mount: only the stand-in ran')
    return
  }
  t.teardown(() => execFileSync('umount', ['-l', folder]))
  const log = collectingLog()
  const journalFolder = join(folder, 'journal')
  const opened = openJournal(journalFolder, { log, queueBytes: 300_000 })
  const ballast = join(folder, 'ballast')
  opened.journal.put('call', 'before', 'b')
  opened.flush()
  writeFileSync(ballast, Buffer.alloc(900_000))

  const put = (n: number) => opened.journal.put('call', `call${n % 100}`, `${'x'.repeat(1000)}:${n}`)
  let n = 0
  for (; n < 400; n++) {
    put(n)
    opened.flush()
  }
  t.equal(opened.healthy, false)
  t.match(log.lines, [/^journal cannot be written: ENOSPC.*calls go on but would not survive a crash$/])
  t.equal(log.lines.length, 1, 'said once')
  await pause(250)
  const { lines } = log
  t.equal(lines.length, 1, 'said once, however often it is tried')

  rmSync(ballast)
  await until(() => opened.healthy)
  t.equal(opened.healthy, true)
  t.match(lines[1], /written again, nothing is missing/)
  put(n++)
  opened.flush()
  await opened.close()

  const again = openJournal(journalFolder, { log })
  t.same(again.recovered.damage, [])
  const found = new Map(again.recovered.entries.map((entry) => [entry.key, entry.value]))
  t.equal(found.size, 101)
  for (let i = n - 100; i < n; i++) t.equal(found.get(`call${i % 100}`), `${'x'.repeat(1000)}:${i}`)

  // A start on the full disk, and more entries than memory is set aside for: the newest survive, the operator is told.
  await again.close()
  writeFileSync(ballast, '')
  try {
    for (;;) writeFileSync(ballast, Buffer.alloc(4096), { flag: 'a' })
  } catch {}
  lines.length = 0
  const third = openJournal(journalFolder, { log, queueBytes: 100_000 })
  t.equal(third.recovered.entries.length, 101)
  for (let i = 0; i < 300; i++) third.journal.put('registration', `user${i}`, 'x'.repeat(1000))
  third.flush()
  t.equal(third.healthy, false)
  t.match(lines, [/^journal cannot be written/, /oldest is dropped/])
  rmSync(ballast)
  await until(() => third.healthy)
  t.match(lines[2], /written again, the newest state of \d+ entries is missing/)
  await third.close()
  const fourth = openJournal(journalFolder, { log })
  const registrations = fourth.recovered.entries.filter((entry) => entry.kind === 'registration')
  t.ok(registrations.length > 40 && registrations.length < 100, `${registrations.length} of 300 are there`)
  t.equal(registrations.at(-1)?.key, 'user299')
  t.equal(fourth.recovered.entries.length, 101 + registrations.length)
  await fourth.close()
})
