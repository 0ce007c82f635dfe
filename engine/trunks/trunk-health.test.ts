import t from 'tap'
import { at, found, headerOf, host, registered, TrunkWorld, trunk } from './trunk-world.ts'

const asked = { optionsSeconds: 30 }
const ways = (world: TrunkWorld) =>
  world.trunks
    .get('one')
    ?.ways()
    .map(({ flow }) => flow.address)

t.test('RFC 3261 §11: a trunk is asked by OPTIONS, and any answer says that it is up', async (t) => {
  const world = new TrunkWorld(0.5)
  world.trunks.configured([trunk(asked)])
  t.match(world.state().addresses, [{ address: 'UDP 192.0.2.21:5060', state: 'unknown' }])
  t.equal(world.state().state, 'up', 'nobody has said otherwise')
  world.clock.advance(22_499)
  t.same(world.sent(), [], 'not at the very start')
  world.clock.advance(1)
  const first = world.one()
  t.match(first.text, /^OPTIONS sip:192\.0\.2\.21 SIP\/2\.0\r\n/)
  world.answer(first, 405)
  t.match(world.state().addresses, [{ state: 'up', misses: 0 }])
  world.clock.advance(28_500)
  t.match(world.one().text, /^OPTIONS/)
})

t.test('three answers missed in a row make it down, and one that comes makes it up', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(asked)])
  world.clock.advance(15_000)
  const first = world.one()
  world.clock.advance(11_999)
  t.match(world.state().addresses, [{ state: 'unknown', misses: 2 }])
  world.clock.advance(1)
  t.match(world.state(), { state: 'down', problem: 'none of its addresses answers', addresses: [{ misses: 3 }] })
  t.equal(world.log.filter((line) => line.startsWith('An address of a trunk did not answer 3 times')).length, 1)
  const copies = world.sent()
  t.ok(copies.length > 0 && copies.every(({ text }) => text === first.text), 'the transaction goes on asking')
  // Beyond its 32 s another one asks.
  world.clock.advance(25_000)
  const another = world.sent().at(-1)
  if (another === undefined) throw new Error('nothing was sent')
  t.not(headerOf(another.text, 'Call-ID'), headerOf(first.text, 'Call-ID'))
  world.answer(another, 200)
  t.match(world.state(), { state: 'up', problem: '', addresses: [{ state: 'up', misses: 0 }] })
  t.equal(world.log.filter((line) => line.startsWith('An address of a trunk answers again')).length, 1)
})

t.test('a trunk that is not asked never counts as down', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk()])
  for (let call = 0; call < 5; call++) world.trunks.get('one')?.ways()[0]?.missed()
  world.clock.advance(1_000_000)
  t.same(world.sent(), [])
  t.equal(world.state().state, 'up')
  t.equal(world.clock.running, 0)
})

t.test('calls count too: those that are not answered, and whatever comes from there', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(asked)])
  const [address] = world.trunks.get('one')?.ways() ?? []
  for (let call = 0; call < 3; call++) address?.missed()
  t.equal(world.state().state, 'down')
  world.trunks.heardFrom('one', { transport: 'UDP', listener: 0, address: '192.0.2.21', port: 5060, connection: 0 })
  t.equal(world.state().state, 'up')
})

t.test(
  'RFC 3261 §21.5.4: an address that wants to be left alone is passed over so long, but not for ever',
  async (t) => {
    const world = new TrunkWorld()
    world.trunks.configured([trunk({ hosts: [host('192.0.2.21'), host('192.0.2.22', 0, 10)] })])
    t.same(ways(world), ['192.0.2.21', '192.0.2.22'])
    world.trunks.get('one')?.ways()[0]?.pause(120)
    t.same(ways(world), ['192.0.2.22'])
    world.trunks.get('one')?.ways()[0]?.pause(1_000_000)
    t.equal(world.state().state, 'down')
    t.same(ways(world), ['192.0.2.21', '192.0.2.22'], 'where nothing else is left they are all there is')
    world.clock.advance(120_000)
    t.same(ways(world), ['192.0.2.21'])
    world.clock.advance(180_000)
    t.same(ways(world), ['192.0.2.21', '192.0.2.22'], 'at most five minutes')
  },
)

