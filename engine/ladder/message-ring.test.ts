import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import t from 'tap'
import { flowBy } from '../sip/recording-network.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { MessageRing } from './message-ring.ts'
import { mostText, segmentBytes } from './ring-layout.ts'
import type { CallBeginning, KeptMessage } from './ring-reader.ts'
import { RingReader, ringStart } from './ring-reader.ts'

const flow = flowBy('TLS', '2001:db8::9', 5061)

function all(reader: RingReader, from = ringStart) {
  const entries: (KeptMessage | CallBeginning)[] = []
  const walk = reader.entries(from)
  let next = walk.next()
  while (next.done !== true) {
    entries.push(next.value)
    next = walk.next()
  }
  return { entries, position: next.value }
}

t.test('what is kept comes back as it was', (t) => {
  const clock = new VirtualClock(1_700_000_000_123.5)
  const ring = new MessageRing(0, clock)
  const reader = new RingReader(ring.memory)
  t.same(all(reader).entries, [])
  ring.began('call-1', 'caller@host')
  ring.received('INVITE sip:\xe9\xff SIP/2.0\r\n', { ...flow, listener: 3 })
  ring.sent('', flowBy('UDP', '192.0.2.1', 65_535))
  t.same(all(reader).entries, [
    { kind: 'began', at: 1_700_000_000_123.5, id: 'call-1', callId: 'caller@host' },
    {
      kind: 'received',
      at: 1_700_000_000_123.5,
      transport: 'TLS',
      listener: 3,
      address: '2001:db8::9',
      port: 5061,
      text: 'INVITE sip:\xe9\xff SIP/2.0\r\n',
      length: 23,
    },
    {
      kind: 'sent',
      at: 1_700_000_000_123.5,
      transport: 'UDP',
      listener: 0,
      address: '192.0.2.1',
      port: 65_535,
      text: '',
      length: 0,
    },
  ])
  t.end()
})

t.test('a long message is cut, and its length kept', (t) => {
  const ring = new MessageRing(0, new VirtualClock(0))
  ring.received('x'.repeat(mostText + 5), flow)
  const [entry] = all(new RingReader(ring.memory)).entries
  t.match(entry, { length: mostText + 5, text: 'x'.repeat(mostText) })
  t.end()
})

t.test('of any messages the newest are there, whole and in their order', (t) => {
  const lengths = fc.array(fc.integer({ min: 0, max: mostText + 10 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(lengths, (sizes) => {
      const ring = new MessageRing(3 * segmentBytes, new VirtualClock(0))
      for (const [index, size] of sizes.entries()) ring.received(`${index} ${'y'.repeat(size)}`, flow)
      const kept = all(new RingReader(ring.memory)).entries as KeptMessage[]
      const numbers = kept.map(({ text }) => Number(text.split(' ', 1)[0]))
      const first = numbers[0] ?? -1
      // Nothing is missing behind the first, and no more is lost than one segment of two.
      t.same(
        numbers,
        Array.from({ length: sizes.length - first }, (_, index) => first + index),
      )
      const bytes = kept.reduce((sum, { text }) => sum + text.length + 50, 0)
      return first === 0 || bytes > segmentBytes - 2 * mostText
    }),
    { numRuns: 30 },
  )
  t.end()
})

t.test('whoever follows gets each message once', (t) => {
  const ring = new MessageRing(0, new VirtualClock(0))
  const reader = new RingReader(ring.memory)
  ring.received('before', flow)
  let position = reader.end()
  const seen: string[] = []
  for (let index = 0; index < 300; index++) {
    ring.sent(`message ${index} ${'z'.repeat(1000)}`, flow)
    if (index % 7 !== 0) continue
    const { entries, position: next } = all(reader, position)
    position = next
    seen.push(...entries.map((entry) => (entry.kind === 'began' ? '' : (entry.text.split(' ')[1] ?? ''))))
  }
  t.same(
    seen,
    Array.from({ length: 295 }, (_, index) => String(index)),
  )
  t.end()
})

t.test('what another thread reads while messages are written is whole', async (t) => {
  const ring = new MessageRing(0, new VirtualClock(0))
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(${JSON.stringify(new URL('./ring-reader.js', import.meta.url).href)}).then(({ RingReader, ringStart }) => {
      const reader = new RingReader(workerData)
      const faults = []
      let read = 0
      const end = Date.now() + 300
      while (Date.now() < end) {
        for (const { text, length } of reader.entries(ringStart)) {
          read++
          if (text.length !== length || text !== text[0].repeat(length)) faults.push(text.slice(0, 20))
        }
      }
      parentPort.postMessage({ read, faults: faults.slice(0, 3) })
    })`
  const worker = new Worker(code, { eval: true, workerData: ring.memory })
  const outcome = new Promise<{ read: number; faults: string[] }>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  let done = false
  outcome.then(
    () => (done = true),
    () => (done = true),
  )
  for (let index = 0; !done; index++) {
    ring.received('abcdefghij'.charAt(index % 10).repeat(1 + ((index * 7919) % 3000)), flow)
    if (index % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const { read, faults } = await outcome
  t.same(faults, [])
  t.ok(read > 100, `${read} entries were read`)
})
