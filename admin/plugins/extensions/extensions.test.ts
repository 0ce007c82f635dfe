import t from 'tap'
import { startTestApplication } from '../../application-under-test.ts'

t.test('who has which extension, and which is free', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  await test.ask('POST', '/v1/ring-groups', {
    id: 'sales',
    name: 'Sales',
    site: 'leeds',
    extension: '2000',
    members: [{ user: 'anna' }],
  })
  const all = (await test.ask('GET', '/v1/extensions')).json()
  t.same(
    all.items.map(({ extension, kind, id }: Record<string, string>) => `${extension} ${kind} ${id}`),
    ['1001 user anna', '1002 user ben', '2000 ringGroup sales'],
  )
  t.equal(all.next, null)
  t.match(all.items[0], { pbx: 'north', site: 'london', title: 'Anna Abbott' })
  const page = (await test.ask('GET', '/v1/extensions?limit=2')).json()
  t.same((await test.ask('GET', `/v1/extensions?cursor=${encodeURIComponent(page.next)}`)).json().items.length, 1)
  t.equal((await test.ask('GET', '/v1/extensions?site=leeds')).json().items.length, 1)
  t.equal((await test.ask('GET', '/v1/extensions?kind=ringGroup&pbx=north')).json().items.length, 1)
  t.equal((await test.ask('GET', '/v1/extensions?q=ABBOTT')).json().items.length, 1)
  t.equal((await test.ask('GET', '/v1/extensions?kind=nothing')).statusCode, 400)
  t.equal((await test.ask('GET', '/v1/extensions/free?pbx=north&from=1001')).json().extension, '1003')
  t.equal((await test.ask('GET', '/v1/extensions/free?pbx=north')).json().extension, '100')
  t.equal(
    (await test.ask('GET', '/v1/extensions/free?pbx=north&from=999')).json().extension,
    '1000',
    'no emergency number, and none shorter',
  )
  t.equal((await test.ask('GET', '/v1/extensions/free?pbx=nowhere')).statusCode, 404)
  t.equal((await test.ask('GET', '/v1/extensions/free')).statusCode, 400)
  t.equal((await test.ask('GET', '/v1/extensions/free?pbx=north&from=99999999')).statusCode, 409)
})
