import { join } from 'node:path'
import t from 'tap'
import { openJournal } from '../../../engine/records/journal-file.ts'
import { startTestApplication } from '../../application-under-test.ts'

const silent = { info() {}, warn() {}, error() {} }

t.test('messages are listed, filtered and paged, newest first; not to everybody', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const journal = openJournal(join(application.dataFolder, 'journal'), {
    log: silent,
    records: { path: join(application.dataFolder, 'records.db'), days: 0 },
  })
  const at = Date.UTC(2026, 2, 1, 9)
  const anna = { kind: 'user', id: 'anna', title: '1001 Anna' } as const
  const ben = { kind: 'user', id: 'ben', title: '1002 Ben' } as const
  const { messageEvents } = journal
  const common = { from: anna, to: ben, dialled: '1002', contentType: 'text/plain' }
  messageEvents.taken({ ...common, id: 'one', at, body: 'lunch?' })
  messageEvents.settled('one', at + 1500, 'delivered')
  messageEvents.taken({ ...common, from: ben, to: anna, id: 'two', at: at + 60_000, body: 'at one' })
  await journal.close()
  const list = async (query: string) => {
    const answer = await application.ask('GET', `/v1/messages${query}`)
    t.equal(answer.statusCode, 200, answer.body)
    return answer.json() as { items: { id: string }[]; next: string | null }
  }
  const ids = async (query: string) => (await list(query)).items.map(({ id }) => id)
  t.same(await ids(''), ['two', 'one'])
  t.same(await ids('?state=waiting'), ['two'])
  t.same(await ids('?q=LUNCH'), ['one'])
  t.same(await ids('?user=cleo'), [])
  t.same(await ids('?until=2026-03-01T09:00:30Z'), ['one'])
  const first = await list('?limit=1')
  t.same(await ids(`?limit=1&cursor=${first.next}`), ['one'])
  t.same((await list('?q=lunch')).items, [
    {
      id: 'one',
      from: { id: 'anna', title: '1001 Anna' },
      to: { id: 'ben', title: '1002 Ben' },
      dialled: '1002',
      contentType: 'text/plain',
      body: 'lunch?',
      state: 'delivered',
      sentAt: '2026-03-01T09:00:00.000Z',
      settledAt: '2026-03-01T09:00:01.500Z',
    },
  ])
  t.equal((await application.ask('GET', '/v1/messages?since=yesterday')).statusCode, 400)
  t.equal((await application.ask('GET', '/v1/messages', undefined, { authorization: '' })).statusCode, 401)
})
