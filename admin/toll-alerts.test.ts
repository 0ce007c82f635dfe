import t from 'tap'
import { startTestApplication } from './application-under-test.ts'
import { auditTollFraud } from './toll-alerts.ts'

t.test('limits against toll fraud that stopped somebody stand in the audit', async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const { store } = test.services
  const warned: string[] = []
  const log = { warn: (_fields: object, message: string) => warned.push(message) } as never
  const about = { event: 'toll-fraud-limit', at: 1, placer: 'anna', name: 'Anna Abbott' } as const
  await auditTollFraud({ store, log }, { ...about, key: 'anna', counter: 'high' })
  await auditTollFraud({ store, log }, { ...about, key: 'account:account', counter: 'calls' })
  const group = { ...about, placer: 'ringGroup:sales', name: 'Sales' }
  await auditTollFraud({ store, log }, { ...group, key: 'ringGroup:sales', counter: 'outsideHours' })
  const found = await store.audit.list({ action: 'toll-fraud-limit' })
  t.same(
    found.map(({ kind, id, summary }) => [kind, id, summary]),
    [
      [
        'ringGroup',
        'sales',
        'Sales has made all calls to numbers of high risk that are allowed outside business hours today: outside calls of Sales are refused',
      ],
      [
        'user',
        'anna',
        'The account has as many outside calls at once as allowed: outside calls of Anna Abbott are refused',
      ],
      [
        'user',
        'anna',
        'Anna Abbott has used up the minutes of today to numbers of high risk: outside calls of Anna Abbott are refused',
      ],
    ],
  )
  t.equal(warned.length, 3)
  t.equal((await store.audit.list({ kind: 'user', id: 'anna', action: 'toll-fraud-limit' })).length, 2)
})
