import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { CallRecords } from './call-records.ts'
import { openJournal } from './journal-file.ts'
import { encodeEntry, encodeFileHeader, FILE_HEADER_BYTES, RECORD_HEADER_BYTES, sealGroup } from './journal-format.ts'
import { recoverJournal } from './journal-recovery.ts'

const identity = { mark: 0x5ac3b791, seed: 0x12345678 }

/** A log with these values under the keys k0, k1, ..., each in a group of its own, and where each group begins. */
function logOf(values: readonly string[]): { bytes: Buffer; starts: number[] } {
  const buffer = Buffer.alloc(FILE_HEADER_BYTES + values.reduce((sum, value) => sum + value.length + 40, 0))
  encodeFileHeader(identity).copy(buffer)
  const starts: number[] = []
  let at = FILE_HEADER_BYTES
  for (const [index, value] of values.entries()) {
    starts.push(at)
    const end = encodeEntry(buffer, at + RECORD_HEADER_BYTES, 'c', `k${index}`, value)
    sealGroup(buffer, at, end, identity)
    at = end
  }
  return { bytes: buffer.subarray(0, at), starts }
}

function freshFolder(parent: string): string {
  const folder = join(parent, 'journal')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  return folder
}

t.test('a torn end of the newest log is cut at any byte, without a word', async (t) => {
  const parent = t.testdir()
  const { bytes, starts } = logOf(['first', 'second', 'the last value'])
  const lastStart = starts[2] ?? 0
  for (let length = 0; length < bytes.length; length++) {
    const folder = freshFolder(parent)
    writeFileSync(join(folder, '0000000001.log'), bytes.subarray(0, length))
    const { recovered } = recoverJournal(folder)
    const whole = starts.filter((_, index) => (starts[index + 1] ?? bytes.length) <= length).length
    if (length < lastStart && whole > 1) t.fail('counted wrongly')
    t.equal(recovered.entries.length, whole)
    t.same(recovered.damage, [])
    // After the next start the file is not the newest any more: still no damage.
    writeFileSync(join(folder, '0000000002.log'), encodeFileHeader(identity))
    t.same(recoverJournal(folder).recovered, recovered)
  }
})

t.test('damage in the middle costs its group, is reported, and a copy is kept', async (t) => {
  const folder = t.testdir()
  const { bytes, starts } = logOf(['first', 'second', 'third'])
  const secondStart = starts[1] ?? 0
  bytes[secondStart + 27] = 0
  writeFileSync(join(folder, '0000000001.log'), bytes)
  const { recovered } = recoverJournal(folder)
  t.same(
    recovered.entries.map((entry) => entry.key),
    ['k0', 'k2'],
  )
  t.equal(recovered.damage.length, 1)
  t.match(recovered.damage[0], `0000000001.log: ${(starts[2] ?? 0) - secondStart} bytes at offset ${secondStart}`)
  t.match(recovered.damage[0], `copy is kept as 0000000001.log.damaged-${secondStart}`)
  t.same(readFileSync(join(folder, `0000000001.log.damaged-${secondStart}`)), bytes)
})

t.test('at most eight copies of damaged files are kept', async (t) => {
  const folder = t.testdir()
  for (let number = 1; number <= 12; number++) {
    const { bytes } = logOf(['first', 'second'])
    bytes[FILE_HEADER_BYTES] = 0
    writeFileSync(join(folder, `${String(number).padStart(10, '0')}.log`), bytes)
  }
  t.equal(recoverJournal(folder).recovered.damage.length, 12)
  t.equal(readdirSync(folder).filter((name) => name.includes('damaged')).length, 8)
})

t.test('any damage: never throws, and undamaged records are all found', async (t) => {
  const parent = t.testdir()
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  })
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii', maxLength: 200 }), { minLength: 1, maxLength: 20 }),
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (values, places, isNewest) => {
        const folder = freshFolder(parent)
        const { bytes, starts } = logOf(values)
        const original = Buffer.from(bytes)
        // One of the header's two copies may be hit, not both: without a header a file cannot be read.
        for (const place of places) {
          const at = 32 + Math.floor(place.at * (bytes.length - 33))
          bytes.set(place.bytes.subarray(0, bytes.length - at), at)
        }
        writeFileSync(join(folder, '0000000001.log'), bytes)
        if (!isNewest) writeFileSync(join(folder, '0000000002.log'), encodeFileHeader(identity))
        const { recovered } = recoverJournal(folder)
        const expected = values.flatMap((value, index) => {
          const start = starts[index] ?? 0
          const end = starts[index + 1] ?? bytes.length
          const isWhole = bytes.subarray(start, end).equals(original.subarray(start, end))
          return isWhole ? [{ kind: 'call', key: `k${index}`, value }] : []
        })
        t.same(recovered.entries, expected)
        if (!isNewest && expected.length < values.length) t.ok(recovered.damage.length > 0)
        return true
      },
    ),
    { numRuns: 300 },
  )
})

