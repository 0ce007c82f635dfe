import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { startTestApplication } from '../../application-under-test.ts'

t.test('revisions are listed, compared and restored', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  await test.ask('PATCH', '/v1/users/anna', { jobTitle: 'Cook' })
  await test.ask('PATCH', '/v1/devices/anna-desk', { password: 'another-secret' })
  const list = (await test.ask('GET', '/v1/revisions')).json()
  t.same(
    list.items.map(({ revision }: { revision: number }) => revision),
    [3, 2, 1],
  )
  t.match(list.items[1], { actor: 'local', address: '127.0.0.1', source: 'api', summary: /anna/ })
  const page = (await test.ask('GET', '/v1/revisions?limit=1')).json()
  t.same((await test.ask('GET', `/v1/revisions?limit=1&cursor=${page.next}`)).json().items[0].revision, 2)

  const two = (await test.ask('GET', '/v1/revisions/2')).json()
  t.match(two.changes, [
    { kind: 'user', id: 'anna', before: { userName: 'anna' }, after: { jobTitle: 'Cook' }, secretsChanged: [] },
  ])
  t.same((await test.ask('GET', '/v1/revisions/3')).json().changes[0].secretsChanged, ['password'])
  const back = (await test.ask('GET', '/v1/revisions/3/difference?to=1')).json()
  t.match(
    back.changes.find(({ id }: { id: string }) => id === 'anna'),
    { before: { jobTitle: 'Cook' } },
  )
  for (const url of ['/v1/revisions/9', '/v1/revisions/1/difference?to=9', '/v1/revisions/x', '/v1/revisions/-1']) {
    t.equal((await test.ask('GET', url)).statusCode, 404, url)
  }
  t.equal((await test.ask('GET', '/v1/revisions/1/difference')).statusCode, 400)

  const dry = await test.ask('POST', '/v1/revisions/1/restore?dryRun=true', {})
  t.match(dry.json(), { revision: 3, inForce: false, changes: [{ kind: 'user', id: 'anna' }] })
  t.equal(test.configuration.revision, 3)
  t.equal((await test.ask('POST', '/v1/revisions/1/restore', {}, { 'if-match': '"2"' })).statusCode, 412)
  const restored = await test.ask('POST', '/v1/revisions/1/restore', {}, { 'if-match': '"3"' })
  t.equal(restored.statusCode, 200, restored.body)
  t.match(restored.json(), { revision: 4, inForce: true })
  t.equal((await test.ask('GET', '/v1/users/anna')).json().jobTitle, undefined)
  t.equal(
    test.configuration.configuration.get('device', 'anna-desk')?.['password'],
    'another-secret',
    'secrets are those of now',
  )
  t.equal((await test.ask('GET', '/v1/revisions/4')).json().source, 'restore')
})

t.test(
  'of many changes that are restored the first thousand are shown, and others are answered meanwhile',
  async (t) => {
    const test = await startTestApplication()
    t.teardown(() => test.close())
    const contacts = Array.from({ length: 1200 }, (_, index) => ({ id: `c${index}`, firstName: 'Ada', lastName: 'L.' }))
    const writes = contacts.map((body) => ({ kind: 'contact', id: body.id, body }) as const)
    await test.configuration.write(writes, { actor: 'test', address: '', source: 'command' })
    let answered = 0
    let restored: Awaited<ReturnType<typeof test.ask>> | null = null
    void test.ask('POST', '/v1/revisions/1/restore', {}).then((answer) => {
      restored = answer
    })
    for (; restored === null; answered++) {
      t.equal((await test.ask('GET', '/v1/users/anna')).statusCode, 200)
      // Requests that are put in by hand leave no room for timers between them, as those of sockets do.
      await pause(1)
    }
    const { changesInAll, changes } = (restored as Awaited<ReturnType<typeof test.ask>>).json()
    t.same([changesInAll, changes.length], [1200, 1000])
    t.ok(answered > 3, `${answered} others were answered`)
    t.equal(test.configuration.configuration.count('contact'), 0)
  },
)

t.test('what comes back without its password needs a new one', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  await test.ask('DELETE', '/v1/devices/anna-desk')
  const refused = await test.ask('POST', '/v1/revisions/1/restore', {})
  t.equal(refused.statusCode, 422)
  t.match(refused.json().problems, [{ path: 'device anna-desk.password', value: '', message: /come back/ }])
  const newSecrets = [{ kind: 'device', id: 'anna-desk', field: 'password', value: 'brand-new-secret' }]
  const restored = await test.ask('POST', '/v1/revisions/1/restore', { newSecrets })
  t.equal(restored.statusCode, 200, restored.body)
  t.notMatch(restored.body, /brand-new/)
  t.equal(test.configuration.configuration.get('device', 'anna-desk')?.['password'], 'brand-new-secret')
})

t.test('the audit says who did what', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  await test.ask('PATCH', '/v1/users/anna', { jobTitle: 'Cook' })
  const all = (await test.ask('GET', '/v1/audit')).json()
  t.match(all.items[0], {
    actor: 'local',
    source: 'api',
    action: 'change',
    revision: 2,
    changes: [{ kind: 'user', id: 'anna', after: { jobTitle: 'Cook' } }],
    changesInAll: 1,
  })
  t.equal((await test.ask('GET', '/v1/audit?kind=user&id=anna')).json().items.length, 2)
  t.equal((await test.ask('GET', '/v1/audit?actor=nobody')).json().items.length, 0)
  t.equal((await test.ask('GET', '/v1/audit?since=2000-01-01')).json().items.length, all.items.length)
  t.equal((await test.ask('GET', '/v1/audit?until=2000-01-01')).json().items.length, 0)
  t.equal((await test.ask('GET', '/v1/audit?since=yesterday')).statusCode, 400)
  const page = (await test.ask('GET', '/v1/audit?limit=1')).json()
  t.equal(
    (await test.ask('GET', `/v1/audit?limit=1&cursor=${page.next}`)).json().items[0].number,
    page.items[0].number - 1,
  )
})
