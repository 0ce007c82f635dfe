import t from 'tap'
import { startTestApplication } from '../../application-under-test.ts'

const cora = {
  userName: 'cora',
  firstName: 'Cora',
  lastName: 'Çelik',
  email: 'cora@example.com',
  site: 'london',
  extension: '1003',
}

t.test('an entity from its creation to its end', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const created = await test.ask('POST', '/v1/users', cora)
  t.equal(created.statusCode, 201, created.body)
  t.match(created.headers, {
    location: '/v1/users/cora',
    etag: '"2"',
    'ringdown-revision': '2',
    'ringdown-in-force': 'true',
  })
  t.same(created.json(), { id: 'cora', ...cora })

  const again = await test.ask('POST', '/v1/users', cora)
  t.equal(again.statusCode, 409)
  t.match(again.json().detail, /user cora already/)

  const read = await test.ask('GET', '/v1/users/cora')
  t.same(read.json(), { id: 'cora', ...cora })
  t.equal((await test.ask('GET', '/v1/users/cora', undefined, { 'if-none-match': '"2"' })).statusCode, 304)
  t.equal((await test.ask('GET', '/v1/users/cora', undefined, { 'if-none-match': '"1"' })).statusCode, 200)

  const replaced = await test.ask('PUT', '/v1/users/cora', { ...cora, jobTitle: 'Cook' }, { 'if-match': '"2"' })
  t.equal(replaced.statusCode, 200)
  t.equal(replaced.headers['etag'], '"3"')
  const late = await test.ask('PUT', '/v1/users/cora', cora, { 'if-match': '"2"' })
  t.equal(late.statusCode, 412)
  t.equal(late.json().type, 'urn:ringdown:problem:changed-meanwhile')
  t.equal(
    (await test.ask('PUT', '/v1/users/cora', cora, { 'if-match': 'W/"3"' })).statusCode,
    412,
    'weak tags never match',
  )

  const patched = await test.ask(
    'PATCH',
    '/v1/users/cora',
    { jobTitle: null, department: 'Kitchen' },
    { 'content-type': 'application/merge-patch+json' },
  )
  t.same(patched.json(), { id: 'cora', ...cora, department: 'Kitchen' })
  const wrong = await test.ask('PATCH', '/v1/users/cora', { site: null, lines: 9, extnsion: '1' })
  t.equal(wrong.statusCode, 422)
  t.same(
    wrong
      .json()
      .problems.map(({ path }: { path: string }) => path)
      .sort(),
    ['extnsion', 'lines', 'site'],
  )
  t.match(wrong.json().problems.find(({ path }: { path: string }) => path === 'extnsion').cure, /extension/)

  const renamed = await test.ask('PUT', '/v1/users/cora', { ...cora, id: 'dora' })
  t.equal(renamed.statusCode, 422)
  t.match(renamed.json().problems, [{ path: 'id', value: 'dora' }])

  const deleted = await test.ask('DELETE', '/v1/users/cora')
  t.equal(deleted.statusCode, 204)
  t.equal(deleted.body, '')
  t.equal((await test.ask('GET', '/v1/users/cora')).statusCode, 404)
  t.equal((await test.ask('DELETE', '/v1/users/cora')).statusCode, 404)
  t.equal((await test.ask('PUT', '/v1/users/cora', cora)).statusCode, 404)
})

t.test('values that do not go together are refused, and nothing is changed', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const cases: readonly [object, string][] = [
    [{ extension: '1001' }, 'extension'],
    [{ extension: '999' }, 'extension'],
    [{ site: 'nowhere' }, 'site'],
    [{ userName: 'ANNA', id: 'other' }, 'userName'],
    [{ forwarding: { busy: { to: { user: 'nobody' } } } }, 'forwarding.busy.to.user'],
  ]
  for (const [fields, path] of cases) {
    const answer = await test.ask('POST', '/v1/users', { ...cora, ...fields })
    t.equal(answer.statusCode, 422, path)
    t.match(answer.json().problems, [{ path, message: /./, cure: /./ }], path)
  }
  t.equal(test.configuration.revision, 1)
  t.equal(test.configuration.store.revision(), 1)
})

