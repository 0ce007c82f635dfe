import t from 'tap'
import { startTestApplication } from '../../application-under-test.ts'

const night = { name: 'Night', to: { busy: true } }
const chef = { name: 'The chef / always', who: { callers: ['+442079460199'] }, to: { user: 'ben' } }

t.test('rules of a user have addresses and an order', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const url = '/v1/users/anna/rules'
  t.same((await test.ask('GET', url)).json(), { items: [] })
  const created = await test.ask('POST', url, night)
  t.equal(created.statusCode, 201, created.body)
  t.same(created.json(), night)
  const first = await test.ask('POST', `${url}?position=1`, chef)
  const chefUrl = String(first.headers['location'])
  t.equal(chefUrl, '/v1/users/anna/rules/The%20chef%20%2F%20always')
  t.same((await test.ask('GET', url)).json().items, [chef, night])
  t.same((await test.ask('GET', chefUrl)).json(), chef)
  t.equal((await test.ask('POST', url, night)).statusCode, 409)

  const ordered = await test.ask(
    'PUT',
    `${url}/order`,
    { names: ['Night', chef.name] },
    { 'if-match': String(first.headers['etag']) },
  )
  t.same(ordered.json().items, [night, chef])
  for (const names of [['Night'], ['Night', chef.name, 'Night'], ['Night', chef.name, 'Other'], [1], 'Night']) {
    const refused = await test.ask('PUT', `${url}/order`, { names })
    t.equal(refused.statusCode, 422, JSON.stringify(names))
    t.match(refused.json().problems[0].path, /^names/)
  }
  t.equal(
    (await test.ask('PUT', `${url}/order`, { names: ['Night', chef.name] }, { 'if-match': '"1"' })).statusCode,
    412,
  )

  const wrong = await test.ask('PUT', chefUrl, { ...chef, to: { user: 'nobody' } })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.json().problems, [{ path: 'to.user', value: 'nobody' }], 'places are given from the rule')
  t.equal((await test.ask('PATCH', chefUrl, { enabled: false, who: null })).json().enabled, false)
  t.same((await test.ask('PUT', chefUrl, { ...night, name: 'Night' })).statusCode, 409)
  t.equal((await test.ask('PUT', chefUrl, { ...chef, name: 'Renamed' })).json().name, 'Renamed')
  t.equal((await test.ask('DELETE', chefUrl)).statusCode, 404)
  t.equal((await test.ask('DELETE', `${url}/Renamed`)).statusCode, 204)
  t.same((await test.ask('GET', '/v1/users/anna')).json().rules, [night])
  t.equal((await test.ask('GET', '/v1/users/nobody/rules')).statusCode, 404)
})

t.test('forwarding and block lists have addresses', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const forwarding = '/v1/users/anna/forwarding'
  t.same((await test.ask('GET', forwarding)).json(), {})
  const busy = { busy: { to: { number: '+442079460199' } } }
  t.same((await test.ask('PUT', forwarding, busy)).json(), busy)
  t.same((await test.ask('PATCH', forwarding, { noAnswer: { to: { voicemail: true } } })).statusCode, 200)
  const loop = await test.ask('PATCH', forwarding, { all: { to: { user: 'nobody' } } })
  t.match(loop.json(), { status: 422, problems: [{ path: 'all.to.user' }] })
  t.match((await test.ask('PUT', forwarding, { bsy: {} })).json(), { status: 422, problems: [{ path: 'bsy' }] })
  t.equal((await test.ask('DELETE', forwarding)).statusCode, 204)
  t.equal((await test.ask('GET', '/v1/users/anna')).json().forwarding, undefined)
  for (const [owner, holder] of [
    ['/v1/users/anna', '/v1/users/anna'],
    ['/v1/pbxs/north', '/v1/pbxs/north'],
    ['/v1/account', '/v1/account'],
  ]) {
    const url = `${owner}/block-list`
    t.same((await test.ask('GET', url)).json(), { callers: [] })
    const list = { callers: ['anonymous', '+4420*'] }
    const put = await test.ask('PUT', url, list)
    t.equal(put.statusCode, 200, put.body)
    t.same((await test.ask('GET', String(holder))).json().blockList, list)
    t.match((await test.ask('PUT', url, { callers: ['x'] })).json(), {
      status: 422,
      problems: [{ path: 'callers[0]' }],
    })
    t.equal((await test.ask('PUT', url, list, { 'if-match': '"1"' })).statusCode, 412)
    t.equal((await test.ask('DELETE', url)).statusCode, 204)
    t.same((await test.ask('GET', url)).json(), { callers: [] })
  }
})
