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
})
