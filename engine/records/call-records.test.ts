import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { Sqlite } from '../sqlite/sqlite.ts'
import type { CallBegan, HeardQuality, RouteTaken } from './call-events.ts'
import type { CallRecord } from './call-record.ts'
import { CallRecords } from './call-records.ts'
import type { OpenJournal } from './journal-file.ts'
import { openJournal } from './journal-file.ts'

const errors: string[] = []
const log = { info() {}, warn() {}, error: (message: string) => errors.push(message) }

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-records-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function open(folder: string, segmentBytes = 1024 * 1024): OpenJournal {
  return openJournal(join(folder, 'journal'), {
    log,
    segmentBytes,
    syncEveryMilliseconds: 20,
    records: { path: join(folder, 'records.db'), days: 0 },
  })
}

const step: RouteTaken = { facts: 'registered:ben=1 lines:ben=0', rules: '', rings: '1002 Ben', targets: 'user:ben' }

function begin(id: string, more: Partial<CallBegan> = {}): CallBegan {
  return {
    id,
    at: 1_700_000_000_000,
    callId: `${id}@phone`,
    fromTag: `${id}-tag`,
    sequence: 1,
    source: 'UDP 127.0.0.1:5061',
    caller: { kind: 'user', id: 'anna', title: '1001 Anna' },
    asked: { kind: 'device', device: 'anna' },
    dialled: '1002',
    domain: 'north.example.com',
    revision: 3,
    step,
    refusal: null,
    ...more,
  }
}

/** Waits for the other thread, for at most ten seconds. */
async function recorded(folder: string, enough: (records: readonly CallRecord[]) => boolean): Promise<CallRecord[]> {
  const records = new CallRecords(join(folder, 'records.db'))
  try {
    for (let tries = 0; tries < 500; tries++) {
      const page = await records.list({}, null, 1000)
      if (enough(page.records)) return [...page.records]
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    records.close()
  }
  throw new Error('The records were not written')
}

t.test('an answered call is one record with all that was told of it', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder)
  const { events } = journal
  events.began(begin('a1'))
  events.wentOn({
    id: 'a1',
    at: 1_700_000_015_000,
    outcome: 'redirected',
    detail: 'ben 1 ZoÃ«',
    revision: 4,
    step: {
      facts: '',
      rules: 'ben\tno answer\tTo the desk',
      rings: '1003 Zoë'.replace('ë', 'Ã«'),
      targets: 'user:zoe',
    },
  })
  events.answered('a1', 1_700_000_017_000, { kind: 'user', id: 'zoe', title: '1003 ZoÃ«' })
  events.ended('a1', 1_700_000_027_000, 'caller', 200, 'OK')
  await journal.close()
  const [record] = await recorded(folder, (records) => records.length === 1)
  t.match(record, {
    id: 'a1',
    sipCallId: 'a1@phone',
    caller: { kind: 'user', id: 'anna', title: '1001 Anna' },
    callee: { kind: 'user', id: 'zoe', title: '1003 Zoë' },
    revision: 3,
    asked: { kind: 'device', device: 'anna' },
    outcome: 'answered',
    endedBy: 'caller',
    status: 200,
    startedAt: 1_700_000_000_000,
    answeredAt: 1_700_000_017_000,
    endedAt: 1_700_000_027_000,
  })
  t.same(record?.steps, [
    {
      at: 1_700_000_000_000,
      after: '',
      detail: '',
      revision: 3,
      facts: ['registered:ben=1', 'lines:ben=0'],
      rules: [],
      rings: '1002 Ben',
      targets: ['user:ben'],
    },
    {
      at: 1_700_000_015_000,
      after: 'redirected',
      detail: 'ben 1 Zoë',
      revision: 4,
      facts: [],
      rules: [{ user: 'ben', step: 'no answer', rule: 'To the desk' }],
      rings: '1003 Zoë',
      targets: ['user:zoe'],
    },
  ])
})

