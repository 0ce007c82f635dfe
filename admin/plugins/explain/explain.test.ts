import { join } from 'node:path'
import t from 'tap'
import type { CallBegan } from '../../../engine/records/call-events.ts'
import { openJournal } from '../../../engine/records/journal-file.ts'
import { startTestApplication } from '../../application-under-test.ts'
import { ExplainWorker } from './explain-worker.ts'

t.test('where a call would go, by the newest configuration', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const answer = await application.ask('GET', '/v1/explain?caller=anna&dialled=1002')
  t.equal(answer.statusCode, 200, answer.body)
  const explanation = answer.json()
  t.match(explanation, {
    caller: /Anna Abbott/,
    dialled: '1002',
    revision: application.configuration.revision,
    first: { result: { kind: 'ring', targets: [{ kind: 'user', user: 'ben' }] } },
  })
  t.ok(
    explanation.facts.every(({ assumed }: { assumed: boolean }) => assumed),
    'the engine is away',
  )
  const text = await application.ask('GET', '/v1/explain?caller=anna&dialled=1002&format=text')
  t.match(text.headers['content-type'], 'text/plain')
  t.match(text.body, /Ben Baker/)
  const changed = await application.ask('PATCH', '/v1/users/ben', { extension: '1042' })
  t.ok(changed.statusCode < 300, changed.body)
  const after = await application.ask('GET', '/v1/explain?caller=anna&dialled=1042')
  t.match(after.json(), { revision: application.configuration.revision, first: { result: { kind: 'ring' } } })
})

t.test('what cannot be explained', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  for (const [url, status, detail] of [
    ['/v1/explain?caller=nobody&dialled=1002', 400, /No user, extension or number nobody/],
    ['/v1/explain?caller=anna', 400, /dialled/],
    ['/v1/explain?caller=anna&dialled=1002&at=2026-03-01T18:30', 400, /zone/],
    ['/v1/explain?caller=anna&dialled=1002&format=xml', 400, /format/],
  ] as const) {
    const answer = await application.ask('GET', url)
    t.equal(answer.statusCode, status, url)
    t.match(answer.body, detail)
  }
  const then = await application.ask('GET', '/v1/explain?caller=anna&dialled=1002&at=2026-03-01T18:30:00Z')
  t.equal(then.json().at, Date.UTC(2026, 2, 1, 18, 30))
})

t.test('why a call of the past went where it went, by the configuration of then', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const journal = openJournal(join(application.dataFolder, 'journal'), {
    log: { info() {}, warn() {}, error() {} },
    records: { path: join(application.dataFolder, 'records.db'), days: 0 },
  })
  const at = Date.UTC(2026, 2, 1, 9)
  const caller = { kind: 'user', id: 'anna', title: '1001 Anna Abbott' } as const
  const asked = { kind: 'device', device: 'anna-desk' } as const
  const began: CallBegan = {
    ...{
      id: 'past',
      at,
      callId: 'past@phone',
      fromTag: 'tag',
      sequence: 1,
      source: 'test',
      caller,
      asked,
      dialled: '1002',
      domain: '',
      revision: 1,
    },
    step: { facts: 'registered:ben=1 lines:ben=0', rules: '', rings: '1002 Ben Baker', targets: 'user:ben' },
    refusal: null,
  }
  const { events } = journal
  events.began(began)
  events.wentOn({
    ...{ id: 'past', at: at + 15_000, outcome: 'noAnswer', detail: '', revision: 1 },
    step: { facts: '', rules: '', rings: '', targets: '' },
  })
  events.ended('past', at + 15_000, 'server', 480, 'No Answer')
  events.began({ ...began, id: 'of another version', step: { ...began.step, rules: 'ben\tforward all\tGone' } })
  events.began({ ...began, id: 'unasked', asked: null })
  events.began({ ...began, id: 'of the future', revision: 99 })
  await journal.close()

  const changed = await application.ask('PATCH', '/v1/users/ben', { extension: '1042' })
  t.ok(changed.statusCode < 300, changed.body)
  const answer = await application.ask('GET', '/v1/explain?call=past')
  t.equal(answer.statusCode, 200, answer.body)
  t.match(answer.json(), {
    caller: /Anna Abbott/,
    revision: 1,
    at,
    facts: [{ text: 'Ben Baker has a registered phone: yes', assumed: false }, { assumed: false }],
    first: {
      result: { kind: 'ring', targets: [{ user: 'ben', extension: '1002' }] },
      next: [
        {
          outcome: 'noAnswer',
          happenedAt: at + 15_000,
          decision: { result: { kind: 'voicemail', status: 480 }, next: [] },
        },
      ],
    },
    past: { id: 'past', outcome: 'noAnswer', status: 480, differences: [] },
  })
  const text = (await application.ask('GET', '/v1/explain?call=past&format=text')).body
  t.match(text, /Ben Baker's extension.*09:00:15: nobody answered.*Not answered: the caller got 480 No Answer/s)
  const otherVersion = await application.ask('GET', '/v1/explain?call=of%20another%20version')
  t.match(otherVersion.json().past.differences, [
    /answer 1 .* recorded with Gone \(forward all of ben\), here it has none/,
  ])
  t.match(
    otherVersion.json().first.next.map(({ happenedAt }: { happenedAt: unknown }) => happenedAt),
    [null, null, null],
    'what would have followed',
  )
  for (const [query, status, detail] of [
    ['call=none', 404, /no record/],
    ['call=unasked', 404, /does not hold what the router was asked/],
    ['call=of%20the%20future', 404, /Revision 99/],
    ['call=past&caller=anna', 400, /its own caller/],
  ] as const) {
    const refused = await application.ask('GET', `/v1/explain?${query}`)
    t.equal(refused.statusCode, status, query)
    t.match(refused.body, detail)
  }
})

t.test('the present moment is asked of the engine', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const asked: string[] = []
  const worker = new ExplainWorker(application.dataFolder, {
    facts: async (users, trunks) => {
      asked.push(...users, ...trunks)
      return {
        registered: { ben: true, anna: true },
        linesInUse: { ben: 3 },
        outsideForwards: {},
        tollUse: {},
        channelsInUse: {},
        lastAnswered: {},
        idleSince: {},
        trunkStates: {},
      }
    },
  })
  t.teardown(() => worker.close())
  const answers = await Promise.all(Array.from({ length: 8 }, () => worker.explain('anna', '1002', Date.now())))
  for (const answer of answers) {
    t.equal(answer.kind, 'explained')
    if (answer.kind !== 'explained') continue
    t.ok(answer.explanation.facts.some(({ text }) => /Ben Baker has a registered phone: yes/.test(text)))
    t.ok(answer.explanation.facts.every(({ assumed }) => !assumed))
  }
  t.ok(asked.includes('ben'))
})

t.test('where there is no configuration', async (t) => {
  const worker = new ExplainWorker(t.testdir(), { facts: async () => null })
  const answer = await worker.explain('anna', '1002', 0)
  t.match(answer, { kind: 'no configuration', message: /There is no configuration/ })
  await worker.close()
  await t.rejects(worker.explain('anna', '1002', 0), { message: /stopping/ })
})
