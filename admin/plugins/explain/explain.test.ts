import t from 'tap'
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

t.test('the present moment is asked of the engine', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const asked: string[] = []
  const worker = new ExplainWorker(application.dataFolder, {
    facts: async (users, trunks) => {
      asked.push(...users, ...trunks)
      return { registered: { ben: true, anna: true }, linesInUse: { ben: 3 }, outsideForwards: {}, channelsInUse: {} }
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