t.test('how a call ended without an answer', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder)
  const { events } = journal
  const cases: readonly [string, number, string, string][] = [
    ['c1', 487, '', 'cancelled'],
    ['c2', 486, 'busy', 'busy'],
    ['c3', 480, 'noAnswer', 'noAnswer'],
    ['c4', 480, 'unreachable', 'notReachable'],
    ['c5', 403, '', 'refused'],
    ['c6', 503, '', 'failed'],
  ]
  for (const [id, status, outcome] of cases) {
    events.began(begin(id))
    if (outcome !== '') {
      events.wentOn({ id, at: 1, outcome, detail: '', revision: 3, step: { ...step, rings: '' } })
    }
    events.ended(id, 2, 'server', status, 'Phrase')
  }
  events.began(begin('r1', { refusal: { status: 404, phrase: 'Not Found' }, dialled: '99\n98' }))
  await journal.close()
  const records = await recorded(folder, (found) => found.length === 7)
  for (const [id, , , outcome] of cases) t.equal(records.find((record) => record.id === id)?.outcome, outcome, id)
  t.match(
    records.find((record) => record.id === 'r1'),
    { outcome: 'refused', status: 404, dialled: '99\n98', endedBy: 'server' },
  )
})

t.test('calls in progress have a record, over a crash and a restart too', async (t) => {
  const folder = folderOf(t)
  const first = open(folder)
  first.journal.put('call', 'goes on', 'state')
  first.events.began(begin('goes on'))
  first.events.answered('goes on', 5, { kind: 'trunk', id: 'carrier', title: '+44 (Carrier)' })
  first.events.began(begin('vanished'))
  first.flush()
  const open1 = await recorded(folder, (found) => found.length === 2)
  t.ok(open1.every((record) => record.endedAt === null && record.outcome === null))
  await first.close()

  const second = open(folder)
  second.events.ended('goes on', 9, 'callee', 200, 'OK')
  second.journal.remove('call', 'goes on')
  second.flush()
  await second.close()
  const records = await recorded(folder, (found) => found.every((record) => record.endedAt !== null))
  t.match(
    records.find((record) => record.id === 'goes on'),
    { outcome: 'answered', endedBy: 'callee', endedAt: 9, callee: { kind: 'trunk', id: 'carrier' } },
  )
  t.match(
    records.find((record) => record.id === 'vanished'),
    { outcome: 'lost', status: null },
  )
})

t.test('logs are compacted only when their calls are recorded, and nothing is recorded twice', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder, 16 * 1024)
  for (let n = 0; n < 2000; n++) {
    journal.journal.put('call', `n${n}`, 'x'.repeat(200))
    journal.events.began(begin(`n${n}`))
    journal.events.ended(`n${n}`, 7, 'caller', 487, 'Request Terminated')
    journal.journal.remove('call', `n${n}`)
    journal.flush()
    if (n % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await journal.close()
  const again = open(folder, 16 * 1024)
  await again.close()
  const records = new CallRecords(join(folder, 'records.db'))
  t.teardown(() => records.close())
  let before: number | null = null
  const seen = new Set<string>()
  do {
    const page: Awaited<ReturnType<CallRecords['list']>> = await records.list({}, before, 300)
    for (const record of page.records) {
      t.notOk(seen.has(record.id), 'only once')
      seen.add(record.id)
    }
    before = page.next
  } while (before !== null)
  t.equal(seen.size, 2000)
})

