import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readSound } from './read-sound.ts'
import type { FileEvent, RecordingEnd } from './recording-files.ts'
import { RecordingFiles } from './recording-files.ts'
import type { RecordingDescription, RecordingOrder } from './recording-order.ts'
import type { RecordingKey } from './sealed-sound.ts'
import type { WriteAt } from './sound-file.ts'

const party = { kind: 'user', user: 'anna', name: 'Anna', number: '1001', site: 'london', pbx: 'north' } as const
const order: RecordingOrder = {
  id: 'one',
  call: 'call-1',
  direction: 'internal',
  caller: party,
  callee: { ...party, user: 'ben', name: 'Ben', number: '1002' },
  owners: ['anna'],
  trigger: 'always',
  announced: 'neither',
  policy: null,
}
const key: RecordingKey = { name: 'spring', secret: Buffer.alloc(32, 7) }
const startedAt = Date.UTC(2026, 2, 1, 9)
const usual: RecordingEnd = {
  length: null,
  endedAt: startedAt + 10_000,
  late: [0, 0],
  undecoded: [0, 0],
  cutShort: null,
}

interface Teardown {
  teardown(done: () => void): void
}

class Disk {
  readonly root = mkdtempSync(join(tmpdir(), 'ringdown-recordings-'))
  readonly events: FileEvent[] = []
  now = startedAt
  /** Bytes until the disk is full. */
  room = Number.MAX_SAFE_INTEGER
  readonly keys: RecordingKey[]
  files: RecordingFiles

  constructor(keys: RecordingKey[] = []) {
    this.keys = keys
    this.files = this.restarted()
  }

