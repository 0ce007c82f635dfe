import t from 'tap'
import { startTestApplication } from './application-under-test.ts'
import type { AdminPlugin } from './plugin.ts'

t.test('what holds for every request', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())

  t.test('needs a token, except where it says otherwise', async (t) => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong',
      'Basic YTpi',
      `Bearer ${'x'.repeat(5000)}`,
      'Bearer rd_\u00ff',
    ]) {
      const answer = await test.app.inject({ url: '/v1/users', headers: { host: 'localhost', authorization } })
      t.equal(answer.statusCode, 401, authorization.slice(0, 20))
      t.match(answer.headers['www-authenticate'], /^Bearer realm="ringdown"/)
      t.match(answer.headers['content-type'], /^application\/problem\+json/)
      t.match(answer.json(), { type: 'urn:ringdown:problem:sign-in-needed', status: 401, detail: /token/i })
    }
    t.equal((await test.app.inject({ url: '/v1/nothing', headers: { host: 'localhost' } })).statusCode, 401)
    t.equal((await test.app.inject({ url: '/v1/openapi.json', headers: { host: 'localhost' } })).statusCode, 200)
    const page = await test.app.inject({ url: '/docs/', headers: { host: 'localhost' } })
    t.equal(page.statusCode, 200)
    t.notMatch(page.body, /https?:\/\/(?!localhost)/, 'the page needs no other server')
  })

  t.test('is meant for this server', async (t) => {
    const answer = await test.ask('GET', '/v1/users', undefined, { host: 'evil.example' })
    t.equal(answer.statusCode, 421)
    t.equal(answer.json().type, 'urn:ringdown:problem:wrong-host')
  })

  t.test('is answered with headers that keep browsers careful', async (t) => {
    const { headers } = await test.ask('GET', '/v1/users')
    t.match(headers, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': /default-src 'none'/,
    })
    t.equal(headers['access-control-allow-origin'], undefined)
  })

  t.test('is refused with what is wrong', async (t) => {
    const json = { 'content-type': 'application/json' }
    const cases: readonly [string, string, string | undefined, Record<string, string>, number, RegExp][] = [
      ['GET', '/v1/nothing', undefined, {}, 404, /nothing at GET/],
      ['GET', '/v1/users/nobody', undefined, {}, 404, /no user nobody/],
      ['GET', '/v1/revisions/abc', undefined, {}, 404, /nothing at this address/],
      ['GET', '/v1/users/%zz', undefined, {}, 400, /not well-formed/],
      ['GET', `/v1/users/${'x'.repeat(3000)}`, undefined, {}, 414, /longer/],
      ['POST', '/v1/users', '{', json, 400, /not JSON/],
      ['POST', '/v1/users', '', json, 400, /empty/],
      ['POST', '/v1/users', '{"__proto__":{"a":1}}', json, 400, /__proto__/],
      ['POST', '/v1/users', `{"a":${'['.repeat(100_000)}`, json, 400, /32 deep/],
      ['POST', '/v1/users', '[]', json, 422, /list/],
      ['POST', '/v1/users', 'null', json, 422, /null/],
      ['POST', '/v1/users', '{"userName":1e999}', json, 422, /missing|userName/],
      ['POST', '/v1/users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /application\/json/],
      ['POST', '/v1/users', JSON.stringify({ firstName: 'x'.repeat(1_100_000) }), json, 413, /longer/],
      ['GET', '/v1/users?limit=0', undefined, {}, 400, /limit: this is less than 1/],
      ['GET', '/v1/users?limit=1&limit=2', undefined, {}, 400, /limit.*list/],
      ['GET', '/v1/users?site=a&site=b', undefined, {}, 400, /site/],
      ['GET', '/v1/users?nosuch=1', undefined, {}, 400, /nosuch/],
      ['GET', '/v1/users?sort=nosuch', undefined, {}, 400, /nosuch/],
      ['GET', '/v1/users?cursor=nonsense', undefined, {}, 400, /cursor/],
      ['GET', '/v1/audit?nosuch=1', undefined, {}, 400, /nosuch/],
      ['GET', '/v1/audit?__proto__=1', undefined, {}, 400, /__proto__/],
    ]
    for (const [method, url, body, headers, status, words] of cases) {
      const answer = await test.ask(method as 'GET', url, body, headers)
      const name = `${method} ${url.slice(0, 60)} ${body?.slice(0, 30) ?? ''}`
      t.equal(answer.statusCode, status, name)
      t.match(answer.headers['content-type'], /^application\/problem\+json/, name)
      const problem = answer.json()
      t.equal(problem.status, status, name)
      t.match(problem.detail, words, name)
      t.match(problem.type, /^urn:ringdown:problem:[a-z-]+$/, name)
    }
  })

  t.test('by a method that is not there is told which are', async (t) => {
    const answer = await test.ask('DELETE', '/v1/users')
    t.equal(answer.statusCode, 405)
    t.equal(answer.headers['allow'], 'GET, HEAD, POST')
    t.equal(answer.json().type, 'urn:ringdown:problem:method-not-allowed')
    t.equal((await test.ask('POST', '/v1/users/anna', {})).headers['allow'], 'GET, HEAD, PUT, PATCH, DELETE')
  })
})