t.test('RFC 3263 §4.2, RFC 2782: a trunk by name, its hosts by priority, and what changes in the DNS', async (t) => {
  const world = new TrunkWorld()
  world.names.set('carrier.test', found(at('192.0.2.42', 20), at('192.0.2.41', 10)))
  const configured = [trunk({ hosts: [host('spare.test', 5070, 10), host('carrier.test')] })]
  world.trunks.configured(configured)
  t.same(world.questions, [
    { host: 'spare.test', port: 5070, transport: '' },
    { host: 'carrier.test', port: 0, transport: '' },
  ])
  t.same(ways(world), ['192.0.2.41', '192.0.2.42'])
  const flow = { transport: 'UDP' as const, listener: 0, address: '192.0.2.42', port: 5060, connection: 0 }
  t.equal(world.trunks.at(flow, 'sip:x@192.0.2.1')?.trunk.id, 'one', 'its calls come from there')
  t.equal(world.trunks.at({ ...flow, port: 5099 }, 'sip:x@192.0.2.1'), null, 'but from no other port')
  t.ok(world.trunks.isReachedAt(flow))
  t.notOk(world.trunks.isReachedAt({ ...flow, port: 5099 }))
  world.names.set('carrier.test', found(at('192.0.2.43')))
  world.names.set('spare.test', found(at('192.0.2.50', 0, 0, 5070)))
  world.clock.advance(10_000)
  t.same(ways(world), ['192.0.2.41', '192.0.2.42', '192.0.2.50'], 'a name that led nowhere is asked for soon')
  world.clock.advance(50_000)
  t.same(ways(world), ['192.0.2.43', '192.0.2.50'])
  world.names.delete('carrier.test')
  world.clock.advance(60_000)
  t.same(ways(world), ['192.0.2.43', '192.0.2.50'], 'a name server that fails changes nothing')
  t.ok(world.log.some((line) => line.includes('calls go where they went before')))
  world.names.clear()
  world.restart(configured)
  t.same(ways(world), ['192.0.2.43', '192.0.2.50'], 'nor does a crash')
})

t.test('RFC 5922 §4: by TLS the certificate is that of the name, or of the address', async (t) => {
  const world = new TrunkWorld()
  world.names.set('carrier.test', found(at('192.0.2.41', 0, 0, 5061, 'TLS')))
  world.trunks.configured([trunk({ transport: 'TLS', hosts: [host('carrier.test'), host('192.0.2.9', 0, 10)] })])
  t.match(
    world.trunks
      .get('one')
      ?.ways()
      .map(({ flow }) => flow),
    [
      { transport: 'TLS', port: 5061, serverName: 'carrier.test' },
      { address: '192.0.2.9', port: 5061, serverName: '192.0.2.9' },
    ],
  )
})

t.test('two registrations with one carrier are told apart by our Contact', async (t) => {
  const world = new TrunkWorld()
  world.names.set('carrier.test', found(at('192.0.2.41')))
  const registration = (user: string) => ({
    registrar: 'carrier.test',
    port: 0,
    contactUser: user,
    expiresSeconds: 600,
  })
  const hosts = [host('carrier.test')]
  world.trunks.configured([
    trunk({ ...registered, hosts, registration: registration('line1') }),
    trunk({ ...registered, hosts, id: 'two', registration: registration('line2') }),
  ])
  const flow = { transport: 'UDP' as const, listener: 0, address: '192.0.2.41', port: 5060, connection: 0 }
  t.equal(world.trunks.at(flow, 'sip:line1@192.0.2.1')?.trunk.id, 'one')
  t.equal(world.trunks.at(flow, 'sip:line2@192.0.2.1:5060')?.trunk.id, 'two')
  t.equal(world.trunks.at(flow, 'sip:+442079460101@192.0.2.1')?.trunk.id, 'one')
})

t.test('a carrier that comes back is registered with promptly', async (t) => {
  const world = new TrunkWorld(0.5)
  world.trunks.configured([trunk({ ...registered, ...asked })])
  world.clock.advance(100_000)
  t.match(world.state(), { state: 'down', registration: { state: 'not answered' } })
  const question = world.sent().findLast(({ text }) => text.startsWith('OPTIONS'))
  if (question === undefined) throw new Error('no OPTIONS')
  world.answer(question, 200)
  t.equal(world.state().state, 'unregistered')
  world.clock.advance(500)
  const register = world.sent().findLast(({ text }) => text.startsWith('REGISTER'))
  if (register === undefined) throw new Error('no REGISTER')
  world.grant(register, 600)
  t.equal(world.state().state, 'up')
})
