import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { DigestNonces, equalInConstantTime } from './digest-nonces.ts'

const key = Buffer.from('0123456789abcdef0123456789abcdef')

function counting() {
  let issued = 0
  return { token: (length: number) => String(++issued).padStart(length, '0'), fraction: () => 0 }
}

function make(changes: { capacity?: number; notBefore?: number; key?: Buffer } = {}) {
  return new DigestNonces({ key, lifetime: 1000, capacity: 4, notBefore: 0, ...changes }, counting())
}

t.test('RFC 2104: the MAC is HMAC-SHA-256, for short and for long keys', (t) => {
  for (const secret of [key, Buffer.alloc(64, 9), Buffer.alloc(100, 200)]) {
    const nonces = make({ key: secret })
    for (const source of ['192.0.2.1', '2001:db8::1']) {
      const nonce = nonces.issue(source, 1_700_000_000_000)
      const hmac = createHmac('sha256', secret).update(nonce.slice(0, 21)).update(source).digest('hex')
      t.equal(nonce.slice(21), hmac.slice(0, 32))
    }
  }
  t.throws(() => make({ key: Buffer.alloc(8) }), /32 bytes/)
  t.end()
})

t.test('RFC 7616 §5.4: a nonce is current for its source and its time, also in the next process', (t) => {
  const nonce = make().issue('192.0.2.1', 5000)
  t.ok(make().isCurrent(nonce, '192.0.2.1', 5999))
  t.notOk(make().isCurrent(nonce, '192.0.2.1', 6000), 'expired')
  t.notOk(make().isCurrent(nonce, '192.0.2.1', 4999), 'from the future')
  t.notOk(make().isCurrent(nonce, '192.0.2.2', 5000), 'of another source')
  t.notOk(make({ notBefore: 5001 }).isCurrent(nonce, '192.0.2.1', 5500), 'of the last process')
  t.notOk(make({ key: Buffer.alloc(32, 1) }).isCurrent(nonce, '192.0.2.1', 5500), 'of another key')
  fc.assert(
    fc.property(fc.string(), fc.nat(nonce.length), (text, at) => {
      const changed = nonce.slice(0, at) + text + nonce.slice(at + text.length)
      return changed === nonce || !make().isCurrent(changed, '192.0.2.1', 5500)
    }),
  )
  t.end()
})

t.test('what is forgotten for lack of room is stale, never usable again', (t) => {
  const nonces = make()
  const issued = Array.from({ length: 10 }, (_, index) => nonces.issue('a', 5000 + index))
  for (const nonce of issued) {
    t.ok(nonces.use(nonce, 1, 5100))
    t.notOk(nonces.use(nonce, 1, 5100))
  }
  t.equal(nonces.remembered, 4)
  for (const [index, nonce] of issued.entries()) t.equal(nonces.isCurrent(nonce, 'a', 5100), index >= 6)
  const late = nonces.issue('a', 9000)
  t.ok(nonces.use(late, 1, 9000))
  t.equal(nonces.remembered, 1, 'the expired ones make room first')
  t.end()
})

t.test('RFC 7616 §3.4: counts only go up', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 40 }), (counts) => {
      const nonces = make()
      const nonce = nonces.issue('a', 5000)
      let highest = -1
      for (const count of counts) {
        if (nonces.use(nonce, count, 5000) !== count > highest) return false
        highest = Math.max(highest, count)
      }
      return true
    }),
  )
  t.ok(equalInConstantTime('abc', 'abc'))
  t.notOk(equalInConstantTime('abc', 'abd'))
  t.notOk(equalInConstantTime('abc', 'ab'))
  t.end()
})