t.test('a change is kept, and said not to be in force, while the engine is away', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  test.engineAnswers = false
  const created = await test.ask('POST', '/v1/users', cora)
  t.equal(created.statusCode, 202)
  t.same(created.json(), { inForce: false, revision: 2 })
  t.match(created.headers, { location: '/v1/users/cora', 'ringdown-in-force': 'false', etag: '"2"' })
  t.equal((await test.ask('PATCH', '/v1/users/cora', { lines: 1 })).statusCode, 202)
  const deleted = await test.ask('DELETE', '/v1/users/cora')
  t.equal(deleted.statusCode, 202)
  t.same(deleted.json(), { inForce: false, revision: 4 })
})

t.test('secrets are taken and never shown', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const secret = 'the-secret-of-the-phone'
  const device = { user: 'anna', sipUserName: 'anna-2' }
  t.equal((await test.ask('POST', '/v1/devices', device)).statusCode, 422, 'a password is needed')
  const short = await test.ask('POST', '/v1/devices', { ...device, password: 'short' })
  t.match(short.json().problems, [{ path: 'password', value: '' }])
  const misspelt = await test.ask('POST', '/v1/devices', { ...device, passwrod: secret, password: secret })
  t.equal(misspelt.statusCode, 422)
  t.notMatch(misspelt.body, secret)
  const created = await test.ask('POST', '/v1/devices', { ...device, password: secret })
  t.equal(created.statusCode, 201)
  const kept = () => test.configuration.configuration.get('device', 'anna-2')?.['password']
  t.equal(kept(), secret)
  t.equal((await test.ask('PUT', '/v1/devices/anna-2', { ...device, digestAlgorithms: ['MD5'] })).statusCode, 200)
  t.equal(kept(), secret, 'left out it stays')
  t.equal((await test.ask('PATCH', '/v1/devices/anna-2', { digestAlgorithms: null })).statusCode, 200)
  t.equal(kept(), secret)
  t.equal((await test.ask('PATCH', '/v1/devices/anna-2', { password: null })).statusCode, 422, 'it must have one')
  t.equal((await test.ask('PATCH', '/v1/devices/anna-2', { password: 'another-secret-1' })).statusCode, 200)
  t.equal(kept(), 'another-secret-1')
  for (const url of [
    '/v1/devices',
    '/v1/devices/anna-2',
    '/v1/audit',
    '/v1/revisions/2',
    '/v1/revisions/1/difference?to=4',
    '/v1/document',
    '/v1/document?format=json',
  ]) {
    const answer = await test.ask('GET', url)
    t.equal(answer.statusCode, 200, url)
    t.notMatch(answer.body, /secret-of|another-secret|a-long-secret/, url)
  }
  t.equal((await test.ask('GET', '/v1/devices?password=another-secret-1')).statusCode, 400, 'nor found by')
  t.equal((await test.ask('GET', '/v1/devices?q=another-secret')).json().items.length, 0)
})

t.test('what others need is not deleted, unless the references go too', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const refused = await test.ask('DELETE', '/v1/users/anna')
  t.equal(refused.statusCode, 409)
  const { type, referrers } = refused.json()
  t.equal(type, 'urn:ringdown:problem:in-use')
  t.same(referrers.map(({ href, path }: { href: string; path: string }) => `${href} ${path}`).sort(), [
    '/v1/devices/anna-desk user',
    '/v1/phone-numbers/%2B442079460101 user',
    '/v1/users/ben forwarding.busy.to.user',
  ])
  const stuck = await test.ask('DELETE', '/v1/users/anna?references=clear')
  t.equal(stuck.statusCode, 409, 'a device without its user is none')
  t.same(
    stuck.json().referrers.map(({ href }: { href: string }) => href),
    ['/v1/devices/anna-desk'],
  )
  t.equal((await test.ask('DELETE', '/v1/devices/anna-desk')).statusCode, 204)
  t.equal((await test.ask('DELETE', '/v1/users/anna?references=clear')).statusCode, 204)
  t.equal((await test.ask('GET', '/v1/users/ben')).json().forwarding, undefined)
  t.same((await test.ask('GET', '/v1/phone-numbers/+442079460101')).json(), { number: '+442079460101' })
  t.equal((await test.ask('DELETE', '/v1/sites/london?references=yes')).statusCode, 400)
})