t.test('a database that cannot be used is said once, and what was missed is recorded later', async (t) => {
  const folder = folderOf(t)
  const blocked = new Sqlite(join(folder, 'records.db'))
  blocked.pragma('user_version = 99')
  blocked.close()
  errors.length = 0
  const journal = open(folder)
  journal.events.began(begin('late'))
  journal.events.ended('late', 7, 'caller', 487, 'Request Terminated')
  journal.flush()
  for (let tries = 0; tries < 500 && errors.length === 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.match(errors[0], /newer version/)
  rmSync(join(folder, 'records.db'))
  const records = await recorded(folder, (found) => found.length === 1)
  t.equal(records[0]?.id, 'late')
  t.equal(errors.length, 1)
  await journal.close()
})

t.test('records of the first form stay, and cannot be replayed', async (t) => {
  const folder = folderOf(t)
  const first = open(folder)
  first.events.began(begin('old'))
  first.events.ended('old', 7, 'caller', 487, '')
  await first.close()
  const before = new Sqlite(join(folder, 'records.db'))
  before.exec('drop index call_record_parent; drop table message')
  for (const column of ['asked', 'parent', 'transferred_to', 'transferred_by', 'recordings', 'quality', 'told']) {
    before.exec(`alter table call_record drop column ${column}`)
  }
  const steps = JSON.stringify([{ at: 1, after: '', facts: [], rules: [], rings: '1002 Ben' }])
  const set = "sip_call_id = 'old@phone', source = 'UDP', domain = 'a.example', revision = 3"
  before.prepare(`update call_record set steps = ?, ${set}`).run(steps)
  before.pragma('user_version = 1')
  before.close()
  const unread = new CallRecords(join(folder, 'records.db'))
  t.same((await unread.list({}, null, 10)).records, [], 'not before the engine has brought them up to date')
  unread.close()
  const journal = open(folder)
  journal.events.began(begin('new'))
  await journal.close()
  const [added, old] = await recorded(folder, (found) => found.length === 2)
  const was = { id: 'old', sipCallId: 'old@phone', source: 'UDP', domain: 'a.example', revision: 3, asked: null }
  t.match(old, { ...was, steps: [{ rings: '1002 Ben', detail: '', revision: 3 }] })
  t.match(added, { id: 'new', asked: { kind: 'device' } })
})

t.test('a call that was in progress when the form was another goes on in its record', async (t) => {
  const folder = folderOf(t)
  const first = open(folder)
  first.journal.put('call', 'upgraded', 'state')
  first.events.began(begin('upgraded'))
  await first.close()
  const before = new Sqlite(join(folder, 'records.db'))
  const steps = [
    { at: 1, after: '', detail: '', revision: 3, facts: [], rules: [], rings: 'Ben', targets: ['user:ben'] },
  ]
  const set = "told = null, sip_call_id = 'x@phone', source = 'UDP', domain = 'a.example', revision = 3"
  before
    .prepare(`update call_record set ${set}, steps = ?, asked = ?`)
    .run(JSON.stringify(steps), JSON.stringify({ kind: 'device', device: 'anna' }))
  before.exec('alter table call_record drop column told')
  before.pragma('user_version = 5')
  before.close()
  const second = open(folder)
  second.events.wentOn({ id: 'upgraded', at: 5, outcome: 'busy', detail: '', revision: 4, step })
  second.events.answered('upgraded', 6, { kind: 'user', id: 'zoe', title: '1003 ZoÃ«' })
  second.events.ended('upgraded', 9, 'callee', 200, 'OK')
  await second.close()
  const [record] = await recorded(folder, (found) => found.every(({ endedAt }) => endedAt !== null))
  const was = { sipCallId: 'x@phone', source: 'UDP', domain: 'a.example', revision: 3, asked: { device: 'anna' } }
  t.match(record, { ...was, callee: { title: '1003 Zoë' }, outcome: 'answered', endedAt: 9 })
  t.match(record?.steps, [
    { after: '', rings: 'Ben' },
    { after: 'busy', rings: '1002 Ben', revision: 4 },
  ])
})

t.test('what comes from outside is kept to the letter', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder)
  const asked = { kind: 'trunk', number: 'a\tb\\n', name: 'c\nd\te\\', anonymous: true, ownDiversions: 3 } as const
  const told: RouteTaken = {
    facts: '',
    rules: 'anna\tblock\tZoÃ«\nben\tbusy\tB',
    rings: 'ZoÃ«',
    targets: 'user:zoe user:ben',
  }
  journal.events.began(begin('odd', { asked, dialled: '1\n2\t3\\t', step: told }))
  journal.events.began(begin('unasked', { asked: null }))
  await journal.close()
  const [unasked, odd] = await recorded(folder, (found) => found.length === 2)
  t.match(odd, { asked, dialled: '1\n2\t3\\t' })
  const rules = [
    { user: 'anna', step: 'block', rule: 'Zoë' },
    { user: 'ben', step: 'busy', rule: 'B' },
  ]
  t.match(odd?.steps, [{ rules, rings: 'Zoë', targets: ['user:zoe', 'user:ben'] }])
  t.equal(unasked?.asked, null)
})