t.test('too many requests are put off', async (t) => {
  const test = await startTestApplication({ requestsPerMinute: 3 })
  t.teardown(() => test.close())
  for (let count = 0; count < 3; count++) t.equal((await test.ask('GET', '/v1/account')).statusCode, 200)
  const answer = await test.ask('GET', '/v1/account')
  t.equal(answer.statusCode, 429)
  t.match(answer.headers['retry-after'], /^\d+$/)
  t.equal(answer.json().type, 'urn:ringdown:problem:too-many-requests')
})

t.test('plugins of others: what fails is logged, and the rest serves', async (t) => {
  const permissions = [{ name: 'other.read', description: 'Try' }]
  const schema = (operationId: string) => ({ operationId, summary: 'Try', tags: ['other'] })
  const failing: AdminPlugin = {
    name: 'failing',
    permissions: [],
    register: () => Promise.reject(new Error('cannot start')),
  }
  const undeclared: AdminPlugin = {
    name: 'undeclared',
    permissions: [],
    register: (app) =>
      void app.get(
        '/v1/undeclared',
        { schema: schema('undeclared'), config: { permission: 'other.read' } },
        async () => 1,
      ),
  }
  const broken: AdminPlugin = {
    name: 'broken',
    permissions,
    register: (app) =>
      void app.get('/v1/broken', { schema: schema('broken'), config: { permission: 'other.read' } }, async () => {
        throw new Error('the secret cause')
      }),
  }
  const deaf: AdminPlugin = {
    name: 'deaf',
    permissions: [],
    register: (_app, { configuration }) =>
      void configuration.onChange(() => {
        throw new Error('not now')
      }),
  }
  const late: AdminPlugin = {
    name: 'late',
    permissions: [],
    register: (_app, { configuration }) =>
      void configuration.onChange(async () => {
        throw new Error('too late')
      }),
  }
  const test = await startTestApplication({ thirdParty: [failing, undeclared, broken, deaf, late] })
  t.teardown(() => test.close())
  t.equal((await test.ask('GET', '/v1/users')).statusCode, 200)
  const names = test.logged.filter(({ level }) => level === 50).map(({ plugin }) => plugin)
  t.same(names, ['failing', 'undeclared'])
  const answer = await test.ask('GET', '/v1/broken')
  t.equal(answer.statusCode, 500)
  t.notMatch(answer.body, /secret cause/)
  const { logId } = answer.json()
  t.ok(test.logged.some((entry) => entry['logId'] === logId && JSON.stringify(entry).includes('the secret cause')))
  t.equal(
    (await test.ask('PATCH', '/v1/users/anna', { jobTitle: 'Cook' })).statusCode,
    200,
    'a kept change is no error',
  )
  t.ok(test.logged.some((entry) => entry['plugin'] === 'deaf' && JSON.stringify(entry).includes('not now')))
  t.ok(test.logged.some((entry) => entry['plugin'] === 'late' && JSON.stringify(entry).includes('too late')))
})
