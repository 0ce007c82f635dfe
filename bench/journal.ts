/**
 * What the journal costs the main thread: microseconds for each put and for a flush of 1, 8 and 32 records, against the
 * bare fs.writeSync of as many bytes in the same run; then what a plain call with its record costs both threads.
 * `node dist/bench/journal.js`
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '../engine/records/journal-file.ts'
import { entryBytes } from '../engine/records/journal-format.ts'
import { costOfCalls } from './journal-calls.ts'
import { median } from './measure/median.ts'

const TURN_SIZES = [1, 8, 32]
/** About what the saved state of a call takes. */
const VALUE_BYTES = 600
const OPEN_ENTRIES = 10_000
const ROUNDS = 5
const RECORDS_A_ROUND = 60_000
const BARE_FILE_BYTES = 32 * 1024 * 1024

function microseconds(work: () => void): number {
  const before = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - before) / 1000
}

const folder = mkdtempSync(join(tmpdir(), 'ringdown-bench-journal-'))
const complain = (line: string) => console.error(line)
const opened = openJournal(join(folder, 'journal'), { log: { info: complain, warn: complain, error: complain } })
const bare = openSync(join(folder, 'bare'), 'w')
const keys = Array.from({ length: OPEN_ENTRIES }, (_, n) => `${n}a84b4c76e66710@gateway.example.net`)
const value = 'v'.repeat(VALUE_BYTES)
const bytes = Buffer.alloc(64 * 1024, 'v')
const oneRecord = entryBytes(keys[0] ?? '', value)
let next = 0
let barePosition = 0

function putSome(count: number): void {
  for (let n = 0; n < count; n++) {
    opened.journal.put('call', keys[next] ?? '', value)
    next = (next + 1) % OPEN_ENTRIES
  }
}

function flushTurn(): void {
  opened.flush()
}

function bareWrite(length: number): void {
  writeSync(bare, bytes, 0, length, barePosition)
  barePosition += length
  if (barePosition < BARE_FILE_BYTES) return
  ftruncateSync(bare, 0)
  barePosition = 0
}

/** One open and closed call: a put when it is there, one when it is answered, and its removal. */
function callLife(): void {
  const key = `life${next++}`
  opened.journal.put('call', key, value)
  opened.flush()
  opened.journal.put('call', key, value)
  opened.flush()
  opened.journal.remove('call', key)
  opened.flush()
  if (next >= OPEN_ENTRIES) next = 0
}

/** Lets the other thread's messages in between the measurements. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}

for (const size of TURN_SIZES) {
  const turns = Math.ceil(RECORDS_A_ROUND / size)
  const putFigures: number[] = []
  const flushFigures: number[] = []
  const bareFigures: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    let put = 0
    let flush = 0
    for (let turn = 0; turn < turns; turn++) {
      put += microseconds(() => putSome(size))
      flush += microseconds(flushTurn)
    }
    await pause()
    let bareTime = 0
    for (let turn = 0; turn < turns; turn++) bareTime += microseconds(() => bareWrite(oneRecord * size))
    await pause()
    // The first round warms up.
    if (round === 0) continue
    putFigures.push(put / turns / size)
    flushFigures.push(flush / turns)
    bareFigures.push(bareTime / turns)
  }
  const put = median(putFigures)
  const flush = median(flushFigures)
  const write = median(bareFigures)
  console.log(
    `turn of ${size} records of ${oneRecord} bytes: put ${put.toFixed(2)} us each, flush ${flush.toFixed(2)} us; ` +
      `bare writeSync ${write.toFixed(2)} us; ratio flush/bare ${(flush / write).toFixed(2)}, ` +
      `turn/bare ${((put * size + flush) / write).toFixed(2)}`,
  )
}

const empty = microseconds(() => {
  for (let n = 0; n < 1_000_000; n++) opened.flush()
})
console.log(`flush with nothing queued: ${(empty / 1_000_000).toFixed(4)} us`)

// A second of 3200 calls at a time, as fast as it goes, with the CPU of both threads.
const cpuBefore = process.cpuUsage()
let lives = 0
let mainThread = 0
for (let batch = 0; batch < 40; batch++) {
  mainThread += microseconds(() => {
    for (let n = 0; n < 3200; n++) callLife()
  })
  lives += 3200
  await pause()
}
const cpu = process.cpuUsage(cpuBefore)
console.log(
  `a call (put, put, remove in three turns): ${(mainThread / lives).toFixed(2)} us, ` +
    `CPU of both threads ${((cpu.user + cpu.system) / lives).toFixed(2)} us`,
)

closeSync(bare)
await opened.close()

const { servingThread, otherThread, bytes: bytesOfCall } = await costOfCalls(join(folder, 'calls'), complain)
console.log(
  `a plain call with its record, at 3200 a second: CPU of the thread that serves calls ${servingThread.toFixed(1)} us ` +
    `(its feeding included), of the other thread ${otherThread.toFixed(1)} us; ${bytesOfCall.toFixed(0)} bytes`,
)
rmSync(folder, { recursive: true })
