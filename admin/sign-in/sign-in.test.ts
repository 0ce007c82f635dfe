import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { TestApplication } from '../application-under-test.ts'
import { startTestApplication, testPassword } from '../application-under-test.ts'
import { localTokenName, writeLocalToken } from './bootstrap.ts'
import { LockOut } from './lock-out.ts'
import { generatePassword, passwordFault } from './password-policy.ts'
import { failuresPerName, lockMilliseconds, tokenLifetime } from './sign-in.ts'

const headers = { host: 'localhost', 'content-type': 'application/json' }

function signIn(test: TestApplication, userName: string, password: string) {
  return test.app.inject({
    method: 'POST',
    url: '/v1/tokens',
    headers,
    payload: { userName, password, name: 'a test' },
  })
}

t.test('a password is exchanged for a token, which ends', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const first = await signIn(test, 'admin', testPassword)
  t.equal(first.statusCode, 201, first.body)
  const { token, id, expiresAt } = first.json()
  t.match(token, /^rd_[A-Za-z0-9_-]{43}$/)
  t.equal(Date.parse(expiresAt), test.now + tokenLifetime)
  const bearer = { authorization: `Bearer ${token}` }
  t.equal((await test.ask('GET', '/v1/users', undefined, bearer)).statusCode, 200)
  const second = (await signIn(test, 'admin', testPassword)).json()
  const list = (await test.ask('GET', '/v1/tokens', undefined, bearer)).json().items
  t.equal(list.length, 2)
  t.match(
    list.find((one: { id: string }) => one.id === id),
    { name: 'a test', current: true },
  )
  t.notMatch(JSON.stringify(list), token.slice(3))
  const stored = JSON.stringify(await test.services.store.tokens.list('admin'))
  t.notMatch(stored, token.slice(3), 'only a hash of it is kept')
  t.equal((await test.ask('DELETE', '/v1/tokens/current', undefined, bearer)).statusCode, 204)
  t.equal((await test.ask('GET', '/v1/users', undefined, bearer)).statusCode, 401)
  const other = { authorization: `Bearer ${second.token}` }
  t.equal((await test.ask('DELETE', '/v1/tokens/nothing', undefined, other)).statusCode, 404)
  test.now += tokenLifetime
  t.equal((await test.ask('GET', '/v1/users', undefined, other)).statusCode, 401, 'it has ended')
})

t.test('wrong passwords and unknown users look alike, and are locked out alike', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const known: string[] = []
  const unknown: string[] = []
  for (let count = 0; count <= failuresPerName; count++) {
    known.push((await signIn(test, 'admin', 'Wrong-pass-1')).body)
    unknown.push((await signIn(test, 'nobody', 'Wrong-pass-1')).body)
  }
  t.same(known, unknown)
  t.match(JSON.parse(known.at(-1) ?? ''), { status: 429, detail: /wait 15 minutes/ })
  const locked = await signIn(test, 'admin', testPassword)
  t.equal(locked.statusCode, 429, 'also with the right one')
  t.match(locked.headers['retry-after'], /^\d+$/)
  test.now += lockMilliseconds + 1000
  t.equal((await signIn(test, 'admin', testPassword)).statusCode, 201)
  const events = (await test.ask('GET', '/v1/audit?action=sign-in-failed')).json().items
  t.equal(events.length, 2 * failuresPerName)
  t.notMatch(JSON.stringify(events), /nobody|Wrong-pass/, 'what was typed as a name may be a password')
})

t.test('guesses sent at once count like those sent one after the other', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  for (const name of ['admin', 'nobody']) {
    const guesses = Array.from({ length: 12 }, (_, index) => signIn(test, name, `Wrong-pass-${index}`))
    const statuses = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
    t.equal(statuses.filter((status) => status === 401).length, failuresPerName, name)
    t.equal(statuses.filter((status) => status === 429).length, 12 - failuresPerName, name)
  }
  test.now += lockMilliseconds + 1000
  const honest = Array.from({ length: 12 }, () => signIn(test, 'admin', testPassword))
  for (const { statusCode } of await Promise.all(honest)) t.equal(statusCode, 201)
})

t.test('a clock that is put back locks nobody for days', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  for (let count = 0; count < failuresPerName; count++) await signIn(test, 'admin', 'Wrong-pass-1')
  t.equal((await signIn(test, 'admin', testPassword)).statusCode, 429)
  test.now -= 7 * 24 * 60 * 60 * 1000
  t.equal((await signIn(test, 'admin', testPassword)).statusCode, 201)
})

