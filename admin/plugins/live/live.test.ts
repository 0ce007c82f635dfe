import t from 'tap'
import type { ListQuery } from '../../../engine/control/list-query.ts'
import { startTestApplication } from '../../application-under-test.ts'

t.test('lists come from the engine, by filter and page', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const asked: ListQuery[] = []
  const engine = application.services.engine as { -readonly [Name in 'registrationPage' | 'callPage']: unknown }
  const page = async (query: ListQuery) => {
    asked.push(query)
    return { items: [], next: '5.abc', total: 9 }
  }
  engine.registrationPage = page
  engine.callPage = page
  const registrations = await application.ask('GET', '/v1/registrations?user=anna&device=d1&q=Abb&limit=3')
  t.same(registrations.json(), { items: [], next: '5.abc', total: 9 })
  const calls = await application.ask('GET', '/v1/calls?trunk=carrier&state=ringing&cursor=5.abc')
  t.equal(calls.statusCode, 200)
  t.same(asked, [
    { filter: { userId: 'anna', deviceId: 'd1' }, text: 'Abb', after: '', limit: 3 },
    { filter: { trunk: 'carrier', state: 'ringing' }, text: '', after: '5.abc', limit: 50 },
  ])
})

t.test('what is refused', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  for (const [url, status] of [
    ['/v1/registrations', 503],
    ['/v1/calls', 503],
    ['/v1/calls?state=gone', 400],
    ['/v1/calls?limit=0', 400],
    ['/v1/calls?limit=1000', 400],
    ['/v1/calls?cursor=x', 400],
    [`/v1/calls?user=${'x'.repeat(400)}`, 400],
    ['/v1/calls?password=x', 400],
    ['/v1/events?events=call-nonsense', 400],
  ] as const) {
    t.equal((await application.ask('GET', url)).statusCode, status, url)
  }
  t.equal((await application.ask('GET', '/v1/events', undefined, { authorization: '' })).statusCode, 401)
})
