import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { smallCompany, startTestApplication } from '../../application-under-test.ts'

const yaml = { 'content-type': 'application/yaml' }

t.test('a document is exported and applied', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const exported = await test.ask('GET', '/v1/document')
  t.match(exported.headers['content-type'], /^application\/yaml/)
  t.match(exported.body, /Small Company/)
  t.equal(exported.headers['etag'], '"1"')
  const same = await test.ask('PUT', '/v1/document?prune=true', exported.body, yaml)
  t.match(same.json(), { revision: 1, inForce: true, changesInAll: 0, changes: [] })
  const json = await test.ask('GET', '/v1/document?format=json')
  t.equal(json.json().account.name, 'Small Company')
  t.equal((await test.ask('PUT', '/v1/document?prune=true', json.body)).json().changesInAll, 0)

  const shorter = smallCompany.replace('name: Leeds', 'name: Bradford').replace(/phoneNumbers:.*/s, '')
  const dry = await test.ask('PUT', '/v1/document?dryRun=true&prune=true', shorter, yaml)
  t.match(dry.json(), { revision: 1, inForce: false, changesInAll: 2 })
  t.match((await test.ask('PUT', '/v1/document', shorter, yaml)).json(), {
    revision: 2,
    inForce: true,
    changesInAll: 1,
  })
  t.match((await test.ask('PUT', '/v1/document?prune=true', shorter, yaml)).json(), {
    revision: 3,
    changes: [{ kind: 'phoneNumber', id: '+442079460101', after: null }],
  })
  t.equal((await test.ask('PUT', '/v1/document', shorter, { ...yaml, 'if-match': '"1"' })).statusCode, 412)
  t.equal((await test.ask('GET', '/v1/revisions/3')).json().source, 'document')
})

t.test('a document with mistakes changes nothing', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const cases: readonly [string, Record<string, string>, number, string][] = [
    [
      smallCompany.replace('site: leeds', 'site: nowhere').replace('site: london, extension: "1001"', 'site: nowhere'),
      yaml,
      422,
      'users[0].site',
    ],
    [smallCompany.replace('"1002"', '"1001"'), yaml, 422, 'users[1].extension'],
    ['', yaml, 422, ''],
    ['a: &a [*a]', yaml, 422, ''],
    ['{', { 'content-type': 'application/json' }, 422, ''],
    [`{"account": ${'['.repeat(100_000)}`, { 'content-type': 'application/json' }, 422, ''],
    ['x', { 'content-type': 'text/plain' }, 415, ''],
  ]
  for (const [text, headers, status, path] of cases) {
    const answer = await test.ask('PUT', '/v1/document', text, headers)
    t.equal(answer.statusCode, status, text.slice(0, 20))
    if (status === 422 && path !== '') {
      t.ok(
        answer.json().problems.some((problem: { path: string }) => problem.path === path),
        `${path}: ${answer.body}`,
      )
    }
  }
  t.equal(test.configuration.revision, 1)
})

t.test('a document of 100 MB is refused before it is read', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const length = String(100 * 1024 * 1024)
  const answer = await test.ask('PUT', '/v1/document', 'a: b', { ...yaml, 'content-length': length })
  t.equal(answer.statusCode, 413)
  t.equal(answer.json().type, 'urn:ringdown:problem:too-large')
  t.match(answer.json().detail, /64 MB/)
  t.equal(test.configuration.revision, 1, 'nothing is changed')
})

t.test('while a large document is taken in nobody sees half of it, and others are answered', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const contacts = Array.from({ length: 1500 }, (_, index) => ({ id: `c${index}`, firstName: 'Ada', lastName: 'L.' }))
  let done = false
  const applied = test.ask('PUT', '/v1/document', `${smallCompany}\ncontacts: ${JSON.stringify(contacts)}\n`, yaml)
  void applied.finally(() => {
    done = true
  })
  const seen = new Set<number>()
  let answered = 0
  while (!done) {
    const [document, one] = await Promise.all([
      test.ask('GET', '/v1/document?format=json'),
      test.ask('GET', '/v1/users/anna'),
    ])
    seen.add(document.json().contacts?.length ?? 0)
    answered += Number(one.statusCode === 200)
    // Requests that are put in by hand leave no room for timers between them, as those of sockets do.
    await pause(1)
  }
  t.match((await applied).json(), { revision: 2, changesInAll: 1500 })
  t.same(
    [...seen].filter((count) => count !== 0 && count !== 1500),
    [],
  )
  t.ok(answered > 1, `${answered} others were answered`)
  const change = test.ask('PUT', '/v1/document?prune=true', smallCompany, yaml)
  const other = test.ask('DELETE', '/v1/phone-numbers/+442079460101')
  const revisions = [(await change).json().revision, Number((await other).headers['ringdown-revision'])]
  t.same(revisions.sort(), [3, 4], 'what comes meanwhile is done before or after it')
})
