import t from 'tap'
import { parseDigestCredentials } from '../sip/digest.ts'
import { at, found, headerOf, registered, TrunkWorld, trunk } from './trunk-world.ts'

const challenge = (nonce: string, more = '') =>
  `WWW-Authenticate: Digest realm="carrier", nonce="${nonce}", qop="auth"${more}`

t.test('RFC 3261 §10.2: a trunk registers, answers the challenge, and refreshes before its time is over', async (t) => {
  const world = new TrunkWorld(0.5)
  world.trunks.configured([trunk(registered)])
  t.equal(world.state().registration?.state, 'registering')
  t.equal(world.state().state, 'up', 'calls may be tried while nobody has refused us')
  world.clock.advance(0)
  const first = world.one()
  t.equal(first.to, 'UDP 192.0.2.30:5060')
  t.match(first.text, /^REGISTER sip:carrier\.test SIP\/2\.0\r\n/)
  t.equal(headerOf(first.text, 'To'), '<sip:acme@carrier.test>')
  t.equal(headerOf(first.text, 'Contact'), '<sip:acme@192.0.2.1:5060>')
  t.equal(headerOf(first.text, 'Expires'), '3600')
  world.answer(first, 401, challenge('a'))
  const second = world.one()
  t.equal(headerOf(second.text, 'CSeq'), '2 REGISTER')
  t.equal(headerOf(second.text, 'Call-ID'), headerOf(first.text, 'Call-ID'))
  t.match(parseDigestCredentials(headerOf(second.text, 'Authorization')), { nonce: 'a', uri: 'sip:carrier.test' })
  world.grant(second, 600, 'Service-Route: <sip:proxy.carrier.test;lr>')
  t.match(world.state().registration, { state: 'registered', expiresAt: world.clock.now() + 600_000 })
  t.equal(world.trunks.get('one')?.route, 'Route: <sip:proxy.carrier.test;lr>\r\n', 'RFC 3608 §6.1')
  // Between half of the time and nine tenths of it: chance says the middle.
  world.clock.advance(419_999)
  t.same(world.sent(), [])
  world.clock.advance(1)
  const refresh = world.one()
  t.match(headerOf(refresh.text, 'Authorization'), /nonce="a".*nc=00000002/, 'RFC 7616 §3.4: the nonce is counted on')
  world.answer(refresh, 401, challenge('b', ', stale=true'))
  world.grant(world.one(), 600)
  t.equal(world.state().registration?.state, 'registered', 'stale is no refusal')
})

t.test('RFC 3261 §10.2.8: the interval that the carrier demands is asked for, but not any', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(registered)])
  world.clock.advance(0)
  world.answer(world.one(), 423, 'Min-Expires: 7200')
  const longer = world.one()
  t.equal(headerOf(longer.text, 'Expires'), '7200')
  world.answer(longer, 423, 'Min-Expires: 7000000')
  t.match(world.state().registration, { state: 'refused' })
})

t.test('a wrong password is not tried again and again', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(registered)])
  world.clock.advance(0)
  world.answer(world.one(), 401, challenge('a'))
  world.answer(world.one(), 401, challenge('b'))
  t.match(world.state(), { state: 'unregistered', problem: /401 Its Words \(user name or password is wrong\)/ })
  world.clock.advance(29_999)
  t.same(world.sent(), [], 'not before half a minute at least')
  world.clock.advance(1)
  t.equal(headerOf(world.one().text, 'Authorization'), '', 'and then unsigned, as somebody new')
})

t.test('RFC 3261 §10.2.7, RFC 3263 §4.3: the next address of the registrar, and pauses that grow', async (t) => {
  const world = new TrunkWorld()
  world.names.set('reg.carrier.test', found(at('192.0.2.31'), at('192.0.2.32', 1)))
  const registration = { registrar: 'reg.carrier.test', port: 0, contactUser: 'line1', expiresSeconds: 600 }
  world.trunks.configured([trunk({ ...registered, registration })])
  world.clock.advance(0)
  const first = world.one()
  t.equal(first.to, 'UDP 192.0.2.31:5060')
  world.answer(first, 503)
  t.equal(world.one().to, 'UDP 192.0.2.32:5060', 'at once')
  // Silence of 8 s; then pauses of 4, 8, 16 s, half of it by chance.
  world.clock.advance(8000)
  t.match(world.state(), { state: 'unregistered', problem: 'no answer' })
  let last = 2
  /** The next REGISTER that is no copy of an earlier one. */
  const next = () => {
    for (;;) {
      const found = world.sent().find(({ text }) => Number.parseInt(headerOf(text, 'CSeq'), 10) > last)
      if (found !== undefined) {
        last++
        return found
      }
      world.clock.advance(100)
    }
  }
  const times: number[] = []
  for (let round = 0; round < 8; round++) {
    const before = world.clock.now()
    world.answer(next(), 500)
    times.push(Math.round((world.clock.now() - before) / 1000))
    world.answer(next(), 500)
  }
  t.same(times.slice(0, 4), [2, 4, 8, 16])
  t.equal(times.at(-1), 150, 'at most five minutes')
})

