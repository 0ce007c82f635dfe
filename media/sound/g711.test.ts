import t from 'tap'
import type { Law } from './g711.ts'
import { encoded, linear, recoded, silence } from './g711.ts'

const laws: readonly Law[] = ['mu', 'A']

t.test('known values of ITU-T G.711', async (t) => {
  t.equal(linear.mu[0x00], -32_124)
  t.equal(linear.mu[0x80], 32_124)
  t.equal(linear.mu[0xff], 0)
  t.equal(linear.A[0xd5], 8)
  t.equal(linear.A[0x2a], -32_256)
  t.equal(linear.A[0xaa], 32_256)
  for (const law of laws) t.ok(Math.abs(linear[law][silence[law]] ?? 99) <= 8, law)
})

t.test('every byte survives, and every sample comes back as near as the law allows', async (t) => {
  for (const law of laws) {
    for (let byte = 0; byte < 256; byte++) {
      const sample = linear[law][byte] ?? 0
      const back = encoded[law][sample & 0xffff] ?? 0
      // μ-law has two zeros.
      if (linear[law][back] !== sample) t.fail(`${law} ${byte}`)
    }
    for (let sample = -32_768; sample < 32_768; sample += 7) {
      const back = linear[law][encoded[law][sample & 0xffff] ?? 0] ?? 0
      if (Math.abs(back - sample) > Math.max(16, Math.abs(sample) / 16) + 640 * Number(Math.abs(sample) > 32_000)) {
        t.fail(`${law} ${sample} became ${back}`)
      }
    }
  }
})

t.test('from one law to the other', async (t) => {
  for (let byte = 0; byte < 256; byte++) {
    const before = linear.mu[byte] ?? 0
    const after = linear.A[recoded.mu.A[byte] ?? 0] ?? 0
    if (Math.abs(before - after) > Math.max(16, Math.abs(before) / 20)) t.fail(`${byte}: ${before} became ${after}`)
  }
  t.equal(recoded.mu.mu[77], 77)
})