t.test('lists are filtered, searched, sorted, cut and paged', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  await test.ask('POST', '/v1/users', cora)
  const ids = async (query: string) => {
    const answer = await test.ask('GET', `/v1/users${query}`)
    t.equal(answer.statusCode, 200, query)
    return answer.json().items.map(({ id }: { id: string }) => id)
  }
  t.same(await ids(''), ['anna', 'ben', 'cora'])
  t.same(await ids('?site=leeds'), [])
  t.same(await ids('?extension=1002'), ['ben'])
  t.same(await ids('?q=CELIK'), ['cora'])
  t.same(await ids('?sort=-lastName'), ['cora', 'ben', 'anna'])
  t.same(await ids('?forwarding.busy.to.user=anna'), ['ben'])
  t.same((await test.ask('GET', '/v1/users?fields=lastName&limit=1')).json().items, [
    { id: 'anna', lastName: 'Abbott' },
  ])
  const seen: string[] = []
  let url: string | undefined = '/v1/users?limit=2&sort=-id'
  while (url !== undefined) {
    const answer = await test.ask('GET', url)
    for (const { id } of answer.json().items) seen.push(id)
    url = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
    if (url === undefined) t.equal(answer.json().next, null)
  }
  t.same(seen, ['cora', 'ben', 'anna'])
})

t.test('a request with a key is carried out once', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const key = { 'idempotency-key': 'first' }
  const first = await test.ask('POST', '/v1/users', cora, key)
  const second = await test.ask('POST', '/v1/users', cora, key)
  t.equal(second.statusCode, 201)
  t.same(second.json(), first.json())
  t.equal(second.headers['location'], first.headers['location'])
  t.equal(second.headers['ringdown-revision'], '2')
  t.equal(test.configuration.revision, 2)
  const other = await test.ask('POST', '/v1/users', { ...cora, userName: 'dan' }, key)
  t.equal(other.statusCode, 409)
  const refusedKey = { 'idempotency-key': 'second' }
  t.equal(
    (await test.ask('POST', '/v1/users', { ...cora, userName: 'dan' }, refusedKey)).statusCode,
    422,
    'the extension is taken',
  )
  t.equal(
    (await test.ask('POST', '/v1/users', { ...cora, userName: 'dan', extension: '1004' }, refusedKey)).statusCode,
    201,
    'a refused request uses up no key',
  )
})

t.test('a change that is kept is never answered with an error', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const { idempotency } = test.services.store
  const { finish } = idempotency
  // As when the disk is full, or the process dies, after the commit and before the answer is kept.
  idempotency.finish = async () => {
    throw new Error('made up')
  }
  const key = { 'idempotency-key': 'third' }
  const rule = { name: 'Evening', to: { busy: true } }
  const once = await test.ask('POST', '/v1/users', cora, key)
  t.equal(once.statusCode, 201)
  t.equal((await test.ask('POST', '/v1/users/anna/rules', rule, { 'idempotency-key': 'fourth' })).statusCode, 201)
  idempotency.finish = finish
  const revision = test.configuration.revision
  const again = await test.ask('POST', '/v1/users', cora, key)
  t.equal(again.statusCode, 201, 'asked again it is answered, and not refused because the id is taken')
  t.same(again.json(), once.json())
  t.equal(again.headers['location'], once.headers['location'])
  t.equal(again.headers['ringdown-revision'], once.headers['ringdown-revision'])
  const ruleAgain = await test.ask('POST', '/v1/users/anna/rules', rule, { 'idempotency-key': 'fourth' })
  t.equal(ruleAgain.statusCode, 201)
  t.same(ruleAgain.json(), rule)
  t.equal(test.configuration.revision, revision, 'nothing is done twice')
})

t.test('a rule given to a user who is deleted before the answer', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  await test.ask('DELETE', '/v1/devices/ben-desk')
  const { engine } = test.services
  const { bringIntoForce } = engine
  engine.bringIntoForce = async () => {
    engine.bringIntoForce = bringIntoForce
    t.equal((await test.ask('DELETE', '/v1/users/ben')).statusCode, 204)
    return true
  }
  const given = await test.ask('POST', '/v1/users/ben/rules', { name: 'Evening', to: { busy: true } })
  t.equal(given.statusCode, 201)
})

t.test('a deletion may name a type of what it does not send', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const json = { 'content-type': 'application/json' }
  t.equal((await test.ask('DELETE', '/v1/devices/ben-desk', undefined, json)).statusCode, 204)
})