t.test('RFC 3261 §20.33: a carrier that asks us to wait is given its time', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(registered)])
  world.clock.advance(0)
  world.answer(world.one(), 503, 'Retry-After: 100')
  world.clock.advance(99_999)
  t.same(world.sent(), [])
  world.clock.advance(1)
  t.match(world.one().text, /^REGISTER/)
})

t.test('a registration survives a crash: same Call-ID, higher number, no REGISTER before its time', async (t) => {
  const world = new TrunkWorld()
  const configured = [trunk(registered)]
  world.trunks.configured(configured)
  world.clock.advance(0)
  const first = world.one()
  world.grant(first, 600)
  world.clock.advance(100_000)
  world.restart(configured)
  t.match(world.state().registration, { state: 'registered' })
  t.equal(world.state().state, 'up')
  world.clock.advance(199_999)
  t.same(world.sent(), [])
  world.clock.advance(1)
  const next = world.one()
  t.equal(headerOf(next.text, 'Call-ID'), headerOf(first.text, 'Call-ID'))
  t.equal(headerOf(next.text, 'CSeq'), '2 REGISTER')
  world.restart([])
  t.equal(world.entries.size, 0, 'a trunk that is gone leaves nothing')
})

t.test('RFC 3261 §10.2.2: who is taken out of the configuration says goodbye', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(registered)])
  world.clock.advance(0)
  world.grant(world.one(), 600)
  world.trunks.configured([trunk({ ...registered, registration: null })])
  const bye = world.one()
  t.equal(headerOf(bye.text, 'Expires'), '0')
  world.answer(bye, 401, challenge('a'))
  const signed = world.one()
  t.equal(headerOf(signed.text, 'Expires'), '0')
  t.match(headerOf(signed.text, 'Authorization'), /nonce="a"/)
  world.answer(signed, 200)
  t.equal(world.entries.size, 0)
  world.clock.advance(10_000_000)
  t.same(world.sent(), [])
  t.equal(world.clock.running, 0, 'and leaves no timer')
})

t.test('a new password is tried at once, and the carrier is told no goodbye', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(registered)])
  world.clock.advance(0)
  const first = world.one()
  world.grant(first, 600)
  world.trunks.configured([trunk({ ...registered, credentials: { userName: 'acme', password: 'another-secret' } })])
  t.equal(world.state().state, 'up', 'what was granted holds')
  world.clock.advance(0)
  const next = world.one()
  t.equal(headerOf(next.text, 'Expires'), '3600')
  t.equal(headerOf(next.text, 'Call-ID'), headerOf(first.text, 'Call-ID'))
})

t.test('RFC 3261 §10.2.4: an answer without our Contact is no registration', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk(registered)])
  world.clock.advance(0)
  world.answer(world.one(), 200, 'Contact: <sip:somebody@192.0.2.99>;expires=600')
  t.match(world.state(), { state: 'unregistered', problem: '200 without our Contact' })
})

t.test('RFC 5626 §4.2: where the connection by which the carrier calls us is lost, it is given another', async (t) => {
  const world = new TrunkWorld()
  world.trunks.configured([trunk({ ...registered, transport: 'TCP' })])
  world.clock.advance(0)
  const first = world.one()
  t.equal(headerOf(first.text, 'Contact'), '<sip:acme@192.0.2.1:5060;transport=tcp>')
  world.grant(first, 600)
  world.trunks.connectionLost({ ...first.flow, connection: 7 })
  world.trunks.connectionLost({ ...first.flow, address: '192.0.2.99', connection: 8 })
  world.clock.advance(1000)
  t.match(world.one().text, /^REGISTER/)
})

t.test('while the registrar is still being looked up nothing is said, and then it is asked at once', async (t) => {
  const world = new TrunkWorld()
  world.waiting = []
  world.names.set('reg.carrier.test', found(at('192.0.2.31')))
  const registration = { registrar: 'reg.carrier.test', port: 0, contactUser: 'acme', expiresSeconds: 600 }
  world.trunks.configured([trunk({ ...registered, registration })])
  world.clock.advance(2000)
  t.match(world.state(), { state: 'up', registration: { state: 'registering' } })
  t.same(world.log, [])
  world.answerNames()
  world.clock.advance(0)
  t.equal(world.one().to, 'UDP 192.0.2.31:5060')
})

t.test('a registrar whose name leads nowhere is no registration', async (t) => {
  const world = new TrunkWorld()
  const registration = { registrar: 'nowhere.test', port: 0, contactUser: 'acme', expiresSeconds: 600 }
  world.trunks.configured([trunk({ ...registered, registration })])
  world.clock.advance(5000)
  t.match(world.state(), { state: 'unregistered', problem: 'its address is not known' })
  world.names.set('nowhere.test', found(at('192.0.2.31')))
  world.clock.advance(10_000)
  t.equal(world.sent()[0]?.to, 'UDP 192.0.2.31:5060', 'until it does')
})
