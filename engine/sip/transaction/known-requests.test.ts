import fc from 'fast-check'
import t from 'tap'
import { flowBy, RecordingNetwork } from '../recording-network.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { KnownRequests } from './known-requests.ts'
import { NonInviteServerTransaction } from './non-invite-server.ts'

const udp = flowBy('UDP')

function knowing() {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const known = new KnownRequests(clock)
  const home = {
    network,
    clock,
    serverEnded: () => undefined,
    serverAnswered: () => undefined,
    serverAnsweredPlainly: () => undefined,
    inviteAnswered: () => undefined,
    inviteRefused: () => undefined,
    refusalEnded: () => undefined,
    clientEnded: () => undefined,
    retransmitted: 0,
  }
  /** Takes in a request; its transaction. */
  const add = (origin: string, key: string) => {
    const transaction = new NonInviteServerTransaction(home, { lines: '', tagged: true }, udp, '')
    known.add(origin, key, udp, transaction)
    return transaction
  }
  const total = () => known.underWay + known.remembered
  return { clock, known, add, total }
}

t.test('a request is found by origin and key, with its transaction until it is answered', async (t) => {
  const { clock, known, add } = knowing()
  t.equal(known.find('origin', 'a'), undefined)
  t.equal(clock.running, 0, 'no timer where there is nothing to forget')
  const transaction = add('origin', 'a')
  t.equal(known.find('origin', 'a')?.transaction, transaction)
  t.equal(known.find('origin', 'a')?.state, 'under way')
  t.same([known.underWay, known.remembered], [1, 0])
  known.answered(transaction.known, 'answer')
  t.match(known.find('origin', 'a'), { state: 'answered', transaction: null, text: 'answer', flow: udp })
  t.same([known.underWay, known.remembered], [0, 1])
  const other = add('second', 'b')
  known.ended(other.known)
  t.equal(known.find('second', 'b')?.state, 'over')
})

t.test('RFC 3261 §8.2.2.2: a copy that came another way finds the request it is a copy of', async (t) => {
  const { known, add } = knowing()
  add('origin', 'a')
  t.equal(known.find('origin', 'b')?.key, 'a')
  known.addAnswered('answered', 'c', udp)
  t.match(known.find('answered', 'c'), { state: 'answered', text: '' })
  known.addOrigin('before')
  t.equal(known.find('before', 'd')?.key, '')
  known.addOrigin('origin')
  t.equal(known.find('origin', 'a')?.state, 'under way', 'what is known better stays')
})

t.test('two requests of one origin are both found while the first is under way', async (t) => {
  const { clock, known, add, total } = knowing()
  const first = add('origin', 'a')
  const second = add('origin', 'b')
  t.equal(known.find('origin', 'a')?.transaction, first)
  t.equal(known.find('origin', 'b')?.transaction, second)
  known.answered(second.known, 'two')
  t.equal(known.find('origin', 'b')?.text, 'two')
  known.answered(first.known, 'one')
  t.equal(known.find('origin', 'a')?.text, 'one')
  const third = add('origin', 'c')
  t.equal(known.find('origin', 'c')?.transaction, third)
  known.ended(third.known)
  clock.advance(64_000)
  t.equal(total(), 0)
  t.equal(clock.running, 0)
})

t.test('a request that takes the place of one that is over ends nothing of the other any more', async (t) => {
  const { known, add } = knowing()
  const first = add('origin', 'a')
  const again = add('origin', 'a')
  t.equal(known.underWay, 1)
  known.ended(first.known)
  t.equal(known.find('origin', 'a')?.transaction, again)
  t.equal(known.underWay, 1)
})

t.test('one timer for all, and none when all is forgotten', async (t) => {
  const { clock, known, add, total } = knowing()
  for (let second = 0; second < 100; second++) {
    known.answered(add(`origin ${second}`, `key ${second}`).known, 'answer')
    t.equal(clock.running, 1)
    t.ok(total() <= 64, 'no more than two generations')
    clock.advance(1000)
  }
  clock.advance(63_000)
  t.equal(total(), 0)
  t.equal(clock.running, 0)
  const late = add('origin', 'key')
  t.equal(clock.running, 1, 'it begins anew')
  known.answered(late.known, '')
  clock.advance(63_999)
  t.equal(total(), 1)
  clock.advance(1)
  t.equal(total(), 0)
  t.equal(clock.running, 0)
})

t.test('what is under way when generations turn is not forgotten', async (t) => {
  const { clock, known, add, total } = knowing()
  const long = add('origin', 'a')
  clock.advance(300_000)
  t.equal(known.find('origin', 'a')?.transaction, long)
  t.equal(known.find('origin', 'b')?.key, 'a')
  known.answered(long.known, 'late')
  clock.advance(31_999)
  t.equal(known.find('origin', 'a')?.text, 'late', 'its time begins when it is answered')
  clock.advance(64_000)
  t.equal(total(), 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §17.2.2, RFC 6026 §7.1: remembered for 64 T1 at least, and forgotten after twice that', async (t) => {
  const events = fc.array(fc.tuple(fc.nat(5), fc.nat(50_000), fc.nat(50_000)), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(events, (events) => {
      const { clock, known, add, total } = knowing()
      const answeredAt = new Map<string, number>()
      const asExpected = () => {
        for (const [key, at] of answeredAt) {
          const age = clock.now() - at
          const found = known.find(key, key) !== undefined && known.find(key, 'another') !== undefined
          if ((age < 32_000 && !found) || (age >= 64_000 && found)) return false
        }
        return true
      }
      for (const [name, before, after] of events) {
        const key = `${name}`
        answeredAt.delete(key)
        const transaction = add(key, key)
        clock.advance(before)
        if (known.find(key, key)?.transaction !== transaction) return false
        known.answered(transaction.known, 'answer')
        answeredAt.set(key, clock.now())
        for (const step of [after >> 1, after - (after >> 1)]) {
          clock.advance(step)
          if (!asExpected()) return false
        }
      }
      clock.advance(64_000)
      return total() === 0 && clock.running === 0
    }),
    { numRuns: 500 },
  )
  t.pass()
})
