import t from 'tap'
import { VirtualClock } from '../virtual-clock.ts'
import { AnsweredInvites } from './answered-invites.ts'

function someUser() {
  return { responseReceived: () => {}, timedOut: () => {}, transportFailed: () => {} }
}

t.test('RFC 6026 §7.2: who sent an INVITE is known for the 32 s of Timer M at least, and for 64 at most', (t) => {
  const clock = new VirtualClock()
  const answered = new AnsweredInvites(clock)
  const [first, second, third] = [someUser(), someUser(), someUser()]
  answered.add('first', first)
  clock.advance(20_000)
  t.equal(answered.get('first'), first)
  answered.add('second', second)
  clock.advance(20_000)
  answered.add('third', third)
  clock.advance(23_999)
  t.equal(answered.get('first'), first)
  t.equal(answered.get('second'), second, 'that came after the first and is as old as it may be')
  t.equal(answered.size, 3)
  clock.advance(1)
  t.equal(answered.get('first'), undefined)
  t.equal(answered.get('second'), undefined)
  t.equal(answered.get('third'), third)
  t.equal(answered.size, 1)
  clock.advance(32_000)
  t.equal(answered.get('third'), undefined)
  t.equal(clock.running, 0, 'nobody waits for anything')
  answered.add('first', second)
  t.equal(answered.get('first'), second)
  clock.advance(64_000)
  t.equal(answered.size, 0)
  t.equal(clock.running, 0)
  t.end()
})
