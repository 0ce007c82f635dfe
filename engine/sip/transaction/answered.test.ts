import fc from 'fast-check'
import t from 'tap'
import { flowBy, RecordingNetwork } from '../recording-network.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { AnsweredRequests } from './answered.ts'

const udp = flowBy('UDP')

/** `underWay`: origins and keys of INVITEs that still ring. */
function remembering(underWay = new Map<string, string>()) {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const answered: AnsweredRequests = new AnsweredRequests(clock, {
    rememberOrigins: () => {
      for (const [originKey, key] of underWay) answered.rememberOrigin(originKey, key)
    },
  })
  return { clock, network, answered }
}

t.test('a copy gets the answer again, where that went, and nothing for an INVITE with a 2xx', async (t) => {
  const { clock, network, answered } = remembering()
  t.notOk(answered.repeat('a', network), 'not known')
  t.equal(clock.running, 0, 'no timer where there is nothing to forget')
  answered.remember('a', 'answer', udp)
  answered.remember('b', '', flowBy('TCP'))
  t.ok(answered.repeat('a', network))
  t.ok(answered.repeat('b', network))
  t.notOk(answered.repeat('c', network))
  t.same(network.take(), [{ at: 0, flow: udp, text: 'answer', listener: null }])
  t.equal(answered.flowOf('a'), udp)
  t.same(answered.flowOf('b'), flowBy('TCP'))
  t.equal(answered.flowOf('c'), undefined)
})

t.test('an origin is that of copies under other keys', async (t) => {
  const { answered } = remembering()
  t.notOk(answered.isMerged('origin', 'a'))
  answered.rememberOrigin('origin', 'a')
  t.notOk(answered.isMerged('origin', 'a'), 'the request itself')
  t.ok(answered.isMerged('origin', 'b'))
  t.notOk(answered.isMerged('other', 'b'))
})

t.test('one timer for all, and none when all is forgotten', async (t) => {
  const { clock, answered } = remembering()
  for (let second = 0; second < 100; second++) {
    answered.remember(`key ${second}`, 'answer', udp)
    answered.rememberOrigin(`origin ${second}`, `key ${second}`)
    t.equal(clock.running, 1)
    t.ok(answered.size <= 2 * 64, 'no more than two generations')
    clock.advance(1000)
  }
  clock.advance(63_000)
  t.equal(answered.size, 0)
  t.equal(clock.running, 0)
  answered.rememberOrigin('origin', 'key')
  t.equal(clock.running, 1, 'it begins anew')
  clock.advance(63_999)
  t.equal(answered.size, 1)
  clock.advance(1)
  t.equal(answered.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §8.2.2.2: what is under way when generations turn is not forgotten', async (t) => {
  const underWay = new Map([['origin', 'a']])
  const { clock, answered } = remembering(underWay)
  answered.rememberOrigin('origin', 'a')
  clock.advance(300_000)
  t.ok(answered.isMerged('origin', 'b'))
  t.equal(answered.size <= 2, true)
  underWay.clear()
  clock.advance(64_000)
  t.notOk(answered.isMerged('origin', 'b'))
  t.equal(answered.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §17.2.2, RFC 6026 §7.1: remembered for 64 T1 at least, and forgotten after twice that', async (t) => {
  const events = fc.array(fc.tuple(fc.nat(5), fc.nat(50_000)), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(events, (events) => {
      const { clock, network, answered } = remembering()
      const rememberedAt = new Map<string, number>()
      const asExpected = () => {
        for (const [key, at] of rememberedAt) {
          const age = clock.now() - at
          const known = answered.repeat(key, network)
          const merged = answered.isMerged(key, 'another')
          if (age < 32_000 && !(known && merged)) return false
          if (age >= 64_000 && (known || merged)) return false
        }
        return true
      }
      for (const [key, milliseconds] of events) {
        answered.remember(`${key}`, 'answer', udp)
        answered.rememberOrigin(`${key}`, `${key}`)
        rememberedAt.set(`${key}`, clock.now())
        for (const step of [milliseconds >> 1, milliseconds - (milliseconds >> 1)]) {
          clock.advance(step)
          if (!asExpected()) return false
        }
      }
      clock.advance(64_000)
      return answered.size === 0 && clock.running === 0
    }),
    { numRuns: 500 },
  )
  t.pass()
})
