import type { Test } from 'tap'
import t from 'tap'
import { startTestApplication } from '../../application-under-test.ts'

const url = '/v1/phone-numbers/exchange'

async function company(t: Test) {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const group = { id: 'sales', name: 'Sales', site: 'leeds', members: [{ user: 'anna' }] }
  t.equal((await test.ask('POST', '/v1/ring-groups', group)).statusCode, 201)
  const number = { number: '+442079460102', user: 'ben', sharedCallerId: { displayName: 'Front desk' } }
  t.equal((await test.ask('POST', '/v1/phone-numbers', number)).statusCode, 201)
  const patch = { 'content-type': 'application/merge-patch+json' }
  t.equal((await test.ask('PATCH', '/v1/users/ben', '{"primaryNumber":"+442079460102"}', patch)).statusCode, 200)
  const holders = async () =>
    (await test.ask('GET', '/v1/phone-numbers')).json().items.map((item: Record<string, string>) => {
      return `${item['number']} ${item['user'] ?? item['ringGroup']}`
    })
  return { test, holders }
}

t.test('two users exchange their numbers, and the primary one with them', async (t) => {
  const { test, holders } = await company(t)
  const before = test.configuration.revision
  const answer = await test.ask('POST', url, { one: { user: 'anna' }, other: { user: 'ben' } })
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['ringdown-in-force'], 'true')
  t.same(answer.json().numbers, ['+442079460101', '+442079460102'])
  t.same(await holders(), ['+442079460101 ben', '+442079460102 anna'])
  t.equal(test.configuration.revision, before + 1, 'one step')
  const ben = (await test.ask('GET', '/v1/users/ben')).json()
  t.equal(ben.primaryNumber, undefined)
  t.equal((await test.ask('GET', '/v1/users/anna')).json().primaryNumber, '+442079460102')
  t.match((await test.ask('GET', '/v1/phone-numbers/+442079460102')).json(), {
    sharedCallerId: { displayName: 'Front desk' },
  })
})

t.test('a user and a service exchange theirs, and one who has none gets those of the other', async (t) => {
  const { test, holders } = await company(t)
  const answer = await test.ask('POST', url, { one: { ringGroup: 'sales' }, other: { user: 'ben' } })
  t.equal(answer.statusCode, 200)
  t.same(await holders(), ['+442079460101 anna', '+442079460102 sales'])
  t.equal((await test.ask('GET', '/v1/users/ben')).json().primaryNumber, undefined)
})

t.test('the same request sent twice exchanges once', async (t) => {
  const { test, holders } = await company(t)
  const key = { 'idempotency-key': 'once' }
  const body = { one: { user: 'anna' }, other: { user: 'ben' } }
  const first = await test.ask('POST', url, body, key)
  t.same((await test.ask('POST', url, body, key)).json(), first.json())
  t.same(await holders(), ['+442079460101 ben', '+442079460102 anna'])
})

t.test('what makes no sense is refused, and nothing is changed', async (t) => {
  const { test, holders } = await company(t)
  const before = await holders()
  const refused: [unknown, number, string][] = [
    [{ one: { user: 'anna' }, other: { user: 'anna' } }, 422, 'other'],
    [{ one: { user: 'nobody' }, other: { user: 'anna' } }, 422, 'one.user'],
    [{ one: { user: 'anna', ringGroup: 'sales' }, other: { user: 'ben' } }, 400, ''],
    [{ one: {}, other: { user: 'ben' } }, 400, ''],
    [{ one: { user: 'anna' } }, 400, ''],
    [{ one: { site: 'leeds' }, other: { user: 'ben' } }, 400, ''],
  ]
  for (const [body, status, path] of refused) {
    const answer = await test.ask('POST', url, body)
    t.ok([status, 422].includes(answer.statusCode), `${answer.statusCode} ${answer.body}`)
    if (path !== '') t.equal(answer.json().problems[0].path, path)
  }
  const { statusCode } = await test.ask('DELETE', '/v1/phone-numbers/+442079460101')
  t.equal(statusCode, 204)
  const none = await test.ask('POST', url, { one: { user: 'anna' }, other: { ringGroup: 'sales' } })
  t.match(none.json(), { problems: [{ message: /neither/ }] })
  t.same(await holders(), before.slice(1))
})
