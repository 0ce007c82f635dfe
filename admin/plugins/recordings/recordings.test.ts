import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { RecordingFiles } from '../../../media/recording/recording-files.ts'
import type { RecordedParty, RecordingOrder } from '../../../media/recording/recording-order.ts'
import type { RecordingKey } from '../../../media/recording/sealed-sound.ts'
import type { TestApplication } from '../../application-under-test.ts'
import { smallCompany, startTestApplication } from '../../application-under-test.ts'
import { isInstalled } from '../../recordings/limited-child.ts'

const day = 86_400_000
const began = Date.UTC(2026, 2, 1, 9)

function user(id: string, number: string): RecordedParty {
  return { kind: 'user', user: id, name: `${id} Abbott`, number, site: 'london', pbx: 'north' }
}
const outside: RecordedParty = {
  kind: 'outside',
  user: null,
  name: 'Carol',
  number: '+442079460999',
  site: null,
  pbx: null,
}

const usual: RecordingOrder = {
  id: 'one',
  call: 'call-1',
  direction: 'internal',
  caller: user('anna', '1001'),
  callee: user('ben', '1002'),
  owners: ['anna'],
  trigger: 'always',
  announced: 'neither',
  policy: null,
}

/** Records as the media process does. */
async function record(
  { dataFolder }: TestApplication,
  order: Partial<RecordingOrder>,
  startedAt = began,
  milliseconds = 1000,
  keys: readonly RecordingKey[] = [],
): Promise<Buffer> {
  const root = join(dataFolder, 'recordings')
  const files = new RecordingFiles({ root, media: 'media-0', keys, write: writeSync, clock: Date.now }, () => undefined)
  const whole = { ...usual, ...order }
  files.begin(whole, startedAt, 'mu')
  const sound = Buffer.from(Array.from({ length: milliseconds * 16 }, (_, index) => (index * 7) & 0x7f))
  files.append(whole.id, 0, sound)
  const end = {
    length: null,
    endedAt: startedAt + milliseconds,
    late: [0, 0],
    undecoded: [0, 0],
    cutShort: null,
  } as const
  if (!(await files.complete(whole.id, end))) throw new Error('not complete')
  return sound
}

async function started(t: { teardown(done: () => unknown): void }, document = smallCompany): Promise<TestApplication> {
  const application = await startTestApplication({ document })
  t.teardown(() => application.close())
  return application
}

