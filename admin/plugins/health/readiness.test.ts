import t from 'tap'
import type { EngineStatus } from '../../../engine/control/protocol.ts'
import { startTestApplication } from '../../application-under-test.ts'
import { readiness } from './readiness.ts'

const well: EngineStatus = {
  pid: 1,
  version: '',
  startedAt: 1,
  revision: 5,
  documentProblems: [],
  calls: 0,
  registrations: 0,
  connections: 0,
  draining: false,
  journalHealthy: true,
  listeners: [],
}

type Services = Parameters<typeof readiness>[0]

function services(status: EngineStatus | null, revision: () => number): Services {
  return {
    engine: { status: async () => status, bringIntoForce: async () => true },
    store: { revision },
  } as unknown as Services
}

t.test('ready only when all is well', async (t) => {
  const revision = () => 5
  t.same(await readiness(services(well, revision)), { ready: true, alerts: [], storeRevision: 5, engineRevision: 5 })
  const cases: [EngineStatus | null, () => number, RegExp][] = [
    [null, revision, /No engine answers/],
    [
      { ...well, revision: 4, documentProblems: ['users[1]: no'] },
      revision,
      /revision 4, the newest is 5: users\[1\]: no/,
    ],
    [{ ...well, journalHealthy: false }, revision, /journal/],
    [{ ...well, draining: true }, revision, /stopping/],
    [
      well,
      () => {
        throw new Error('the disk is gone')
      },
      /The store cannot be read: the disk is gone/,
    ],
  ]
  for (const [status, of, alert] of cases) {
    const found = await readiness(services(status, of))
    t.equal(found.ready, false)
    t.equal(found.alerts.length, 1)
    t.match(found.alerts[0], alert)
  }
})

t.test('the routes, without sign-in', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const alive = await application.ask('GET', '/healthz', undefined, { authorization: '' })
  t.equal(alive.statusCode, 200)
  t.equal(alive.json().alive, true)
  const ready = await application.ask('GET', '/readyz', undefined, { authorization: '' })
  t.equal(ready.statusCode, 503)
  t.equal(ready.json().engineRevision, null)
})