t.test('files of nothing but noise, and of zeros', async (t) => {
  const parent = t.testdir()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (first, second) => {
      const folder = freshFolder(parent)
      writeFileSync(join(folder, '0000000001.snapshot'), first)
      writeFileSync(join(folder, '0000000002.log'), second)
      t.same(recoverJournal(folder).recovered.entries, [])
    }),
    { numRuns: 100 },
  )
  const folder = freshFolder(parent)
  writeFileSync(join(folder, '0000000001.log'), Buffer.concat([logOf(['kept']).bytes, Buffer.alloc(1_000_000)]))
  t.equal(recoverJournal(folder).recovered.entries.length, 1)
})

t.test('the search after damage is not slowed down by lengths that lie', async (t) => {
  const folder = t.testdir()
  const { bytes, starts } = logOf(Array.from({ length: 20_000 }, () => 'x'.repeat(400)))
  for (const start of starts) bytes.writeUInt32LE(8_000_000, start + 12)
  writeFileSync(join(folder, '0000000001.log'), bytes)
  const before = process.hrtime.bigint()
  t.same(recoverJournal(folder).recovered.entries, [])
  t.comment(`${bytes.length} bytes in ${(process.hrtime.bigint() - before) / 1_000_000n} ms`)
})

t.test('a value that contains a group of this very form is not taken for one after damage', async (t) => {
  const folder = t.testdir()
  const forged = Buffer.alloc(100)
  const end = encodeEntry(forged, RECORD_HEADER_BYTES, 'c', 'k0', null)
  sealGroup(forged, 0, end, { mark: 0x01010101, seed: 0 })
  const { bytes, starts } = logOf(['first', forged.toString('latin1', 0, end), 'third'])
  bytes[(starts[1] ?? 0) + 4] = 0xff
  writeFileSync(join(folder, '0000000001.log'), bytes)
  t.same(
    recoverJournal(folder).recovered.entries.map((entry) => entry.key),
    ['k0', 'k2'],
  )
})

/** A log as the first version of the format wrote it: see the test for what it holds. */
const former = Buffer.from(
  'UkRKT1VSTkwBAAAAFZGlewOIrQMlByLgAAAAAAAAAABSREpPVVJOTAEAAAAVkaV7A4itAyUHIuAAAAAAAAAAABWRpXsGV/gs2BsoBQ0AAAACAA' +
    'AAcjFBbm5h4oCZcyBkZXNrFZGlezvngG2qu+U3igAAAAIAAABlMWIKb25lCjE3MDAwMDAwMDAwMDAKb25lQHBob25lClVEUCAxMjcuMC4wLjE6' +
    'NTA2MQp1c2VyIGFubmEgMTAwMSBBbm5hCjEwMDIKYS5leGFtcGxlCjMKcmVnaXN0ZXJlZDpiZW49MQoKMTAwMiBCZW4KCmRldmljZSBhbm5hCn' +
    'VzZXI6YmVuCjEgdBWRpXtzIEM8FnzywgcAAAAEAAAAY29uZXJpbmdpbmcVkaV7SInqZ04ELOkIAAAABAAAAGNvbmVhbnN3ZXJlZBWRpXtqVxSb' +
    'kmgZkSUAAAACAAAAZTJhCm9uZQoxNzAwMDAwMDAxMDAwCnVzZXIgYmVuIDEwMDIgQmVuFZGleyBj47ehzDtcAwAAABIAAABvYW5zd2VyfG9uZX' +
    'xjYWxsZXIyMDAVkaV7qwWHlaR71nL/////EgAAAG9hbnN3ZXJ8b25lfGNhbGxlchWRpXtth79J4o1hQ4oAAAACAAAAZTNiCnR3bwoxNzAwMDAw' +
    'MDAwMDAwCnR3b0BwaG9uZQpVRFAgMTI3LjAuMC4xOjUwNjEKdXNlciBhbm5hIDEwMDEgQW5uYQoxMDAyCmEuZXhhbXBsZQozCnJlZ2lzdGVyZW' +
    'Q6YmVuPTEKCjEwMDIgQmVuCgpkZXZpY2UgYW5uYQp1c2VyOmJlbgoxIHQVkaV73zCaluvuH4wHAAAABAAAAGN0d29yaW5naW5nFZGle1yp/CfH' +
    'G9SCMQAAAAIAAABlNGUKdHdvCjE3MDAwMDAwMDIwMDAKY2FsbGVyCjQ4NyBSZXF1ZXN0IFRlcm1pbmF0ZWQVkaV72VHqdU2ib5n/////BAAAAG' +
    'N0d28VkaV7Rk3DJPe1OUAAAAAACAAAAHRjYXJyaWVy',
  'base64',
)

