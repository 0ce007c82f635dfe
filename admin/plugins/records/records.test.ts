import { join } from 'node:path'
import t from 'tap'
import type { CallBegan } from '../../../engine/records/call-events.ts'
import { openJournal } from '../../../engine/records/journal-file.ts'
import { startTestApplication } from '../../application-under-test.ts'

const silent = { info() {}, warn() {}, error() {} }
const began: CallBegan = {
  id: 'one',
  at: Date.UTC(2026, 2, 1, 9),
  callId: 'one@phone',
  fromTag: 'tag',
  sequence: 1,
  source: 'UDP 127.0.0.1:5061',
  caller: { kind: 'user', id: 'anna', title: '1001 Anna Abbott' },
  asked: { kind: 'device', device: 'anna-desk' },
  dialled: '1002',
  domain: 'north.example.com',
  revision: 1,
  step: { facts: 'registered:ben=1', rules: 'ben\tbusy\tTo Anna', rings: '1002 Ben Baker', targets: 'user:ben' },
  refusal: null,
}

async function applicationWithCalls() {
  const application = await startTestApplication()
  const journal = openJournal(join(application.dataFolder, 'journal'), {
    log: silent,
    records: { path: join(application.dataFolder, 'records.db'), days: 0 },
  })
  const { events } = journal
  events.began(began)
  events.answered('one', began.at + 2000, { kind: 'user', id: 'ben', title: '1002 Ben Baker' })
  events.recorded('one', began.at + 2000, 'rec-1')
  events.ended('one', began.at + 12_500, 'callee', 200, 'OK')
  const quality = { codec: 'PCMA', jitter: 1, largestJitter: 4.5, roundTrip: 20, mos: 4.3, strangers: 0 }
  const reported = { sent: 600, reportedLost: 0, reportedJitter: 2 }
  const callee = { side: 'callee', packets: 600, lost: 1, ...quality, ...reported } as const
  events.heard('one', began.at + 12_600, [callee, { ...callee, packets: 20, lost: 9 }])
  const bad = '=HYPERLINK("http://evil","x")'
  events.began({
    ...began,
    id: 'two',
    at: began.at + 60_000,
    caller: { kind: 'trunk', id: 'carrier', title: bad },
    dialled: '+442079460101',
    refusal: { status: 404, phrase: 'Not Found' },
  })
  await journal.close()
  return application
}

t.test('records are listed, filtered and paged, newest first', async (t) => {
  const application = await applicationWithCalls()
  t.teardown(() => application.close())
  const ids = async (query: string) => {
    const answer = await application.ask('GET', `/v1/records${query}`)
    t.equal(answer.statusCode, 200, answer.body)
    return (answer.json() as { items: { id: string }[] }).items.map(({ id }) => id)
  }
  t.same(await ids(''), ['two', 'one'])
  t.same(await ids('?user=anna'), ['one'])
  t.same(await ids('?user=ben'), ['one'])
  t.same(await ids('?trunk=carrier'), ['two'])
  t.same(await ids('?outcome=refused'), ['two'])
  t.same(await ids('?q=baker'), ['one'])
  t.same(await ids('?since=2026-03-01T09:00:30Z'), ['two'])
  t.same(await ids('?until=2026-03-01T09:00:30Z'), ['one'])
  const page = (await application.ask('GET', '/v1/records?limit=1')).json() as { next: string }
  t.same(await ids(`?limit=1&cursor=${page.next}`), ['one'])
  const one = (await application.ask('GET', '/v1/records/one')).json() as object
  t.match(one, {
    startedAt: '2026-03-01T09:00:00.000Z',
    answeredAt: '2026-03-01T09:00:02.000Z',
    talkSeconds: 10.5,
    outcome: 'answered',
    endedBy: 'callee',
    recordings: ['rec-1'],
    quality: [
      { at: '2026-03-01T09:00:12.600Z', side: 'callee', codec: 'PCMA', packets: 600, lost: 1, roundTrip: 20 },
      { packets: 20 },
    ],
    steps: [{ facts: ['registered:ben=1'], rules: [{ user: 'ben', step: 'busy', rule: 'To Anna' }] }],
  })
})

t.test('bad questions are refused, and before the first call there are no records', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  t.same((await application.ask('GET', '/v1/records')).json(), { items: [], next: null })
  t.equal((await application.ask('GET', '/v1/records/none')).statusCode, 404)
  for (const query of ['since=yesterday', 'outcome=fine', 'limit=0', 'limit=1001', 'cursor=x', 'colour=red']) {
    const answer = await application.ask('GET', `/v1/records?${query}`)
    t.ok(answer.statusCode === 400 || answer.statusCode === 422, `${query}: ${answer.statusCode}`)
  }
  t.equal((await application.ask('GET', '/v1/records', undefined, { authorization: '' })).statusCode, 401)
})

t.test('CSV holds all of them, and no formulas', async (t) => {
  const application = await applicationWithCalls()
  t.teardown(() => application.close())
  const answer = await application.ask('GET', '/v1/records.csv')
  t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  const [heading, two, one, end] = answer.body.split('\n')
  t.match(heading, /^id,started,answered,/)
  t.match(two, /^two,.*"'=HYPERLINK/)
  t.match(two, /,\+442079460101,/)
  t.match(
    one,
    /^one,2026-03-01T09:00:00.000Z,.*,10\.5,user,anna,1001 Anna Abbott,1002,user,ben,1002 Ben Baker,answered,200,callee,To Anna,,,,1,rec-1,,,,,,,PCMA,600,1,4.5,20,4.3$/,
  )
  t.equal(end, '')
})