t.test('many changes at once of one entity: none is lost', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const fields = ['jobTitle', 'department', 'language', 'lines', 'ringSeconds', 'callWaiting']
  const values = ['Cook', 'Kitchen', 'en-GB', 3, 20, false]
  const answers = await Promise.all(
    fields.map((field, index) => test.ask('PATCH', '/v1/users/anna', { [field]: values[index] })),
  )
  for (const answer of answers) t.equal(answer.statusCode, 200, answer.body)
  const anna = (await test.ask('GET', '/v1/users/anna')).json()
  for (const [index, field] of fields.entries()) t.equal(anna[field], values[index], field)
})

t.test('names of any script, quotes and SQL are only text', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const names = ["Robert'); DROP TABLE entity;--", '字'.repeat(64), 'ا'.repeat(64), '"%_\\', '👩‍👩‍👧'.repeat(8)]
  for (const [index, firstName] of names.entries()) {
    const created = await test.ask('POST', '/v1/users', {
      ...cora,
      userName: `u${index}`,
      firstName,
      extension: `20${10 + index}`,
    })
    t.equal(created.statusCode, 201, created.body)
    t.equal((await test.ask('GET', `/v1/users/u${index}`)).json().firstName, firstName)
    const found = await test.ask('GET', `/v1/users?firstName=${encodeURIComponent(firstName)}`)
    t.same(
      found.json().items.map(({ id }: { id: string }) => id),
      [`u${index}`],
      firstName,
    )
  }
  const injected = await test.ask('POST', '/v1/users', { ...cora, firstName: 'A\r\nSet-Cookie: b' })
  t.equal(injected.statusCode, 422)
  t.equal((await test.ask('POST', '/v1/users', { ...cora, id: 'a\r\nX-Evil: 1' })).statusCode, 422)
})

t.test('the account is read and changed', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const read = await test.ask('GET', '/v1/account')
  t.equal(read.json().name, 'Small Company')
  t.equal((await test.ask('PATCH', '/v1/account', { name: 'Big Company' })).json().name, 'Big Company')
  t.equal(
    (await test.ask('PUT', '/v1/account', { name: 'Small' }, { 'if-match': String(read.headers['etag']) })).statusCode,
    412,
  )
  t.equal((await test.ask('PUT', '/v1/account', {})).statusCode, 422)
  t.equal((await test.ask('DELETE', '/v1/account')).statusCode, 405)
  const empty = await startTestApplication({ document: '' })
  t.teardown(() => empty.close())
  t.equal((await empty.ask('GET', '/v1/account')).statusCode, 404)
  t.equal((await empty.ask('GET', '/v1/document')).statusCode, 404)
  t.equal(
    (await empty.ask('POST', '/v1/pbxs', { id: 'a', name: 'A', domain: 'a.example', country: 'GB' })).statusCode,
    422,
  )
})

t.test('what a change allows and probably nobody wants is told with its answer', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const rules = [
    { name: 'Zuerst für alle', to: { busy: true } },
    ...Array.from({ length: 12 }, (_, index) => ({ name: `Später ${index}`, to: { busy: true } })),
  ]
  await test.ask('POST', '/v1/users', cora)
  const plain = await test.ask('POST', '/v1/contacts', { id: 'carol', firstName: 'Carol', lastName: 'Jones' })
  t.equal(plain.statusCode, 201, plain.body)
  t.equal(plain.headers['ringdown-warnings'], undefined, 'and nothing where there is nothing to tell')
  const changed = await test.ask('PATCH', '/v1/users/cora', { rules })
  t.equal(changed.statusCode, 200)
  const header = String(changed.headers['ringdown-warnings'])
  t.match(header, /^[ -~]{1,4000}$/)
  const { warnings, more } = JSON.parse(header)
  const later = warnings.find(({ path }: { path: string }) => path === 'user cora.rules[1]')
  t.match(later, { value: 'Später 0', message: /^this never applies: Zuerst für alle/ })
  t.ok(warnings.length <= 10)
  t.ok(warnings.length + more >= 12)
  const kept = { 'idempotency-key': 'warnings' }
  const one = { number: '+442079460188', user: 'cora' }
  const first = await test.ask('POST', '/v1/phone-numbers', one, kept)
  t.match(String(first.headers['ringdown-warnings']), /no device/)
  const again = await test.ask('POST', '/v1/phone-numbers', one, kept)
  t.equal(
    again.headers['ringdown-warnings'],
    first.headers['ringdown-warnings'],
    'a repeated request is answered the same',
  )
})
