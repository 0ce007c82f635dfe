import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from './open-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringdown-store-'))
const store = await openStore(folder)
t.teardown(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

t.test('administrators are made once, locked after failures and opened by a new password', async (test) => {
  const { administrators } = store
  test.equal(await administrators.create('anna', 'hash-1'), true)
  test.equal(await administrators.create('anna', 'hash-2'), false)
  test.match(await administrators.get('anna'), {
    userName: 'anna',
    passwordHash: 'hash-1',
    failures: 0,
    lockedUntil: 0,
  })
  test.match(await administrators.signInFailed('anna', 2, 5000), { failures: 1, lockedUntil: 0 })
  test.match(await administrators.signInFailed('anna', 2, 6000), { failures: 2, lockedUntil: 6000 })
  await administrators.signInSucceeded('anna')
  test.match(await administrators.get('anna'), { failures: 0, lockedUntil: 0 })
  await administrators.signInFailed('anna', 1, 7000)
  test.equal(await administrators.setPassword('anna', 'hash-3'), true)
  test.match(await administrators.get('anna'), { passwordHash: 'hash-3', failures: 0, lockedUntil: 0 })
  test.equal(await administrators.setPassword('nobody', 'hash'), false)
  test.equal(await administrators.signInFailed('nobody', 1, 1), null)
  test.equal(await administrators.get("' or 1=1 --"), null)
  await administrators.create('ben', 'hash')
  test.same(
    (await administrators.list()).map(({ userName }) => userName),
    ['anna', 'ben'],
  )
  test.equal(await administrators.delete('ben'), true)
  test.equal(await administrators.delete('ben'), false)
})

t.test('tokens end when they expire, are taken back, or lose their administrator', async (test) => {
  const { administrators, tokens } = store
  await administrators.create('cora', 'hash')
  const token = { administrator: 'cora', name: 'laptop', expiresAt: Date.now() + 60_000 }
  for (const hash of ['one', 'two', 'three', 'four']) await tokens.create({ ...token, hash })
  await tokens.create({ ...token, hash: 'old', expiresAt: Date.now() - 1 })
  test.match(await tokens.get('one'), { ...token, hash: 'one' })
  test.equal(await tokens.get('old'), null)
  test.equal((await tokens.list('cora')).length, 4)
  test.equal(await tokens.deleteExpired(), 1)
  test.equal(await tokens.delete('one'), true)
  test.equal(await tokens.delete('one'), false)
  test.equal(await tokens.deleteAll('cora', 'three'), 2)
  test.same(
    (await tokens.list('cora')).map(({ hash }) => hash),
    ['three'],
  )
  await administrators.delete('cora')
  test.equal(await tokens.get('three'), null)
  await test.rejects(tokens.create({ ...token, administrator: 'nobody', hash: 'five' }))
})

t.test('a request with a key is carried out once', async (test) => {
  const { idempotency } = store
  test.same(await idempotency.begin('key', 'anna', 'request'), { state: 'new' })
  test.same(await idempotency.begin('key', 'anna', 'request'), { state: 'running' })
  test.same(await idempotency.begin('key', 'ben', 'request'), { state: 'new' }, "somebody else's key is another")
  await idempotency.finish('key', 'anna', 201, '{"id":"x"}')
  test.same(await idempotency.begin('key', 'anna', 'request'), { state: 'finished', status: 201, body: '{"id":"x"}' })
  test.same(await idempotency.begin('key', 'anna', 'other'), { state: 'different' })
  await idempotency.abandon('key', 'anna')
  test.match(await idempotency.begin('key', 'anna', 'request'), { state: 'finished' }, 'what is finished stays')
  await idempotency.abandon('key', 'ben')
  test.same(await idempotency.begin('key', 'ben', 'request'), { state: 'new' })
})

t.test('what a request changed is known from the moment of its commit', async (test) => {
  const { idempotency } = store
  const request = { key: 'made', administrator: 'anna' }
  const contact = { kind: 'contact', id: 'c', before: null, after: { id: 'c', firstName: 'C', lastName: 'C' } } as const
  const author = { actor: 'anna', address: '', source: 'api' } as const
  test.same(await idempotency.begin('made', 'anna', 'request'), { state: 'new' })
  test.same(await idempotency.begin('begun', 'anna', 'request'), { state: 'new' })
  const { revision } = (await store.commit(store.revision(), [contact], author, 'made', request)) as {
    revision: number
  }
  const committed = { state: 'committed', revision }
  test.same(await idempotency.begin('made', 'anna', 'request'), committed)
  test.same(await idempotency.begin('made', 'anna', 'other'), { state: 'different' })
  await idempotency.abandon('made', 'anna')
  await idempotency.abandonAll()
  test.same(await idempotency.begin('made', 'anna', 'request'), committed, 'it stays')
  test.same(await idempotency.begin('begun', 'anna', 'request'), { state: 'new' }, 'what had only begun begins anew')
  await idempotency.finish('made', 'anna', 201, '{}')
  test.match(await idempotency.begin('made', 'anna', 'request'), { state: 'finished' })
})
