/** Settings that users change by their phones: written as by the API, with an audit event that names them. */
import t from 'tap'
import type { UserChange } from '../engine/control/phone-changes.ts'
import { smallCompany, startTestApplication } from './application-under-test.ts'
import { writePhoneChange } from './phone-changes.ts'

t.test('what a user changes by his phone', async (t) => {
  const test = await startTestApplication({
    document: `${smallCompany}profilePolicies:\n  - {id: strict, name: Strict, locks: [forwarding-rules]}\n`,
  })
  t.teardown(() => test.close())
  const change = (userId: string, change: UserChange) =>
    writePhoneChange(test.services, { number: 1, userId, address: '192.0.2.12', change })
  const user = (id: string) => test.configuration.configuration.get('user', id)
  const done = { result: 'done' }

  t.same(await change('anna', { kind: 'forward', event: 'all', to: { number: '+442079460199' } }), done)
  t.match(user('anna'), { forwarding: { all: { to: { number: '+442079460199' } } } })
  t.same(await change('anna', { kind: 'forward', event: 'all', to: null }), done)
  t.match(
    user('anna'),
    { forwarding: { all: { enabled: false, to: { number: '+442079460199' } } } },
    'it can be found again',
  )
  const { revision } = test.configuration
  t.same(await change('anna', { kind: 'forward', event: 'all', to: null }), done, 'off twice is off')
  t.equal(test.configuration.revision, revision, 'and no change')
  t.same(await change('anna', { kind: 'doNotDisturb', on: true }), done)
  t.same(await change('anna', { kind: 'block', caller: '1002', on: true }), done)
  t.same(await change('anna', { kind: 'block', caller: 'anonymous', on: true }), done)
  t.same(await change('anna', { kind: 'block', caller: '1002', on: true }), done)
  t.match(user('anna'), { doNotDisturb: true, blockList: { callers: ['anonymous', '1002'] } })
  t.same(await change('anna', { kind: 'block', caller: '1002', on: false }), done)
  t.match(user('anna'), { blockList: { callers: ['anonymous'] } })

  t.match(
    await change('anna', { kind: 'forward', event: 'noAnswer', to: { number: '+33140000000' } }),
    { result: 'refused', reason: /abroad|international/ },
    'as the API would refuse it',
  )
  t.match(await change('nobody', { kind: 'doNotDisturb', on: true }), { result: 'refused' })
  const ben = await test.ask(
    'PATCH',
    '/v1/users/ben',
    { profilePolicy: 'strict' },
    { 'content-type': 'application/merge-patch+json' },
  )
  t.equal(ben.statusCode, 200)
  t.same(await change('ben', { kind: 'doNotDisturb', on: true }), {
    result: 'refused',
    reason: 'The profile policy does not allow this',
  })

  const audit = (await test.ask('GET', '/v1/audit?source=phone')).json()
  t.match(audit.items.at(-1), {
    actor: 'anna',
    address: '192.0.2.12',
    source: 'phone',
    summary: 'anna switched forwarding (all) to +442079460199 on by phone',
  })

  test.engineAnswers = false
  t.same(await change('anna', { kind: 'doNotDisturb', on: false }), { result: 'failed' }, 'calls do not go by it yet')
})