const formerly = [
  { kind: 'registration', key: '1', value: 'Anna\xe2\x80\x99s desk' },
  { kind: 'call', key: 'one', value: 'answered' },
  { kind: 'trunk', key: 'carrier', value: '' },
]

t.test('a log of the first version of the format is read, and new ones follow it', async (t) => {
  const folder = join(t.testdir(), 'journal')
  mkdirSync(folder)
  writeFileSync(join(folder, '0000000001.log'), former)
  const { recovered } = recoverJournal(folder)
  t.same(recovered.entries, formerly)
  t.same(recovered.damage, [])
  t.same(
    recovered.begun?.map(({ callId }) => callId),
    ['one@phone', 'two@phone'],
  )
  const log = { info() {}, warn: (line: string) => t.fail(line), error: (line: string) => t.fail(line) }
  const records = { path: join(folder, '..', 'records.db'), days: 0 }
  const opened = openJournal(folder, { log, records })
  t.same(opened.recovered.entries, formerly)
  opened.journal.remove('registration', '1')
  opened.journal.put('call', 'three', 'ringing')
  opened.events.ended('one', 1_700_000_009_000, 'callee', 200, 'OK')
  opened.journal.remove('call', 'one')
  await opened.close()
  t.same(recoverJournal(folder).recovered.entries, [formerly[2], { kind: 'call', key: 'three', value: 'ringing' }])
  const made = new CallRecords(records.path)
  t.teardown(() => made.close())
  t.match(await made.find('one'), {
    sipCallId: 'one@phone',
    outcome: 'answered',
    callee: { id: 'ben' },
    endedBy: 'callee',
  })
  t.match(await made.find('two'), { sipCallId: 'two@phone', outcome: 'cancelled' })
})

t.test('damage in a log of the first version costs its record alone', async (t) => {
  const parent = t.testdir()
  for (let at = FILE_HEADER_BYTES; at < former.length; at++) {
    const folder = freshFolder(parent)
    const bytes = Buffer.from(former)
    bytes[at] = (bytes[at] ?? 0) ^ 0x55
    writeFileSync(join(folder, '0000000001.log'), bytes)
    writeFileSync(
      join(folder, '0000000002.log'),
      encodeFileHeader({ mark: former.readUInt32LE(12), seed: former.readUInt32LE(16) }),
    )
    const { entries, damage } = recoverJournal(folder).recovered
    t.equal(damage.length, 1, `byte ${at}`)
    // What a damaged removal or second state leaves is the state before it.
    t.ok(entries.length >= 2 && entries.length <= 4)
  }
})

t.test('a turn is kept whole or not at all, as far as it fits into one group', async (t) => {
  const folder = join(t.testdir(), 'journal')
  const log = { info() {}, warn() {}, error: (line: string) => t.fail(line) }
  const opened = openJournal(folder, { log })
  opened.journal.put('call', 'a', 'ringing')
  opened.flush()
  opened.journal.put('call', 'a', 'answered')
  opened.journal.put('obligation', 'answer', 'text')
  opened.flush()
  for (let n = 0; n < 10; n++) opened.journal.put('call', `long${n}`, 'x'.repeat(1500))
  opened.flush()
  await opened.close()
  const path = join(folder, '0000000001.log')
  const bytes = readFileSync(path)
  const found = new Set<string>()
  for (let length = FILE_HEADER_BYTES; length < bytes.length + 40; length += 40) {
    writeFileSync(path, bytes.subarray(0, Math.min(length, bytes.length)))
    const { entries, damage } = recoverJournal(folder).recovered
    t.same(damage, [])
    found.add(entries.map(({ key, value }) => (value.length > 20 ? key : `${key}=${value}`)).join(' '))
  }
  const answered = 'a=answered answer=text'
  const long = (count: number) => Array.from({ length: count }, (_, n) => ` long${n}`).join('')
  t.same(
    [...found],
    ['', 'a=ringing', answered, answered + long(3), answered + long(6), answered + long(9), answered + long(10)],
  )
})
