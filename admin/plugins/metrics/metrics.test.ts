import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { EngineMetrics } from '../../../engine/control/metrics.ts'
import { startTestApplication } from '../../application-under-test.ts'
import { AdminMetrics } from './admin-metrics.ts'
import { callOutcomes, outcomeOf } from './call-outcome.ts'
import { engineMetrics } from './engine-metrics.ts'

const reading = { bounds: [5, 1000], counts: [2, 3], count: 4, sum: 5500 }
const metrics: EngineMetrics = {
  startedAt: 1_700_000_000_000,
  calls: { ringing: 1, answered: 2, finals: { 200: 7, 486: 3, 503: 1 }, toRinging: reading, toAnswer: reading },
  registrations: { current: 5, added: 9, removed: 3, expired: 1 },
  subscriptions: {
    current: 21,
    begun: 22,
    fetched: 23,
    refused: { device: 24, all: 25 },
    expired: 26,
    lost: 27,
    notified: 28,
    putOff: 29,
  },
  trunks: [
    { id: 'carrier', state: 'down', registered: false, channelsInUse: 2 },
    { id: 'spare', state: 'up', registered: null, channelsInUse: 0 },
  ],
  messages: { waiting: 31, taken: 32, delivered: 33 },
  signInsFailed: 2,
  limitsReached: 4,
  gate: {
    turningAway: true,
    calls: 11,
    registrations: 12,
    others: 13,
    overRate: 14,
    flooding: 15,
    lateRegistrations: 16,
    scanners: 17,
    emergency: 18,
    waiting: 19,
    receiveBuffer: { share: 0.25, drops: 20 },
  },
  transactions: { current: 4, created: 100, retransmitted: 6, repeated: 7, discarded: 8 },
  network: { received: 500, sent: 600, dropped: 1, long: 3, connections: 2 },
  journal: { bytes: 4096, entries: 12, healthy: false },
  configuration: { revision: 17, compileMilliseconds: 250 },
  process: {
    residentBytes: 1e8,
    heapBytes: 5e7,
    userSeconds: 1.5,
    systemSeconds: 0.5,
    loopSeconds: 2,
    loopDelay: { mean: 0.001, p50: 0.0005, p99: 0.01, max: 0.02 },
  },
  events: { subscribers: 1, missed: 0 },
}

/** Name and type of each metric of a text. */
function typesOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]))
}

function monitoringPage(): string {
  // Up to the folder with the docs, whether compiled to dist or elsewhere.
  for (let up = '../'; up.length < 30; up += '../') {
    try {
      return readFileSync(fileURLToPath(new URL(`${up}docs/monitoring.md`, import.meta.url)), 'utf8')
    } catch {
      // One further.
    }
  }
  throw new Error('There is no docs/monitoring.md')
}

t.test('the values are told in the form of Prometheus', async (t) => {
  const text = await engineMetrics(metrics).text()
  for (const line of [
    'ringdown_engine_up 1',
    'ringdown_calls{state="ringing"} 1',
    'ringdown_call_attempts_total{outcome="answered",status="200"} 7',
    'ringdown_call_attempts_total{outcome="busy",status="486"} 3',
    'ringdown_call_attempts_total{outcome="failed",status="503"} 1',
    'ringdown_trunk_up{trunk="carrier"} 0',
    'ringdown_trunk_registered{trunk="carrier"} 0',
    'ringdown_trunk_calls{trunk="carrier"} 2',
    'ringdown_post_dial_delay_seconds_bucket{le="0.005"} 2',
    'ringdown_post_dial_delay_seconds_bucket{le="1"} 3',
    'ringdown_post_dial_delay_seconds_bucket{le="+Inf"} 4',
    'ringdown_post_dial_delay_seconds_sum 5.5',
    'ringdown_post_dial_delay_seconds_count 4',
    'ringdown_journal_healthy 0',
    'ringdown_turning_away 1',
    'ringdown_turned_away_total{kind="call",why="load"} 11',
    'ringdown_turned_away_total{kind="any",why="scanner"} 17',
    'ringdown_receive_buffer_used 0.25',
    'ringdown_configuration_revision 17',
    'ringdown_configuration_compile_seconds 0.25',
    'ringdown_engine_loop_delay_seconds{at="p99"} 0.01',
  ]) {
    t.ok(text.split('\n').includes(line), line)
  }
  t.same([...typesOf(await engineMetrics(null).text()).keys()], ['ringdown_engine_up'])
})

t.test('every metric is on the page with its type, and no other', async (t) => {
  const admin = new AdminMetrics()
  t.teardown(() => admin.stop())
  const texts = [await engineMetrics(metrics).text(), await admin.read().text()]
  const told = new Map(texts.flatMap((text) => [...typesOf(text)]))
  const rows = [...monitoringPage().matchAll(/^\| `(ringdown_[a-z0-9_]+)` \| (\w+) \|/gm)]
  t.same(Object.fromEntries(rows.map(([, name = '', type = '']) => [name, type])), Object.fromEntries(told))
})

t.test('outcomes are those of the page', async (t) => {
  const known = new Set<string>()
  for (let status = 200; status < 700; status++) known.add(outcomeOf(status))
  t.same([...known].sort(), [...callOutcomes].sort())
  const page = monitoringPage()
  for (const outcome of callOutcomes) t.match(page, `| \`${outcome}\` |`)
})

t.test('from this machine without sign-in, from others with', async (t) => {
  const application = await startTestApplication()
  t.teardown(() => application.close())
  const here = await application.ask('GET', '/metrics', undefined, { authorization: '' })
  t.equal(here.statusCode, 200)
  t.match(here.headers['content-type'], 'text/plain; version=0.0.4')
  t.match(here.body, /^ringdown_engine_up 0$/m)
  t.match(here.body, /^ringdown_admin_resident_memory_bytes \d+$/m)
  const request = {
    method: 'GET',
    url: '/metrics',
    headers: { host: 'localhost' },
    remoteAddress: '192.0.2.7',
  } as const
  t.equal((await application.app.inject(request)).statusCode, 401)
})
