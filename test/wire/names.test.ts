/** Servers found by name (RFC 3263), with a name server of our own. */
import t from 'tap'
import { DnsServerLocator } from '../../engine/net/names.ts'
import type { LocationAnswer, LocationQuery } from '../../engine/sip/server-location.ts'
import type { TestRecord } from './name-server.ts'
import { NameServer } from './name-server.ts'

const address = (last: number, ttl = 300): TestRecord => ({ type: 'A', address: `192.0.2.${last}`, ttl })
const srv = (priority: number, weight: number, port: number, target: string): TestRecord => ({
  type: 'SRV',
  priority,
  weight,
  port,
  target,
})
const naptr = (order: number, preference: number, service: string, replacement: string): TestRecord => ({
  type: 'NAPTR',
  order,
  preference,
  service,
  replacement,
})

const server = await NameServer.start({
  'carrier.test': [
    naptr(20, 10, 'SIP+D2U', '_sip._udp.carrier.test'),
    naptr(10, 20, 'SIP+D2T', '_sip._tcp.carrier.test'),
    naptr(10, 10, 'SIPS+D2T', '_sips._tcp.carrier.test'),
    naptr(5, 10, 'E2U+sip', 'something.else.test'),
    address(99),
  ],
  '_sips._tcp.carrier.test': [srv(0, 0, 5061, 'one.carrier.test')],
  '_sip._tcp.carrier.test': [srv(0, 0, 5080, 'one.carrier.test')],
  '_sip._udp.carrier.test': [srv(20, 1, 5060, 'two.carrier.test'), srv(10, 3, 5070, 'one.carrier.test')],
  'one.carrier.test': [address(1, 120), { type: 'AAAA', address: '2001:db8::1', ttl: 90 }],
  'two.carrier.test': [address(2), address(3)],
  'srv-only.test': [address(50)],
  '_sip._udp.srv-only.test': [srv(0, 0, 5062, 'two.carrier.test')],
  'plain.test': [address(7), address(8, 1)],
  'closed.test': [address(9)],
  '_sip._udp.closed.test': [srv(0, 0, 0, '.')],
})
t.teardown(() => server.stop())
const newLocator = () => new DnsServerLocator({ nameServers: [server.address], log: { debug: () => undefined } })

function located(
  host: string,
  rest: Partial<LocationQuery> = {},
  locator: DnsServerLocator = newLocator(),
): Promise<LocationAnswer> {
  return new Promise((resolve) => locator.locate({ host, port: 0, transport: '', ...rest }, resolve))
}

const places = ({ locations }: LocationAnswer) =>
  [...locations]
    .sort((a, b) => a.priority - b.priority)
    .map((place) => `${place.transport} ${place.address} ${place.port}`)

t.test('RFC 3263 §4.1: NAPTR records say which transports there are, in their order', async (t) => {
  const answer = await located('carrier.test')
  t.same(places(answer), [
    'TLS 192.0.2.1 5061',
    'TLS 2001:db8::1 5061',
    'TCP 192.0.2.1 5080',
    'TCP 2001:db8::1 5080',
    'UDP 192.0.2.1 5070',
    'UDP 2001:db8::1 5070',
    'UDP 192.0.2.2 5060',
    'UDP 192.0.2.3 5060',
  ])
  t.equal(answer.problem, '')
})

t.test('RFC 3263 §4.2: with a transport SRV records are asked for, with their priorities and weights', async (t) => {
  server.questions.length = 0
  const answer = await located('carrier.test', { transport: 'UDP' })
  t.same(
    answer.locations.map(({ address: where, port, priority, weight }) => [where, port, priority, weight]),
    [
      ['192.0.2.1', 5070, 10, 3],
      ['2001:db8::1', 5070, 10, 3],
      ['192.0.2.2', 5060, 20, 1],
      ['192.0.2.3', 5060, 20, 1],
    ],
  )
  t.notOk(
    server.questions.some((question) => question.startsWith('NAPTR')),
    'and no NAPTR records',
  )
  t.equal(answer.seconds, 60, 'SRV records come without their time to live')
})

t.test('RFC 3263 §4.2: with a port only addresses are asked for', async (t) => {
  server.questions.length = 0
  t.same(places(await located('carrier.test', { port: 5090, transport: 'TCP' })), ['TCP 192.0.2.99 5090'])
  t.same(server.questions.sort(), ['A carrier.test', 'AAAA carrier.test'])
})

t.test('RFC 3263 §4.1: without NAPTR records SRV records decide, and without these the addresses', async (t) => {
  t.same(places(await located('srv-only.test')), ['UDP 192.0.2.2 5062', 'UDP 192.0.2.3 5062'])
  t.same(places(await located('plain.test')), ['UDP 192.0.2.7 5060', 'UDP 192.0.2.8 5060'])
  t.same(places(await located('plain.test', { transport: 'TLS' })), ['TLS 192.0.2.7 5061', 'TLS 192.0.2.8 5061'])
})

t.test('RFC 2782: a lone dot says that there is no service, and the addresses are not asked', async (t) => {
  const answer = await located('closed.test', { transport: 'UDP' })
  t.same(answer.locations, [])
  t.match(answer.problem, /SRV records of closed\.test lead nowhere/)
})

t.test('a name that does not exist, and a name server that is not there', async (t) => {
  t.match((await located('nowhere.test')).problem, /^nowhere\.test has no address$/)
  const gone = await NameServer.start({})
  const locator = new DnsServerLocator({ nameServers: [gone.address], log: { debug: () => undefined } })
  await gone.stop()
  const answer = await located('silent.test', {}, locator)
  t.match(answer.problem, /^silent\.test cannot be looked up at 127\.[\d.]+:\d+: E/)
  t.same(answer.locations, [], 'which is not "no SRV records": calls must not go elsewhere')
})

t.test('an answer is kept as long as its records allow, within bounds', async (t) => {
  const locator = newLocator()
  t.equal((await located('plain.test', {}, locator)).seconds, 5, 'a time to live of a second is too short')
  server.questions.length = 0
  await Promise.all([located('plain.test', {}, locator), located('plain.test', {}, locator)])
  t.same(server.questions, [], 'kept')
  const other = newLocator()
  await Promise.all([located('two.carrier.test', {}, other), located('two.carrier.test', {}, other)])
  t.equal(server.questions.filter((question) => question.startsWith('NAPTR')).length, 1, 'asked once for both')
})