async function ids({ ask }: TestApplication, query = ''): Promise<string[]> {
  const answer = await ask('GET', `/v1/recordings${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return (answer.json() as { items: { id: string }[] }).items.map(({ id }) => id)
}

async function actions({ services }: TestApplication): Promise<string[]> {
  const events = await services.store.audit.list({})
  return events
    .filter(({ action }) => action.startsWith('recording'))
    .map(({ action, id }) => `${action} ${id ?? ''}`.trim())
}

async function finished(application: TestApplication, id: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 500; tries++) {
    const task = (await application.ask('GET', `/v1/recording-tasks/${id}`)).json() as Record<string, unknown>
    if (task['endedAt'] !== null) return task
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the task does not end')
}

t.test('recordings are listed, filtered, sorted and paged', async (t) => {
  const application = await started(t)
  await record(application, { id: 'one' }, began)
  const two = {
    id: 'two',
    direction: 'incoming',
    caller: outside,
    callee: user('ben', '1002'),
    owners: ['ben'],
  } as const
  await record(application, two, began + day, 3000)
  const three = {
    id: 'three',
    direction: 'outgoing',
    caller: user('anna', '1001'),
    callee: outside,
    call: 'call-3',
    ownedSince: { anna: began + 2 * day + 500 },
  } as const
  await record(application, three, began + 2 * day, 2000)
  t.same(await ids(application), ['three', 'two', 'one'])
  for (const [query, found] of [
    ['?user=ben', ['two', 'one']],
    ['?extension=1001', ['three', 'one']],
    ['?extension=%2B442079460999', []],
    ['?direction=incoming', ['two']],
    ['?pbx=north', ['three', 'two', 'one']],
    ['?site=leeds', []],
    ['?number=9460', ['three', 'two']],
    ['?q=CAROL', ['three', 'two']],
    ['?call=call-3', ['three']],
    ['?since=2026-03-02T00:00:00Z&until=2026-03-02T12:00:00Z', ['two']],
    ['?sort=milliseconds', ['one', 'three', 'two']],
    ['?sort=-bytes', ['two', 'three', 'one']],
    ['?state=archived', []],
    ['?number=9460&direction=outgoing', ['three']],
  ] as const) {
    t.same(await ids(application, query), found, query)
  }
  const first = (await application.ask('GET', '/v1/recordings?limit=2&sort=milliseconds')).json() as { next: string }
  t.same(await ids(application, `?limit=2&sort=milliseconds&cursor=${first.next}`), ['two'])
  for (const query of ['?sort=colour', '?cursor=x', '?colour=red', '?since=now', '?limit=0']) {
    t.ok((await application.ask('GET', `/v1/recordings${query}`)).statusCode >= 400, query)
  }
  const one = (await application.ask('GET', '/v1/recordings/one')).json() as object
  t.match(one, {
    ...{ id: 'one', call: 'call-1', startedAt: '2026-03-01T09:00:00.000Z', milliseconds: 1000, format: 'wav' },
    ...{ state: 'available', deletedAfter: '2026-03-31T09:00:00.000Z', hold: null, encrypted: false },
  })
  t.same((one as { laterOwners: unknown }).laterOwners, [])
  const third = (await application.ask('GET', '/v1/recordings/three')).json() as object
  t.match(third, { laterOwners: [{ owner: 'anna', at: 500 }] }, 'where it became hers')
  t.equal((await application.ask('GET', '/v1/recordings/none')).statusCode, 404)
  const usage = (await application.ask('GET', '/v1/recording-usage')).json() as object
  t.match(usage, {
    recordings: 3,
    bytes: 6000 * 16 + 3 * 58,
    isOverWarning: false,
    users: [{ user: 'anna' }, { user: 'ben' }],
  })
  t.equal((await application.ask('GET', '/v1/recordings', undefined, { authorization: '' })).statusCode, 401)
})

t.test('a recording is played and downloaded, whole and in ranges, and each access is audited once', async (t) => {
  const application = await started(t)
  const sound = await record(application, {})
  const whole = await application.ask('GET', '/v1/recordings/one/play')
  t.equal(whole.statusCode, 200)
  t.match(whole.headers, { 'content-type': 'audio/wav', 'accept-ranges': 'bytes', 'content-length': '16058' })
  t.match(whole.headers['content-disposition'], /^inline; filename="2026-03-01 09-00 1001 to 1002 one\.wav"$/)
  t.same(whole.rawPayload.subarray(58), sound)
  const { sha256 } = (await application.ask('GET', '/v1/recordings/one')).json() as { sha256: string }
  t.equal(createHash('sha256').update(whole.rawPayload).digest('hex'), sha256)
  for (const [range, from, to] of [
    ['bytes=0-9', 0, 10],
    ['bytes=100-', 100, 16_058],
    ['bytes=-58', 16_000, 16_058],
    ['bytes=16000-99999', 16_000, 16_058],
  ] as const) {
    const part = await application.ask('GET', '/v1/recordings/one/play', undefined, { range })
    t.equal(part.statusCode, 206, range)
    t.equal(part.headers['content-range'], `bytes ${from}-${to - 1}/16058`)
    t.same(part.rawPayload, whole.rawPayload.subarray(from, to))
  }
  const beyond = await application.ask('GET', '/v1/recordings/one/play', undefined, { range: 'bytes=99999-' })
  t.equal(beyond.statusCode, 416)
  t.equal(beyond.headers['content-range'], 'bytes */16058')
  const download = await application.ask('GET', '/v1/recordings/one/download')
  t.match(download.headers['content-disposition'], /^attachment/)
  t.same(await actions(application), ['recording-download one', 'recording-play one'])
  rmSync(join(application.dataFolder, 'recordings', '2026-03-01', 'one.wav'))
  t.equal((await application.ask('GET', '/v1/recordings/one/play')).statusCode, 404)
})

/** Members of a ZIP file by its directory; sums are checked. */
function unzip(file: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>()
  const end = file.length - 22
  if (file.readUInt32LE(end) !== 0x0605_4b50) throw new Error('no end')
  let at = file.readUInt32LE(end + 16)
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [sum, length, nameLength] = [
      file.readUInt32LE(at + 16),
      file.readUInt32LE(at + 24),
      file.readUInt16LE(at + 28),
    ]
    const name = file.toString('utf8', at + 46, at + 46 + nameLength)
    const header = file.readUInt32LE(at + 42)
    const begins = header + 30 + file.readUInt16LE(header + 26)
    const content = file.subarray(begins, begins + length)
    if (crc32(content) !== sum || members.has(name)) throw new Error(name)
    members.set(name, content)
    at += 46 + nameLength
  }
  return members
}

t.test('many are downloaded as one ZIP file with their descriptions', async (t) => {
  const application = await started(t)
  const sound = await record(application, { id: 'one' })
  await record(application, { id: 'two', callee: { ...outside, number: '../"\r\nevil' } }, began + 60_000)
  const answer = await application.ask('POST', '/v1/recordings/download', { all: true })
  t.equal(answer.headers['content-type'], 'application/zip')
  const members = unzip(answer.rawPayload)
  t.same([...members.keys()].sort(), [
    '2026-03-01 09-00 1001 to 1002 one.json',
    '2026-03-01 09-00 1001 to 1002 one.wav',
    '2026-03-01 09-01 1001 to ..evil two.json',
    '2026-03-01 09-01 1001 to ..evil two.wav',
  ])
  t.same(members.get('2026-03-01 09-00 1001 to 1002 one.wav')?.subarray(58), sound)
  const one = await application.ask('POST', '/v1/recordings/download', { ids: ['one'] })
  t.equal(unzip(one.rawPayload).size, 2)
  for (const body of [{}, { ids: ['one'], all: true }, { filter: {} }, { all: false }]) {
    t.equal((await application.ask('POST', '/v1/recordings/download', body)).statusCode, 400, JSON.stringify(body))
  }
  t.equal((await application.ask('POST', '/v1/recordings/download', { ids: ['none'] })).statusCode, 404)
})

t.test('deleting asks for the word, and what is deleted is gone', async (t) => {
  const application = await started(t)
  for (const id of ['one', 'two', 'three', 'four']) await record(application, { id, call: id }, began + id.length)
  for (const query of ['', '?confirm=delete', '?confirm=yes']) {
    t.equal((await application.ask('DELETE', `/v1/recordings/one${query}`)).statusCode, 400, query)
  }
  t.equal((await application.ask('DELETE', '/v1/recordings/one?confirm=DELETE')).statusCode, 204)
  t.equal((await application.ask('GET', '/v1/recordings/one/play')).statusCode, 404)
  const folder = join(application.dataFolder, 'recordings', '2026-03-01')
  t.same(
    readdirSync(folder).filter((name) => name.startsWith('one')),
    [],
  )
  t.equal((await application.ask('PUT', '/v1/recordings/two/hold', { reason: 'a court case' })).statusCode, 200)
  t.equal((await application.ask('DELETE', '/v1/recordings/two?confirm=DELETE')).statusCode, 409)
  t.equal((await application.ask('POST', '/v1/recordings/delete', { all: true })).statusCode, 400)
  const answer = await application.ask('POST', '/v1/recordings/delete', { all: true, confirm: 'DELETE' })
  t.equal(answer.statusCode, 202)
  const task = await finished(application, (answer.json() as { id: string }).id)
  t.match(task, {
    state: 'done',
    total: 3,
    done: 2,
    failed: 1,
    failures: [{ recording: 'two', message: /a court case/ }],
  })
  t.same(await ids(application), ['two'])
  t.equal((await application.ask('DELETE', '/v1/recordings/two/hold')).statusCode, 200)
  t.equal((await application.ask('DELETE', '/v1/recordings/two?confirm=DELETE')).statusCode, 204)
  t.same(readdirSync(folder), [])
  const audited = await actions(application)
  t.equal(audited.filter((action) => action.startsWith('recording-delete ')).length, 4, audited.join(', '))
})

t.test('a task that deletes many can be stopped, and saves what was not deleted yet', async (t) => {
  const application = await started(t)
  for (let index = 0; index < 40; index++) await record(application, { id: `r${index}` }, began + index, 20)
  const { id } = (await application.ask('POST', '/v1/recordings/delete', { all: true, confirm: 'DELETE' })).json() as {
    id: string
  }
  await application.ask('DELETE', `/v1/recording-tasks/${id}`)
  const task = await finished(application, id)
  t.equal(task['state'], 'stopped')
  const left = await ids(application)
  t.ok(left.length > 0, `${left.length} are left of 40`)
  t.equal(left.length, 40 - Number(task['done']))
  t.equal((await application.ask('GET', '/v1/recording-tasks/none')).statusCode, 404)
  t.equal(((await application.ask('GET', '/v1/recording-tasks')).json() as { items: unknown[] }).items.length, 1)
})

t.test('the storage API: regions, objects, content, bulk', async (t) => {
  const application = await started(t)
  const sound = await record(application, {})
  const region = '/storage/local/v3'
  t.same((await application.ask('GET', `${region}/regions`)).json(), ['local'])
  const wrong = await application.ask('GET', '/storage/us-east/v3/objects')
  t.equal(wrong.statusCode, 404)
  t.match(wrong.json(), { detail: /its region is local/ })
  t.match((await application.ask('GET', `${region}/objects?direction=internal&limit=1`)).json(), {
    items: [{ id: 'one' }],
    next: null,
  })
  t.match((await application.ask('GET', `${region}/objects/one`)).json(), { id: 'one', bytes: 16_058 })
  t.same((await application.ask('GET', `${region}/objects/one/content`)).rawPayload.subarray(58), sound)
  t.equal(unzip((await application.ask('POST', `${region}/objects/download`, { ids: ['one'] })).rawPayload).size, 2)
  t.equal((await application.ask('POST', `${region}/objects/delete`, { ids: ['one'] })).statusCode, 400)
  const answer = await application.ask('POST', `${region}/objects/delete`, { ids: ['one'], confirm: 'DELETE' })
  await finished(application, (answer.json() as { id: string }).id)
  t.same(await ids(application), [])
})

const policies = `${smallCompany
  .replace(
    'account: {name: Small Company}',
    `account:
  name: Small Company
  recordingPolicies:
    - {id: long, name: Long, hotDays: 10, coldDays: 20}`,
  )
  .replace('extension: "1001"', 'extension: "1001", recording: {mode: always, policy: long}')}`

t.test('the policy that was told, else that of the owner, his PBX or the account', async (t) => {
  const company = policies
    .replace('hotDays: 10, coldDays: 20}', 'hotDays: 10, coldDays: 20}\n    - {id: brief, name: Brief, hotDays: 1}')
    .replace('name: Small Company', 'name: Small Company\n  recordingPolicy: brief')
  const application = await started(t, company)
  await record(application, { id: 'told', policy: 'brief' })
  await record(application, { id: 'owned' })
  await record(application, { id: 'ordered', owners: ['ben'] })
  const policyOf = async (id: string) =>
    ((await application.ask('GET', `/v1/recordings/${id}`)).json() as { policy: string | null }).policy
  t.equal(await policyOf('told'), 'brief', 'though the owner has another now')
  t.equal(await policyOf('owned'), 'long')
  t.equal(await policyOf('ordered'), 'brief', "the account's")
})

/** The catalogue of another process over the same folder. */
async function over(application: TestApplication, now: number, format: 'wav' | 'opus' | 'mp3' = 'wav') {
  const { Recordings } = await import('../../recordings/recordings.ts')
  return new Recordings({
    dataFolder: application.dataFolder,
    log: application.services.log,
    clock: () => now,
    keepingTimes: () => ({ policy: null, hotDays: 30, coldDays: 0 }),
    format: () => format,
    warningGigabytes: () => null,
    expired: async () => undefined,
  })
}

t.test(
  'policies: at hand, archived and encrypted, retrieved for seven days, deleted; a hold stops the last',
  async (t) => {
    const application = await started(t, policies)
    const sound = await record(application, { id: 'kept' })
    await record(application, { id: 'held', owners: ['ben'] })
    await record(application, { id: 'gone', owners: ['ben'] })
    t.same((await ids(application)).sort(), ['gone', 'held', 'kept'])
    t.match((await application.ask('GET', '/v1/recordings/kept')).json(), {
      policy: 'long',
      deletedAfter: '2026-03-31T09:00:00.000Z',
    })
    await application.ask('PUT', '/v1/recordings/held/hold', { reason: 'a court case' })
    const at = async (days: number) => {
      const recordings = await over(application, began + days * day)
      await recordings.keep()
      await recordings.close()
    }
    await at(9)
    t.match((await application.ask('GET', '/v1/recordings/kept')).json(), { state: 'available' })
    await at(11)
    const root = join(application.dataFolder, 'recordings')
    t.match((await application.ask('GET', '/v1/recordings/kept')).json(), { state: 'archived', encrypted: true })
    t.notOk(existsSync(join(root, '2026-03-01', 'kept.wav')))
    t.notOk(readFileSync(join(root, 'archive', 'kept.sealed')).includes(sound.subarray(0, 100)))
    const refused = await application.ask('GET', '/v1/recordings/kept/play')
    t.equal(refused.statusCode, 409)
    t.match(refused.json(), { detail: /retrieve/ })
    const retrieval = await application.ask('POST', '/v1/recordings/retrieve', { ids: ['kept'] })
    t.match(await finished(application, (retrieval.json() as { id: string }).id), { state: 'done', done: 1 })
    t.match((await application.ask('GET', '/v1/recordings/kept')).json(), { state: 'retrieved' })
    const again = await application.ask('GET', '/v1/recordings/kept/play')
    t.same(again.rawPayload.subarray(58), sound, 'nothing was lost')
    const now = (application.now - began) / day
    await at(now + 6)
    t.match((await application.ask('GET', '/v1/recordings/kept')).json(), { state: 'retrieved' })
    await at(now + 8)
    t.match(
      (await ids(application)).sort(),
      ['held'],
      'the one is deleted as soon as it is back, another after 30 days',
    )
    t.same(readdirSync(join(root, 'retrieved')), [])
    t.same(readdirSync(join(root, 'archive')), [])
  },
)

t.test('a catalogue that is lost is made again from what lies beside the sound', async (t) => {
  const application = await started(t)
  await record(application, { id: 'one' })
  await record(application, { id: 'two' }, began + 1)
  t.equal((await ids(application)).length, 2)
  await application.app.close()
  for (const ending of ['', '-wal', '-shm'])
    rmSync(join(application.dataFolder, `recordings.db${ending}`), { force: true })
  rmSync(join(application.dataFolder, 'recordings', '2026-03-01', 'two.wav'))
  mkdirSync(join(application.dataFolder, 'recordings', 'new'), { recursive: true })
  writeFileSync(join(application.dataFolder, 'recordings', 'new', 'bad.json'), '{"file": "../../etc/passwd"}')
  const recordings = await over(application, began)
  recordings.start()
  for (let tries = 0; tries < 200 && (await recordings.catalogue.count({})).recordings === 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  t.match(await recordings.catalogue.find('one'), { id: 'one', call: 'call-1', bytes: 16_058 })
  t.equal(await recordings.catalogue.find('two'), null, 'its sound is not there')
  await recordings.close()
})

t.test(
  'new recordings are compressed in the background, and play on',
  { skip: isInstalled('ffmpeg') ? false : 'ffmpeg is not installed' },
  async (t) => {
    const application = await started(t)
    await record(application, { id: 'one' }, began, 5000)
    t.same(await ids(application), ['one'])
    for (const format of ['opus', 'mp3'] as const) {
      if (format === 'mp3') await record(application, { id: 'two' }, began + 1, 5000)
      await ids(application)
      const recordings = await over(application, began, format)
      await recordings.keep()
      await recordings.close()
    }
    const sounds = [
      ['one', 'opus', 'audio/ogg', 'OggS'],
      ['two', 'mp3', 'audio/mpeg', ''],
    ] as const
    for (const [id, format, type, magic] of sounds) {
      const view = (await application.ask('GET', `/v1/recordings/${id}`)).json() as { bytes: number; sha256: string }
      t.match(view, { format })
      t.ok(view.bytes < 40_000, `${view.bytes} bytes of 80 058`)
      const answer = await application.ask('GET', `/v1/recordings/${id}/play`)
      t.equal(answer.headers['content-type'], type)
      t.equal(createHash('sha256').update(answer.rawPayload).digest('hex'), view.sha256)
      t.ok(answer.rawPayload.toString('latin1').startsWith(magic))
    }
  },
)

t.test('with a key recordings are encrypted where they lie, also when they come back from the archive', async (t) => {
  const application = await started(t)
  writeFileSync(join(application.dataFolder, 'recording-keys'), `# since May\nspring ${'09'.repeat(32)}\n`)
  const sound = await record(application, {}, began, 1000, [{ name: 'spring', secret: Buffer.alloc(32, 9) }])
  const recordings = await over(application, began)
  t.teardown(() => recordings.close())
  await recordings.takeNew()
  const { catalogue, store } = recordings
  const now = async () => {
    const row = await catalogue.find('one')
    if (row === null) throw new Error('it is gone')
    return row
  }
  const played = async (from: number, to: number) => {
    const pieces: Buffer[] = []
    for await (const piece of store.sound(await now(), from, to)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }
  const isReadable = async () => {
    const { file } = await now()
    return readFileSync(join(application.dataFolder, 'recordings', file)).includes(sound.subarray(0, 100))
  }
  const whole = await played(0, 16_058)
  t.same(whole.subarray(58), sound)
  t.equal(createHash('sha256').update(whole).digest('hex'), (await now()).sha256)
  t.notOk(await isReadable())
  await store.archive(await now())
  await t.rejects(played(0, 10), /in the archive/)
  await store.retrieve(await now())
  t.equal((await now()).key, 'spring')
  t.notOk(await isReadable())
  t.same(await played(0, 16_058), whole)
  t.same(await played(5000, 6000), whole.subarray(5000, 6000))
})