  /** As after kill -9: nothing in memory is left. */
  restarted(media = 'media-0', processes = 1): RecordingFiles {
    const write: WriteAt = (descriptor, bytes, offset, length, position) => {
      if (this.room <= 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      const wrote = writeSync(descriptor, bytes, offset, Math.min(length, this.room), position)
      this.room -= wrote
      return wrote
    }
    const options = { root: this.root, media, processes, keys: this.keys, write, clock: () => this.now }
    this.files = new RecordingFiles(options, (event) => this.events.push(event))
    return this.files
  }

  get complete(): RecordingDescription {
    const found = this.events.find((event) => event.event === 'complete')
    if (found?.event !== 'complete') throw new Error(JSON.stringify(this.events))
    return found.description
  }

  async wav(from = 0, to: number | null = null): Promise<Buffer> {
    const { file, law, key: name } = this.complete
    const pieces: Buffer[] = []
    const source = { root: this.root, file, law, key: name, keys: this.keys }
    for await (const piece of readSound(source, from, to)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }
}

/** So many bytes, none of them like silence. */
function sound(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((from + index) * 7) & 0x7f)
}

function disk(t: Teardown, keys: RecordingKey[] = []): Disk {
  const made = new Disk(keys)
  t.teardown(() => rmSync(made.root, { recursive: true, force: true }))
  return made
}

for (const keys of [[], [key]]) {
  const how = keys.length === 0 ? 'plain' : 'encrypted'

  t.test(`${how}: file and description are there when it is told, and say the same`, async (t) => {
    const made = disk(t, keys)
    made.files.begin(order, startedAt, 'mu')
    for (let at = 0; at < 20_000; at += 1000) made.files.append('one', at, sound(1000, at))
    t.ok(await made.files.complete('one', usual))
    const { complete } = made
    const wav = await made.wav()
    t.same(wav.subarray(58), Buffer.from(sound(20_000)))
    t.equal(wav.readUInt32LE(54), 20_000, 'length of the data')
    t.equal(wav.readUInt32LE(4), wav.length - 8)
    t.equal(complete.sha256, createHash('sha256').update(wav).digest('hex'))
    t.equal(complete.bytes, wav.length)
    t.equal(complete.milliseconds, 1250)
    t.equal(complete.key, keys[0]?.name ?? null)
    t.match(complete, { ...order, gaps: [], pauses: [], cutShort: null, startedAt })
    const stored = readFileSync(join(made.root, complete.file))
    t.equal(stored.includes(Buffer.from(sound(1000))), keys.length === 0, 'whether the sound can be read on disk')
    t.same(JSON.parse(readFileSync(join(made.root, 'new', 'one.json'), 'utf8')), complete)
    t.same(readdirSync(join(made.root, 'open', 'media-0')), [])
    for (const [from, to] of [
      [0, 10],
      [50, 70],
      [2100, 2101],
      [57, 6000],
      [20_000, null],
    ] as const) {
      t.same(await made.wav(from, to), wav.subarray(from, to ?? wav.length), `bytes ${from} to ${to}`)
    }
  })

  t.test(`${how}: after kill -9 the conversation goes on in the same file, with a gap that is marked`, async (t) => {
    const made = disk(t, keys)
    made.files.begin(order, startedAt, 'A')
    made.files.append('one', 0, sound(8192))
    // A torn write.
    appendFileSync(join(made.root, `2026-03-01/one.${keys.length === 0 ? 'wav' : 'sealed'}`), Buffer.alloc(3))
    const again = made.restarted()
    again.expect('one')
    t.same(again.unfinished(), [], 'who is expected is no orphan')
    again.begin(order, startedAt + 1000, 'mu')
    again.append('one', 0, sound(4096))
    t.ok(await again.complete('one', { ...usual, length: 4096 }))
    const wav = await made.wav()
    t.same(wav.subarray(58, 58 + 8192), Buffer.from(sound(8192)), 'what was there')
    t.ok(
      wav.subarray(58 + 8194, 58 + 16_000).every((byte) => byte === 0xd5),
      'silence up to where it goes on',
    )
    t.equal(wav.length, 58 + 16_000 + 4096)
    t.match(made.complete, { law: 'A', cutShort: null, gaps: [{ at: 512, milliseconds: 488, why: 'media-restart' }] })
  })

  t.test(`${how}: what nobody goes on with is repaired`, async (t) => {
    const made = disk(t, keys)
    made.files.begin(order, startedAt, 'mu')
    made.files.append('one', 0, sound(8192))
    const again = made.restarted()
    t.same(again.unfinished(), ['one'])
    t.ok(await again.completeUnfinished('one'))
    t.match(made.complete, { cutShort: 'media-restart', milliseconds: 512, endedAt: startedAt + 512 })
    const wav = await made.wav()
    t.equal(wav.readUInt32LE(54), wav.length - 58)
    t.same(again.unfinished(), [])
  })

  t.test(`${how}: a full disk ends nothing; when there is room again it goes on`, async (t) => {
    const made = disk(t, keys)
    made.files.begin(order, startedAt, 'mu')
    made.room = 10_000
    for (let at = 0; at < 160_000; at += 1600) {
      made.now = startedAt + at / 16
      if (at === 80_000) made.room = Number.MAX_SAFE_INTEGER
      made.files.append('one', at, sound(1600, at))
    }
    t.ok(await made.files.complete('one', { ...usual, length: 160_000 }))
    const wav = await made.wav()
    t.equal(wav.length, 58 + 160_000)
    t.same(
      made.events.map(({ event }) => event),
      ['failed', 'recovered', 'complete'],
    )
    t.match(made.events[0], { message: /disk is full/ })
    const [gap, ...more] = made.complete.gaps
    t.same(more, [])
    t.equal(gap?.why, 'disk')
    const from = 58 + (gap?.at ?? 0) * 16
    const to = from + (gap?.milliseconds ?? 0) * 16
    t.ok(wav.subarray(from + 16, to - 16).every((byte) => byte === 0xff))
    t.same(wav.subarray(58, from - 16), Buffer.from(sound(from - 16 - 58)))
    t.same(wav.subarray(to + 16), Buffer.from(sound(160_000 + 58 - to - 16, to + 16 - 58)))
  })
}

t.test('by a process that is started no more, as there are fewer: the first takes it over', async (t) => {
  const made = disk(t, [])
  for (const [id, media] of [
    ['one', 'media-1'],
    ['two', 'media-2'],
  ] as const) {
    const files = made.restarted(media, 3)
    files.begin({ ...order, id }, startedAt, 'mu')
    files.append(id, 0, sound(8192))
  }
  const first = made.restarted('media-0', 2)
  t.same(first.unfinished(), ['two'], 'media-1 is still there, and goes on with its own')
  t.ok(await first.completeUnfinished('two'))
  t.match(made.complete, { id: 'two', cutShort: 'media-restart', milliseconds: 512 })
  t.same(first.unfinished(), [])
})

t.test('a disk that is full from the beginning: it begins when there is room', async (t) => {
  const made = disk(t)
  made.room = 0
  made.files.begin(order, startedAt, 'mu')
  made.files.append('one', 0, sound(1600))
  made.room = Number.MAX_SAFE_INTEGER
  made.now += 5000
  made.files.append('one', 80_000, sound(1600, 80_000))
  t.ok(await made.files.complete('one', { ...usual, length: 81_600 }))
  t.equal((await made.wav()).length, 58 + 81_600)
  t.match(made.complete.gaps, [{ at: 0, milliseconds: 5000, why: 'disk' }])
})

t.test('what found no room on its way to the disk is silence and a gap', async (t) => {
  const made = disk(t)
  made.files.begin(order, startedAt, 'mu')
  made.files.append('one', 0, sound(1600))
  made.files.append('one', 4800, sound(1600))
  t.ok(await made.files.complete('one', { ...usual, length: 8000 }))
  t.match(made.complete.gaps, [
    { at: 100, milliseconds: 200, why: 'overload' },
    { at: 400, milliseconds: 100, why: 'overload' },
  ])
})

t.test('pauses are described, also one during which everything crashed', async (t) => {
  const made = disk(t)
  made.files.begin(order, startedAt, 'mu')
  made.files.append('one', 0, sound(16_000))
  made.files.pause('one', 16_000, startedAt + 1000)
  made.files.resume('one', startedAt + 3000)
  made.files.append('one', 16_000, sound(16_000))
  made.files.pause('one', 32_000, startedAt + 4000)
  const again = made.restarted()
  again.begin(order, startedAt + 6000, 'mu')
  again.append('one', 0, sound(1600))
  t.ok(await again.complete('one', usual))
  t.match(made.complete, {
    milliseconds: 2100,
    gaps: [],
    pauses: [
      { at: 1000, from: startedAt + 1000, to: startedAt + 3000 },
      { at: 2000, from: startedAt + 4000, to: startedAt + 6000 },
    ],
  })
})

t.test('where nobody ever spoke there is no file, and it is told', async (t) => {
  const made = disk(t)
  made.files.expect('one')
  t.ok(await made.files.complete('one', usual))
  t.same(made.events, [{ event: 'empty', id: 'one' }])
  t.same(readdirSync(join(made.root, 'new')), [])
})

t.test('an id that is a path is refused', async (t) => {
  const made = disk(t)
  made.files.begin({ ...order, id: '../../etc/passwd' }, startedAt, 'mu')
  t.match(made.events, [{ event: 'failed' }])
})

t.test('a description that cannot be written is tried again', async (t) => {
  const made = disk(t)
  made.files.begin(order, startedAt, 'mu')
  made.files.append('one', 0, sound(1600))
  rmSync(join(made.root, 'new'), { recursive: true })
  writeFileSync(join(made.root, 'new'), '')
  t.notOk(await made.files.complete('one', usual))
  rmSync(join(made.root, 'new'))
  made.restarted()
  t.ok(await made.files.completeUnfinished('one'))
  t.ok(existsSync(join(made.root, 'new', 'one.json')))
})

t.test('changed encrypted sound is not played', async (t) => {
  const made = disk(t, [key])
  made.files.begin(order, startedAt, 'mu')
  made.files.append('one', 0, sound(10_000))
  await made.files.complete('one', usual)
  const path = join(made.root, made.complete.file)
  const stored = readFileSync(path)
  stored[3000] = (stored[3000] ?? 0) ^ 1
  writeFileSync(path, stored)
  await t.rejects(made.wav(), /was changed: what stands there/)
  t.equal((await made.wav(0, 2000)).length, 2000, 'what stands before it can be read')
  stored[3000] = (stored[3000] ?? 0) ^ 1
  writeFileSync(path, stored)
  truncateSync(path, 5000)
  await t.rejects(made.wav(), /was changed: what stands there/)
  made.keys.length = 0
  await t.rejects(made.wav(), /the key spring, which is not here/)
})