t.test('filters', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder)
  const { events } = journal
  events.began(begin('f1', { at: 1000, dialled: '100%' }))
  events.ended('f1', 1001, 'caller', 487, '')
  events.began(begin('f2', { at: 2000, caller: { kind: 'trunk', id: 'anna', title: '+4420 (Anna)' } }))
  events.answered('f2', 2001, { kind: 'user', id: 'ben', title: '1002 Ben' })
  events.ended('f2', 2002, 'caller', 200, '')
  await journal.close()
  const records = new CallRecords(join(folder, 'records.db'))
  t.teardown(() => records.close())
  const ids = async (filter: Parameters<CallRecords['list']>[0]) =>
    (await records.list(filter, null, 10)).records.map(({ id }) => id)
  t.same(await ids({}), ['f2', 'f1'])
  t.same(await ids({ user: 'anna' }), ['f1'])
  t.same(await ids({ user: 'ben' }), ['f2'])
  t.same(await ids({ trunk: 'anna' }), ['f2'])
  t.same(await ids({ outcome: 'cancelled' }), ['f1'])
  t.same(await ids({ from: 1500 }), ['f2'])
  t.same(await ids({ to: 1500 }), ['f1'])
  t.same(await ids({ text: '0%' }), ['f1'])
  t.same(await ids({ text: 'BEN' }), ['f2'])
  t.same(await ids({ text: "'; drop table call_record; --" }), [])
  t.equal((await records.find('f1'))?.dialled, '100%')
  t.equal(await records.find('none'), null)
})

const quality: HeardQuality = {
  side: 'caller',
  codec: 'PCMA',
  packets: 500,
  lost: 3,
  jitter: 1.5,
  largestJitter: 8,
  roundTrip: null,
  mos: 4.37,
  sent: 498,
  reportedLost: null,
  reportedJitter: null,
  strangers: 0,
}

t.test('recordings and sound of a call, though the second is told after its end', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder)
  const { events } = journal
  events.began(begin('sounding'))
  events.answered('sounding', 2, { kind: 'user', id: 'ben', title: '1002 Ben' })
  events.recorded('sounding', 2, 'recording-1')
  await recorded(folder, (records) => records[0]?.recordings.length === 1)
  events.recorded('sounding', 4, 'recording-2')
  events.ended('sounding', 5, 'callee', 200, 'OK')
  await recorded(folder, (records) => records[0]?.endedAt === 5)
  events.heard('sounding', 6, [quality, { ...quality, side: 'callee', lost: 0 }])
  events.heard('nobody', 6, [quality])
  events.began(begin('silent'))
  await journal.close()
  const records = new CallRecords(join(folder, 'records.db'))
  t.teardown(() => records.close())
  const found = await records.find('sounding')
  t.same(found?.recordings, ['recording-1', 'recording-2'])
  t.same(found?.quality, [
    { at: 6, ...quality },
    { at: 6, ...quality, side: 'callee', lost: 0 },
  ])
  t.match(await records.find('silent'), { recordings: [], quality: [] })
})

t.test('who transferred whom, and as which call it went on', async (t) => {
  const folder = folderOf(t)
  const journal = open(folder)
  const { events } = journal
  events.began(begin('first'))
  events.answered('first', 2, { kind: 'user', id: 'ben', title: '1002 Ben' })
  events.began({ ...begin('blind'), parent: 'first' })
  events.answered('blind', 5, { kind: 'user', id: 'cleo', title: '1003 Cleo' })
  events.transferred('first', 5, { kind: 'user', id: 'ben', title: '1002 Ben' }, 'blind')
  events.ended('first', 5, 'callee', 200, 'OK')
  events.began(begin('consultation'))
  events.transferred('blind', 6, { kind: 'user', id: 'cleo', title: '1003 Cleo' }, 'consultation')
  events.ended('blind', 6, 'callee', 200, 'OK')
  await journal.close()
  const records = new CallRecords(join(folder, 'records.db'))
  t.teardown(() => records.close())
  const by = { kind: 'user', id: 'ben', title: '1002 Ben' }
  t.match(await records.find('first'), { parent: null, transferred: { to: 'blind', by } })
  t.match(await records.find('blind'), { parent: 'first', transferred: { to: 'consultation' } })
  t.match(await records.find('consultation'), { parent: 'blind', transferred: null }, 'an attended transfer')
  t.same(
    (await records.list({ parent: 'first' }, null, 10)).records.map(({ id }) => id),
    ['blind'],
  )
})