t.test('an own password is changed', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const { token } = (await signIn(test, 'admin', testPassword)).json()
  const other = (await signIn(test, 'admin', testPassword)).json()
  const bearer = { authorization: `Bearer ${token}` }
  const url = '/v1/administrators/admin/password'
  const change = (body: object) => test.ask('PUT', url, body, bearer)
  for (const [newPassword, words] of [
    ['short', /10 characters/],
    ['alllowercase1!', /a capital letter/],
    ['My-admin-pass-1', /user name/],
  ] as const) {
    const refused = await change({ currentPassword: testPassword, newPassword })
    t.equal(refused.statusCode, 422)
    t.match(refused.json().problems, [{ path: 'newPassword', value: '', message: words }])
  }
  t.match((await change({ currentPassword: 'Wrong-pass-1', newPassword: 'New-horse-12' })).json(), {
    status: 422,
    problems: [{ path: 'currentPassword' }],
  })
  t.match((await change({ newPassword: 'New-horse-12' })).json(), {
    status: 422,
    problems: [{ path: 'currentPassword' }],
  })
  t.equal((await change({ currentPassword: testPassword, newPassword: 'New-horse-12' })).statusCode, 204)
  t.equal((await test.ask('GET', '/v1/users', undefined, bearer)).statusCode, 200, 'the own token stays')
  t.equal((await test.ask('GET', '/v1/users', undefined, { authorization: `Bearer ${other.token}` })).statusCode, 401)
  t.equal((await signIn(test, 'admin', testPassword)).statusCode, 401)
  t.equal((await signIn(test, 'admin', 'New-horse-12')).statusCode, 201)
  t.equal(
    (
      await test.ask(
        'PUT',
        '/v1/administrators/other/password',
        { currentPassword: 'a', newPassword: 'New-horse-13' },
        bearer,
      )
    ).statusCode,
    403,
  )
  t.equal(
    (await test.ask('PUT', url, { newPassword: 'Local-horse-13' })).statusCode,
    204,
    'the local command line needs no old one',
  )
  t.equal((await test.ask('GET', '/v1/users', undefined, bearer)).statusCode, 401)
  t.equal((await signIn(test, 'admin', 'Local-horse-13')).statusCode, 201)
  t.match((await test.ask('GET', '/v1/administrators')).json().items, [{ userName: 'admin', locked: false }])
})

t.test('the local token is for the owner of the folder only, and new with each start', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-token-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const test = await startTestApplication()
  t.teardown(() => test.close())
  writeLocalToken(test.services.signIn, folder)
  const path = join(folder, localTokenName)
  t.equal(statSync(path).mode & 0o777, 0o600)
  const first = readFileSync(path, 'utf8').trim()
  const status = async (token: string) =>
    (await test.ask('GET', '/v1/users', undefined, { authorization: `Bearer ${token}` })).statusCode
  t.equal(await status(first), 200)
  writeLocalToken(test.services.signIn, folder)
  t.equal(await status(first), 401)
  t.equal(await status(readFileSync(path, 'utf8').trim()), 200)
})

t.test('the policy of passwords', (t) => {
  t.equal(passwordFault('Correct-horse-9', 'admin'), '')
  t.match(passwordFault('aA1!', 'admin'), /at least 10/)
  t.match(passwordFault(`aA1!${'x'.repeat(200)}`, 'admin'), /at most 128/)
  t.equal(passwordFault('aaaaaaaaaaaa', 'admin'), 'a capital letter, a digit, a special character')
  for (let count = 0; count < 50; count++) t.equal(passwordFault(generatePassword('admin'), 'admin'), '')
  t.end()
})

t.test('a lock forgets what lies back, and is bounded', (t) => {
  const lock = new LockOut(2, 1000)
  lock.failed('a', 0)
  lock.failed('a', 5000)
  t.equal(lock.wait('a', 5000), 0, 'the first lies too far back')
  lock.failed('a', 5001)
  t.equal(lock.wait('a', 5001), 1000)
  t.equal(lock.wait('a', 6001), 0)
  t.equal(lock.wait('a', -1_000_000), 0, 'a clock that is put back locks nobody for days')
  for (let count = 0; count < 10_001; count++) lock.failed(`k${count}`, 6001)
  t.equal(lock.wait('a', 5001), 0, 'the oldest was forgotten')
  t.end()
})
